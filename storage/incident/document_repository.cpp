#include "storage/incident/document_repository.hpp"

#include <fmt/format.h>

#include "storage/audit/note_rows.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

// The line in the timeline says what is left when the note is gone.
const statement create_note{"create_note", R"(
WITH parent AS (SELECT id FROM incidents WHERE id = $3 AND org_id = $2),
full_up AS (SELECT FROM incident_notes WHERE incident_id = $3 AND org_id = $2 HAVING count(*) >= $8::bigint),
gate AS (
  INSERT INTO incident_notes (id, org_id, incident_id, author, text, created_at, updated_at)
  SELECT $1, $2, parent.id, $4::text, $5::text, $6::timestamptz, $6::timestamptz FROM parent
  WHERE NOT EXISTS (SELECT FROM full_up)
  RETURNING id),
line AS (
  INSERT INTO incident_timeline (id, incident_id, org_id, at, kind, actor, message)
  SELECT id, $3, $2, $6::timestamptz, 'note', $4::text, 'A note that was deleted.' FROM gate))" +
                                               note_ctes("$7::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), EXISTS (SELECT FROM parent))"};

const statement update_note{"update_note", R"(
WITH gate AS (
  UPDATE incident_notes n SET text = $4, updated_at = $5::timestamptz
  WHERE n.id = $1 AND n.org_id = $2 AND n.incident_id = $3 RETURNING n.id))" +
                                               note_ctes("$6::jsonb") + "SELECT count(*) FROM gate"};

const statement remove_note{"remove_note", R"(
WITH gate AS (
  DELETE FROM incident_notes n WHERE n.id = $1 AND n.org_id = $2 AND n.incident_id = $3 RETURNING n.id))" +
                                               note_ctes("$4::jsonb") + "SELECT count(*) FROM gate"};

const statement load_note{"load_note", "SELECT" + note_columns() +
                                           "FROM incident_notes n WHERE n.id = $1 AND n.org_id = $2 AND "
                                           "n.incident_id = $3"};

const statement put_postmortem{"put_postmortem", R"(
WITH parent AS (SELECT id FROM incidents WHERE id = $1 AND org_id = $2),
gate AS (
  INSERT INTO incident_postmortems AS p
    (incident_id, org_id, author, summary, impact, root_cause, actions, created_at, updated_at)
  SELECT parent.id, $2, $3::text, $4::text, $5::text, $6::text, $7::text[], $8::timestamptz, $8::timestamptz
  FROM parent
  ON CONFLICT (incident_id) DO UPDATE SET author = excluded.author, summary = excluded.summary,
    impact = excluded.impact, root_cause = excluded.root_cause, actions = excluded.actions,
    updated_at = excluded.updated_at
  WHERE p.org_id = excluded.org_id
  RETURNING p.created_at))" + note_ctes("$9::jsonb") +
                                                     "SELECT created_at FROM gate"};

const statement remove_postmortem{"remove_postmortem", R"(
WITH gate AS (
  DELETE FROM incident_postmortems p WHERE p.incident_id = $1 AND p.org_id = $2 RETURNING p.incident_id))" +
                                                           note_ctes("$3::jsonb") + "SELECT count(*) FROM gate"};

const statement load_postmortem{"load_postmortem", R"(
SELECT i.id, i.org_id, coalesce(p.author, ''), coalesce(p.created_at, i.opened_at), coalesce(p.updated_at, i.opened_at),
  coalesce(p.summary, ''), coalesce(p.impact, ''), coalesce(p.root_cause, ''), coalesce(p.actions, '{}'),
  p.incident_id IS NOT NULL
FROM incidents i LEFT JOIN incident_postmortems p ON p.incident_id = i.id AND p.org_id = i.org_id
WHERE i.id = $1 AND i.org_id = $2)"};

error no_such_note() {
  return {errc::not_found, "No such note.", {}, {}, {}};
}

error no_such_incident() {
  return {errc::not_found, "No such incident.", {}, {}, {}};
}

// Whether the one row was there.
auto judge_count(error otherwise) {
  return [otherwise = std::move(otherwise)](const rows& answer) -> result<void> {
    std::int64_t done = 0;
    row_reader{answer, 0} >> done;
    if (done == 1)
      return {};
    return fail(otherwise);
  };
}

