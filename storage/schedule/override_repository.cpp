#include <fmt/format.h>

#include "storage/audit/note_rows.hpp"
#include "storage/rehearsal.hpp"
#include "storage/schedule/schedule_repository.hpp"
#include "storage/schedule/schedule_rows.hpp"

/// The overrides of a schedule.
namespace gochron::storage {
namespace {

// What it names but its organisation has not: the list and the place in it. $2 org, $8 and $9 users, $10 a schedule.
const std::string missing_cte = R"(
missing AS (
  SELECT 'user_ids/' || (u.n - 1) AS place FROM unnest($8::uuid[]) WITH ORDINALITY u (id, n)
  WHERE NOT EXISTS (SELECT FROM users x WHERE x.id = u.id AND x.org_id = $2)
  UNION ALL
  SELECT 'replaced_user_ids/' || (u.n - 1) FROM unnest($9::uuid[]) WITH ORDINALITY u (id, n)
  WHERE NOT EXISTS (SELECT FROM users x WHERE x.id = u.id AND x.org_id = $2)
  UNION ALL
  SELECT 'schedule_id' WHERE $10::uuid IS NOT NULL
    AND NOT EXISTS (SELECT FROM schedules x WHERE x.id = $10::uuid AND x.org_id = $2)),
)";

const statement create_override{"create_override", R"(
WITH parent AS (SELECT id FROM schedules WHERE id = $3 AND org_id = $2),)" +
                                                       missing_cte +
                                                       R"(
full_up AS (
  SELECT FROM schedule_overrides WHERE schedule_id = $3 AND end_at > $11::timestamptz HAVING count(*) >= $13::bigint),
gate AS (
  INSERT INTO schedule_overrides (id, org_id, schedule_id, kind, start_at, end_at, reason, user_ids, replaced_user_ids,
                                  other_id, created_at)
  SELECT $1, $2, parent.id, $4::text, $5::timestamptz, $6::timestamptz, $7::text, $8::uuid[], $9::uuid[], $10::uuid,
    $11::timestamptz
  FROM parent WHERE NOT EXISTS (SELECT FROM missing) AND NOT EXISTS (SELECT FROM full_up)
  RETURNING id))" + note_ctes("$12::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), EXISTS (SELECT FROM parent), EXISTS (SELECT FROM full_up), ''
UNION ALL SELECT NULL, NULL, NULL, place FROM missing)"};

const statement load_override{"load_override",
                              "SELECT" + override_columns() +
                                  "FROM schedule_overrides o WHERE o.id = $1 AND o.org_id = $2 AND o.schedule_id = $3"};

// $13 to $19: as it was said to be. $20 and $21: the id and the end of the part that is over, unset without one.
const statement update_override{"update_override", R"(
WITH present AS (SELECT * FROM schedule_overrides WHERE id = $1 AND org_id = $2 AND schedule_id = $3 FOR UPDATE),
same AS (
  SELECT FROM present WHERE kind = $13::text AND start_at = $14::timestamptz AND end_at = $15::timestamptz
    AND reason IS NOT DISTINCT FROM $16::text AND user_ids = $17::uuid[] AND replaced_user_ids = $18::uuid[]
    AND other_id IS NOT DISTINCT FROM $19::uuid),)" + missing_cte +
                                                       R"(
past AS (
  INSERT INTO schedule_overrides (id, org_id, schedule_id, kind, start_at, end_at, reason, user_ids, replaced_user_ids,
                                  other_id, created_at)
  SELECT $20::uuid, org_id, schedule_id, kind, start_at, $21::timestamptz, reason, user_ids, replaced_user_ids,
    other_id, created_at
  FROM present WHERE $20::uuid IS NOT NULL AND EXISTS (SELECT FROM same) AND NOT EXISTS (SELECT FROM missing)),
gate AS (
  UPDATE schedule_overrides o SET kind = $4::text, start_at = $5::timestamptz, end_at = $6::timestamptz,
    reason = $7::text, user_ids = $8::uuid[], replaced_user_ids = $9::uuid[], other_id = $10::uuid,
    created_at = $11::timestamptz
  FROM present p WHERE o.id = p.id AND EXISTS (SELECT FROM same) AND NOT EXISTS (SELECT FROM missing)
  RETURNING o.id))" + note_ctes("$12::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), EXISTS (SELECT FROM present), ''
UNION ALL SELECT NULL, NULL, place FROM missing)"};

