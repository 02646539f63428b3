#include <fmt/format.h>

#include "storage/audit/note_rows.hpp"
#include "storage/rehearsal.hpp"
#include "storage/schedule/schedule_repository.hpp"
#include "storage/schedule/schedule_rows.hpp"

/// The overrides of a schedule.
namespace gochron::storage {
namespace {

// What it names but its organisation has not: the list and the place in it.
const statement create_override{"create_override", R"(
WITH parent AS (SELECT id FROM schedules WHERE id = $3 AND org_id = $2),
missing AS (
  SELECT 'user_ids/' || (u.n - 1) AS place FROM unnest($8::uuid[]) WITH ORDINALITY u (id, n)
  WHERE NOT EXISTS (SELECT FROM users x WHERE x.id = u.id AND x.org_id = $2)
  UNION ALL
  SELECT 'replaced_user_ids/' || (u.n - 1) FROM unnest($9::uuid[]) WITH ORDINALITY u (id, n)
  WHERE NOT EXISTS (SELECT FROM users x WHERE x.id = u.id AND x.org_id = $2)
  UNION ALL
  SELECT 'schedule_id' WHERE $10::uuid IS NOT NULL
    AND NOT EXISTS (SELECT FROM schedules x WHERE x.id = $10::uuid AND x.org_id = $2)),
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

result<schedule_override> judge_create(const rows& answer, const schedule_override& x) {
  std::int64_t made = 0;
  bool there = false, full = false;
  row_reader{answer, 0} >> made >> there >> full;
  if (made == 1)
    return x;
  if (!there)
    return fail(no_such_schedule());
  error refused{errc::invalid, "The override names what is not there.", {}, {}, {}};
  for (int i = 1; i < answer.size(); ++i) {
    std::string place;
    row_reader{answer, i}.skip().skip().skip() >> place;
    refused.violations.push_back({'/' + place, "unknown_id", "No such id."});
  }
  if (!refused.violations.empty())
    return fail(std::move(refused));
  return fail(errc::limit_exceeded,
              fmt::format("A schedule has room for {} overrides that are not over.", schedule_store::most_overrides));
}

result<void> judge_end(const rows& answer) {
  std::int64_t done = 0, there = 0;
  row_reader{answer, 0} >> done >> there;
  if (done == 1)
    return {};
  return there == 0 ? fail(errc::not_found, "No such override.")
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

void schedule_repository::end(org_id org, schedule_id of, override_id id, timestamp now, write_note note,
                              reply_to<void> done) {
  params p;
  p << id << org << of << now << note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, of.value, one_command<void>({&end_override, std::move(p)}, std::move(done), judge_end), note.dry);
}

} // namespace gochron::storage
