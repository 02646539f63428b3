#include "storage/maintenance/window_repository.hpp"

#include "core/documents.hpp"
#include "storage/audit/note_rows.hpp"
#include "storage/maintenance/window_rows.hpp"
#include "storage/refusals.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

using window_record = maintenance_window_record;

// Monitors that its organisation has not. $1 window, $2 org, $3 monitors.
const std::string missing_cte = R"(
WITH missing AS (
  SELECT u.n - 1 AS place FROM unnest($3::uuid[]) WITH ORDINALITY u (id, n)
  WHERE NOT EXISTS (SELECT FROM monitors m WHERE m.id = u.id AND m.org_id = $2)),
)";

const std::string reference_ctes = R"(,
monitor_references AS (
  INSERT INTO maintenance_window_monitors (window_id, monitor_id, org_id)
  SELECT gate.id, m.id, $2 FROM gate, monitors m WHERE m.id = ANY($3::uuid[]) AND m.org_id = $2
  ON CONFLICT DO NOTHING)
)";

const statement create_window{"create_window", missing_cte + R"(
gate AS (
  INSERT INTO maintenance_windows (id, org_id, version, name, enabled, spec, created_at, updated_at, key, named)
  SELECT $1, $2, $4::bigint, $5::text, $6::boolean, $7::jsonb, $8::timestamptz, $9::timestamptz, $10::text, $3::uuid[]
  WHERE NOT EXISTS (SELECT FROM missing)
  ON CONFLICT DO NOTHING
  RETURNING id))" + reference_ctes + note_ctes("$11::jsonb") +
                                                   R"(
SELECT (SELECT count(*) FROM gate), NULL::bigint, 0::bigint
UNION ALL SELECT NULL, NULL, place FROM missing)"};

const statement update_window{"update_window", R"(
WITH missing AS (
  SELECT u.n - 1 AS place FROM unnest($3::uuid[]) WITH ORDINALITY u (id, n)
  WHERE NOT EXISTS (SELECT FROM monitors m WHERE m.id = u.id AND m.org_id = $2)
    AND NOT EXISTS (SELECT FROM maintenance_windows w WHERE w.id = $1 AND w.org_id = $2 AND u.id = ANY(w.named))),
gate AS (
  UPDATE maintenance_windows SET version = $4::bigint, name = $5, enabled = $6, spec = $7, created_at = $8,
                                 updated_at = $9, key = $10, named = $3::uuid[], ended_until = $12::timestamptz
  WHERE id = $1 AND org_id = $2 AND version = $4::bigint - 1 AND NOT EXISTS (SELECT FROM missing)
    AND NOT EXISTS (SELECT FROM maintenance_windows o WHERE o.org_id = $2 AND o.key = $10 AND o.id <> $1)
  RETURNING id),
no_more_monitors AS (
  DELETE FROM maintenance_window_monitors r USING gate
  WHERE r.window_id = gate.id AND r.monitor_id <> ALL($3::uuid[])))" +
                                                   reference_ctes + note_ctes("$11::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), (SELECT version FROM maintenance_windows WHERE id = $1 AND org_id = $2), 0::bigint
UNION ALL SELECT NULL, NULL, place FROM missing)"};

// Whether what `x` names and selects is about the monitor `m`: core::is_about.
std::string about(const std::string& x) {
  return "(m.id = ANY(" + x + ".monitor_ids) OR (m.tags @> " + x + ".tags AND (" + x +
         ".types = '{}' OR m.type = ANY(" + x + ".types)) AND (" + x + ".monitor_ids = '{}' OR " + x +
         ".tags <> '{}' OR " + x + ".types <> '{}')))";
}

// What a step has written, behind a gate with its document as `d`. $3: the organisation.
const std::string step_ctes = R"(,
stretched AS (
  INSERT INTO maintenance_stretches
  SELECT x.* FROM gate, jsonb_populate_recordset(NULL::maintenance_stretches, gate.d->'stretches') x
  ON CONFLICT (id) DO UPDATE SET to_at = excluded.to_at, open = excluded.open),
happened AS (
  INSERT INTO events SELECT x.* FROM gate, jsonb_populate_recordset(NULL::events, gate.d->'events') x
  ON CONFLICT DO NOTHING),
-- Rules with their monitors as far as they are named, and what they select otherwise.
asking AS (
  SELECT r.id, ARRAY(SELECT n.monitor_id FROM alert_rule_monitors n WHERE n.rule_id = r.id) AS monitor_ids,
    ARRAY(SELECT jsonb_array_elements_text(r.spec->'selector'->'tags')) AS tags,
    ARRAY(SELECT jsonb_array_elements_text(r.spec->'selector'->'types')) AS types
  FROM gate, alert_rules r
  WHERE r.org_id = $3
    AND r.id IN (SELECT (x->>'rule_id')::uuid FROM jsonb_array_elements(gate.d->'deliveries') x)),
owed AS (
  INSERT INTO deliveries
  SELECT DISTINCT ON (x.event_id, x.channel_id) x.*
  FROM gate, jsonb_populate_recordset(NULL::deliveries, gate.d->'deliveries') x
  WHERE x.rule_id IS NULL OR EXISTS (
    SELECT FROM jsonb_to_recordset(gate.d->'event_stretches') e (event_id uuid, stretch_id uuid)
    JOIN jsonb_populate_recordset(NULL::maintenance_stretches, gate.d->'stretches') s ON s.id = e.stretch_id
    JOIN asking r ON r.id = x.rule_id
    JOIN monitors m ON m.org_id = x.org_id
    WHERE e.event_id = x.event_id AND )" +
                              about("s") + " AND " + about("r") + R"()
  ORDER BY x.event_id, x.channel_id, x.rule_id IS NOT NULL, x.id
  ON CONFLICT DO NOTHING)
)";