sql_result<result<incident_note>> find_note(connection& db, const params& p) {
  auto found = db.run(load_note, p);
  if (!found)
    return sql_fail(found.error());
  if (found->empty())
    return result<incident_note>{fail(no_such_note())};
  row_reader in{*found, 0};
  return result<incident_note>{note_from_row(in)};
}

} // namespace

const std::string& note_columns() {
  static const std::string text = " n.id, n.org_id, n.incident_id, n.author, n.text, n.created_at, n.updated_at ";
  return text;
}

incident_note note_from_row(row_reader& in) {
  incident_note x;
  in >> x.id >> x.org >> x.incident >> x.author >> x.text >> x.created_at >> x.updated_at;
  return x;
}

void document_repository::create(incident_note x, write_note note, reply_to<incident_note> done) {
  params p;
  p << x.id << x.org << x.incident << x.author << x.text << x.created_at
    << note_document(note, *deps_.sealer, deps_.clock->now()) << most_notes;
  auto entity = x.incident.value;
  auto judge = [x = std::move(x)](const rows& answer) -> result<incident_note> {
    std::int64_t made = 0;
    bool there = false;
    row_reader{answer, 0} >> made >> there;
    if (made == 1)
      return x;
    if (!there)
      return fail(no_such_incident());
    return fail(errc::limit_exceeded, fmt::format("An incident has room for {} notes.", most_notes));
  };
  submit(deps_, entity, one_command<incident_note>({&create_note, std::move(p)}, std::move(done), judge), note.dry);
}

void document_repository::update(incident_note x, write_note note, reply_to<incident_note> done) {
  params p;
  p << x.id << x.org << x.incident << x.text << x.updated_at << note_document(note, *deps_.sealer, deps_.clock->now());
  auto entity = x.incident.value;
  auto judge = [x = std::move(x)](const rows& answer) -> result<incident_note> {
    if (auto changed = judge_count(no_such_note())(answer); !changed)
      return fail(changed.error());
    return x;
  };
  submit(deps_, entity, one_command<incident_note>({&update_note, std::move(p)}, std::move(done), judge), note.dry);
}

void document_repository::remove(org_id org, incident_id of, note_id id, write_note note, reply_to<void> done) {
  params p;
  p << id << org << of << note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, of.value, one_command<void>({&remove_note, std::move(p)}, std::move(done), judge_count(no_such_note())),
         note.dry);
}

void document_repository::load(org_id org, incident_id of, note_id id, reply_to<incident_note> done) {
  deps_.reads->read<incident_note>(std::move(done),
                                   [p = params{} << id << org << of](connection& db) { return find_note(db, p); });
}

void document_repository::put(postmortem x, write_note note, reply_to<postmortem> done) {
  params p;
  p << x.incident << x.org << x.author << x.spec.summary << x.spec.impact << x.spec.root_cause << x.spec.actions
    << x.updated_at << note_document(note, *deps_.sealer, deps_.clock->now());
  auto entity = x.incident.value;
  auto judge = [x = std::move(x)](const rows& answer) -> result<postmortem> {
    if (answer.empty())
      return fail(no_such_incident());
    auto saved = x;
    row_reader{answer, 0} >> saved.created_at;
    return saved;
  };
  submit(deps_, entity, one_command<postmortem>({&put_postmortem, std::move(p)}, std::move(done), judge), note.dry);
}

void document_repository::remove(org_id org, incident_id of, write_note note, reply_to<void> done) {
  params p;
  p << of << org << note_document(note, *deps_.sealer, deps_.clock->now());
  error none{errc::not_found, "The incident has no post-mortem.", {}, {}, {}};
  submit(deps_, of.value,
         one_command<void>({&remove_postmortem, std::move(p)}, std::move(done), judge_count(std::move(none))),
         note.dry);
}

void document_repository::load(org_id org, incident_id of, reply_to<std::optional<postmortem>> done) {
  using answer = std::optional<postmortem>;
  deps_.reads->read<answer>(std::move(done), [p = params{} << of << org](connection& db) -> sql_result<result<answer>> {
    auto found = db.run(load_postmortem, p);
    if (!found)
      return sql_fail(found.error());
    if (found->empty())
      return result<answer>{fail(no_such_incident())};
    postmortem x;
    bool there = false;
    row_reader{*found, 0} >> x.incident >> x.org >> x.author >> x.created_at >> x.updated_at >> x.spec.summary >>
        x.spec.impact >> x.spec.root_cause >> x.spec.actions >> there;
    return result<answer>{there ? answer{std::move(x)} : std::nullopt};
  });
}

} // namespace gochron::storage