// What has not begun goes, what is under way ends.
const statement end_override{"end_override", R"(
WITH present AS (
  SELECT id, start_at, end_at FROM schedule_overrides WHERE id = $1 AND org_id = $2 AND schedule_id = $3 FOR UPDATE),
gone AS (
  DELETE FROM schedule_overrides o USING present p WHERE o.id = p.id AND p.start_at >= $4::timestamptz RETURNING o.id),
ended AS (
  UPDATE schedule_overrides o SET end_at = $4::timestamptz FROM present p
  WHERE o.id = p.id AND p.start_at < $4::timestamptz AND p.end_at > $4::timestamptz RETURNING o.id),
gate AS (SELECT id FROM gone UNION ALL SELECT id FROM ended))" +
                                                 note_ctes("$5::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), (SELECT count(*) FROM present))"};

error no_such_override() {
  return {errc::not_found, "No such override.", {}, {}, {}};
}

// The places behind the first row, of which `skipped` columns are others'.
error names_of_nobody(const rows& answer, int skipped) {
  error refused{errc::invalid, "The override names what is not there.", {}, {}, {}};
  for (int i = 1; i < answer.size(); ++i) {
    std::string place;
    row_reader in{answer, i};
    for (int n = 0; n < skipped; ++n)
      in.skip();
    in >> place;
    refused.violations.push_back({'/' + place, "unknown_id", "No such id."});
  }
  return refused;
}

result<schedule_override> judge_create(const rows& answer, const schedule_override& x) {
  std::int64_t made = 0;
  bool there = false, full = false;
  row_reader{answer, 0} >> made >> there >> full;
  if (made == 1)
    return x;
  if (!there)
    return fail(no_such_schedule());
  if (answer.size() > 1)
    return fail(names_of_nobody(answer, 3));
  return fail(errc::limit_exceeded,
              fmt::format("A schedule has room for {} overrides that are not over.", schedule_store::most_overrides));
}

result<schedule_override> judge_update(const rows& answer, const schedule_override& x) {
  std::int64_t changed = 0;
  bool there = false;
  row_reader{answer, 0} >> changed >> there;
  if (changed == 1)
    return x;
  if (!there)
    return fail(no_such_override());
  return answer.size() > 1 ? fail(names_of_nobody(answer, 2))
                           : fail(errc::stale, "The override was changed meanwhile.");
}

result<void> judge_end(const rows& answer) {
  std::int64_t done = 0, there = 0;
  row_reader{answer, 0} >> done >> there;
  if (done == 1)
    return {};
  return there == 0 ? fail(no_such_override())
                    : fail(errc::conflict, "The override is over: what is past stays as it was.");
}

} // namespace

void schedule_repository::create(schedule_override x, write_note note, reply_to<schedule_override> done) {
  params p;
  p << x.id << x.org << x.of << x.kind << x.start_at << x.end_at << x.reason << x.user_ids << x.replaced_user_ids
    << x.other << x.created_at << note_document(note, *deps_.sealer, deps_.clock->now()) << most_overrides;
  auto entity = x.of.value;
  auto judge = [x = std::move(x)](const rows& answer) { return judge_create(answer, x); };
  submit(deps_, entity, one_command<schedule_override>({&create_override, std::move(p)}, std::move(done), judge),
         note.dry);
}

void schedule_repository::load(org_id org, schedule_id of, override_id id, reply_to<schedule_override> done) {
  auto read = [=](connection& db) -> sql_result<result<schedule_override>> {
    auto found = db.run(load_override, params{} << id << org << of);
    if (!found)
      return sql_fail(found.error());
    if (found->empty())
      return result<schedule_override>{fail(no_such_override())};
    row_reader in{*found, 0};
    return result<schedule_override>{override_from_row(in)};
  };
  deps_.reads->read<schedule_override>(std::move(done), std::move(read));
}

void schedule_repository::update(schedule_override was, schedule_override x, std::optional<schedule_override> past,
                                 write_note note, reply_to<schedule_override> done) {
  params p;
  p << x.id << x.org << x.of << x.kind << x.start_at << x.end_at << x.reason << x.user_ids << x.replaced_user_ids
    << x.other << x.created_at << note_document(note, *deps_.sealer, deps_.clock->now());
  p << was.kind << was.start_at << was.end_at << was.reason << was.user_ids << was.replaced_user_ids << was.other;
  p << (past ? std::optional{past->id} : std::nullopt) << (past ? std::optional{past->end_at} : std::nullopt);
  auto entity = x.of.value;
  auto judge = [x = std::move(x)](const rows& answer) { return judge_update(answer, x); };
  submit(deps_, entity, one_command<schedule_override>({&update_override, std::move(p)}, std::move(done), judge),
         note.dry);
}

void schedule_repository::end(org_id org, schedule_id of, override_id id, timestamp now, write_note note,
                              reply_to<void> done) {
  params p;
  p << id << org << of << now << note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, of.value, one_command<void>({&end_override, std::move(p)}, std::move(done), judge_end), note.dry);
}

} // namespace gochron::storage