const statement remove_window{"remove_window", R"(
WITH gate AS (
  DELETE FROM maintenance_windows WHERE id = $2 AND org_id = $3 RETURNING id, $1::jsonb AS d))" +
                                                   step_ctes + note_ctes("$4::jsonb") + R"(
SELECT count(*) FROM gate)"};

const statement record_maintenance{"record_maintenance", R"(
WITH gate AS (
  UPDATE maintenance_windows SET ended_until = coalesce($5::timestamptz, ended_until)
  WHERE id = $2 AND org_id = $3 RETURNING id, $1::jsonb AS d))" +
                                                             step_ctes + note_ctes("$4::jsonb") + R"(
SELECT count(*) FROM gate)"};

const statement load_window{"load_window", "SELECT" + window_columns() + "FROM maintenance_windows w WHERE w.id = $1"};
const statement open_stretches{"open_stretches", "SELECT" + stretch_columns() +
                                                     "FROM maintenance_stretches x WHERE x.window_id = $1 AND x.open"};

constexpr std::string_view noun = "maintenance window";

std::optional<error> missing_monitors(const rows& answer) {
  error refused{errc::invalid, "The maintenance window names what is not there.", {}, {}, {}};
  for (int i = 1; i < answer.size(); ++i) {
    std::int64_t place = 0;
    row_reader{answer, i}.skip().skip() >> place;
    refused.violations.push_back({"/monitor_ids/" + std::to_string(place), "unknown_id", "No such id."});
  }
  return refused.violations.empty() ? std::nullopt : std::optional{std::move(refused)};
}

result<window_record> judge_create(const rows& answer, const window_record& x) {
  std::int64_t made = 0;
  row_reader{answer, 0} >> made;
  if (made == 1)
    return x;
  if (auto e = missing_monitors(answer))
    return fail(std::move(*e));
  return fail(key_taken(noun));
}

result<window_record> judge_update(const rows& answer, const window_record& x) {
  std::int64_t changed = 0;
  std::optional<std::int64_t> version;
  row_reader{answer, 0} >> changed >> version;
  if (changed == 0 && version == x.version - 1)
    if (auto e = missing_monitors(answer))
      return fail(std::move(*e));
  return judge_edit(changed == 1, version, x.version, noun).map([&] { return x; });
}

result<void> judge_step(const rows& answer) {
  std::int64_t found = 0;
  row_reader{answer, 0} >> found;
  return found == 1 ? result<void>{} : fail(no_such(noun));
}

params params_of(const window_record& x, std::string note) {
  params p;
  p << x.id << x.org << x.spec.monitor_ids << x.version << x.spec.name << x.spec.enabled;
  p << core::to_document(x.spec).plain << x.created_at << x.updated_at << x.spec.key << note;
  return p;
}

sql_result<result<loaded_window>> read_window(connection& db, window_id id) {
  auto found = db.run(load_window, params{} << id);
  if (!found)
    return sql_fail(found.error());
  auto open = db.run(open_stretches, params{} << id);
  if (!open)
    return sql_fail(open.error());
  if (found->empty())
    return result<loaded_window>{fail(no_such(noun))};
  row_reader in{*found, 0};
  auto record = window_from_row(in);
  if (!record)
    return result<loaded_window>{fail(record.error())};
  return result<loaded_window>{loaded_window{std::move(*record), map_rows(*open, stretch_from_row)}};
}

} // namespace

void window_repository::create(window_record x, write_note note, reply_to<window_record> done) {
  auto p = params_of(x, note_document(note, *deps_.sealer, deps_.clock->now()));
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& answer) { return judge_create(answer, x); };
  submit(deps_, entity, one_command<window_record>({&create_window, std::move(p)}, std::move(done), judge), note.dry);
}

void window_repository::update(window_record x, write_note note, reply_to<window_record> done) {
  auto p = params_of(x, note_document(note, *deps_.sealer, deps_.clock->now()));
  p << x.ended_until;
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& answer) { return judge_update(answer, x); };
  submit(deps_, entity, one_command<window_record>({&update_window, std::move(p)}, std::move(done), judge), note.dry);
}

void window_repository::remove(maintenance_step step, write_note note, reply_to<void> done) {
  done = deps_.feed->placed(step.org, step.events, std::move(done));
  params p;
  p << step_document(step) << step.window << step.org << note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, step.window.value, one_command<void>({&remove_window, std::move(p)}, std::move(done), judge_step),
         note.dry);
}

void window_repository::record(maintenance_step step, write_note note, reply_to<void> done) {
  done = deps_.feed->placed(step.org, step.events, std::move(done));
  params p;
  p << step_document(step) << step.window << step.org << note_document(note, *deps_.sealer, deps_.clock->now())
    << step.ended_until;
  bool asked_for = note.entry.has_value();
  submit(deps_, step.window.value,
         one_command<void>({&record_maintenance, std::move(p)}, std::move(done), judge_step, !asked_for), note.dry);
}

void window_repository::load(window_id id, reply_to<loaded_window> done) {
  deps_.writers->after_writes(id.value, [=, reads = deps_.reads](status s) {
    s ? reads->read<loaded_window>(done, [id](connection& db) { return read_window(db, id); }) : done(fail(s.error()));
  });
}

} // namespace gochron::storage
