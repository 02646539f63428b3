#include "storage/schedule/schedule_repository.hpp"

#include <set>

#include <fmt/format.h>

#include "core/documents.hpp"
#include "storage/audit/note_rows.hpp"
#include "storage/calendar_feed.hpp"
#include "storage/incident/transition_rows.hpp"
#include "storage/refusals.hpp"
#include "storage/rehearsal.hpp"
#include "storage/schedule/schedule_rows.hpp"

namespace gochron::storage {
namespace {

// Users and channels that the schedule names but the organisation has not. $1 schedule, $2 org, $3 users, $14 channels.
const std::string missing_cte = R"(
WITH missing AS (
  SELECT u.id FROM unnest($3::uuid[]) u (id)
  WHERE NOT EXISTS (SELECT FROM users x WHERE x.id = u.id AND x.org_id = $2)
  UNION ALL
  SELECT u.id FROM unnest($14::uuid[]) u (id)
  WHERE NOT EXISTS (SELECT FROM channels c WHERE c.id = u.id AND c.org_id = $2 AND c.user_id IS NULL)),
)";

const std::string member_ctes = R"(,
members AS (
  INSERT INTO schedule_users (schedule_id, user_id, org_id)
  SELECT gate.id, u.id, $2 FROM gate, unnest($3::uuid[]) u (id) ON CONFLICT DO NOTHING),
channel_references AS (
  INSERT INTO schedule_channels (schedule_id, channel_id, org_id)
  SELECT gate.id, u.id, $2 FROM gate, unnest($14::uuid[]) u (id) ON CONFLICT DO NOTHING)
)";

const statement create_schedule{"create_schedule", missing_cte + R"(
full_up AS (SELECT FROM schedules WHERE org_id = $2 HAVING count(*) >= $13::bigint),
gate AS (
  INSERT INTO schedules (id, org_id, version, name, key, spec, created_at, updated_at, tells_handoffs)
  SELECT $1, $2, $4::bigint, $5::text, $6::text, $7::jsonb, $8::timestamptz, $9::timestamptz, $15::boolean
  WHERE NOT EXISTS (SELECT FROM missing) AND NOT EXISTS (SELECT FROM full_up)
  ON CONFLICT DO NOTHING
  RETURNING id),
revision AS (
  INSERT INTO schedule_revisions (schedule_id, version, org_id, effective_from, spec, turn_offsets)
  SELECT gate.id, $4::bigint, $2, $10::timestamptz, $7::jsonb, $11::bigint[] FROM gate))" +
                                                       member_ctes + note_ctes("$12::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), EXISTS (SELECT FROM full_up), NULL::uuid
UNION ALL SELECT NULL, NULL, id FROM missing)"};

const statement update_schedule{"update_schedule", missing_cte + R"(
gate AS (
  UPDATE schedules SET version = $4::bigint, name = $5, key = $6, spec = $7, created_at = $8, updated_at = $9,
                       tells_handoffs = $15::boolean, told = CASE WHEN $15::boolean THEN told END
  WHERE id = $1 AND org_id = $2 AND version = $4::bigint - 1 AND NOT EXISTS (SELECT FROM missing)
    AND NOT EXISTS (SELECT FROM schedules o WHERE o.org_id = $2 AND o.key = $6 AND o.id <> $1)
  RETURNING id),
revision AS (
  INSERT INTO schedule_revisions (schedule_id, version, org_id, effective_from, spec, turn_offsets)
  SELECT gate.id, $4::bigint, $2, $10::timestamptz, $7::jsonb, $11::bigint[] FROM gate WHERE $13::boolean),
no_more AS (
  DELETE FROM schedule_users m USING gate WHERE m.schedule_id = gate.id AND m.user_id <> ALL($3::uuid[])),
no_more_channels AS (
  DELETE FROM schedule_channels m USING gate WHERE m.schedule_id = gate.id AND m.channel_id <> ALL($14::uuid[])))" +
                                                       member_ctes + note_ctes("$12::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), (SELECT version FROM schedules WHERE id = $1 AND org_id = $2), NULL::uuid
UNION ALL SELECT NULL, NULL, id FROM missing)"};

const statement remove_schedule{"remove_schedule", R"(
WITH blockers AS (
  SELECT DISTINCT o.schedule_id AS id FROM schedule_overrides o
  WHERE o.org_id = $2 AND o.other_id = $1 AND o.schedule_id <> $1),
policies AS (SELECT policy_id AS id FROM escalation_policy_schedules WHERE schedule_id = $1 AND org_id = $2),
gate AS (
  DELETE FROM schedules WHERE id = $1 AND org_id = $2 AND ($4::bigint IS NULL OR version = $4::bigint)
    AND NOT EXISTS (SELECT FROM blockers)
    AND NOT EXISTS (SELECT FROM policies) RETURNING id))" +
                                                       note_ctes("$3::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), (SELECT coalesce(array_agg(id), '{}') FROM blockers),
  ARRAY(SELECT id FROM policies ORDER BY id))"};

const statement load_schedule{"load_schedule",
                              "SELECT" + schedule_columns() + "FROM schedules s WHERE s.id = $1 AND s.org_id = $2"};

const statement set_feed_secret{"set_feed_secret", feed_secret_sql("schedules")};

const statement record_handoff{"record_handoff", R"(
WITH gate AS (
  UPDATE schedules SET told = $4::uuid[]
  WHERE id = $2 AND org_id = $3 AND tells_handoffs AND told IS NOT DISTINCT FROM $5::uuid[]
  RETURNING id, $1::jsonb AS d),
-- Of the same schedule each channel is owed the last hand-off alone: a late one would be read as the present.
overtaken AS (
  UPDATE deliveries d SET state = 'canceled', next_attempt_at = NULL, finished_at = x.created_at
  FROM gate, jsonb_populate_recordset(NULL::deliveries, gate.d->'deliveries') x, events e
  WHERE d.channel_id = x.channel_id AND d.org_id = $3 AND d.state = 'pending' AND d.incident_id IS NULL
    AND e.id = d.event_id AND e.type = 'on_call.changed' AND e.body::jsonb #>> '{data,schedule,id}' = $6),
happened AS (
  INSERT INTO events SELECT x.* FROM gate, jsonb_populate_recordset(NULL::events, gate.d->'events') x),
owed AS (
  INSERT INTO deliveries SELECT x.* FROM gate, jsonb_populate_recordset(NULL::deliveries, gate.d->'deliveries') x)
SELECT (SELECT count(*) FROM gate), EXISTS (SELECT FROM schedules WHERE id = $2 AND org_id = $3))"};

const statement list_handoff_tellers{"list_handoff_tellers", R"(
SELECT id, org_id FROM schedules WHERE tells_handoffs AND id > $1 ORDER BY id LIMIT $2::bigint)"};

std::vector<user_id> users_of(const schedule_spec& x) {
  std::set<user_id> all;
  for (const auto& layer : x.layers)
    for (const auto& turn : layer.members)
      all.insert(turn.begin(), turn.end());
  return {all.begin(), all.end()};
}

// Each place that names one of them.
std::vector<violation> unknown_ids(const schedule_spec& x, const std::set<uuid>& missing) {
  std::vector<violation> all;
  for (std::size_t i = 0; i < x.layers.size(); ++i)
    for (std::size_t j = 0; j < x.layers[i].members.size(); ++j)
      for (std::size_t k = 0; k < x.layers[i].members[j].size(); ++k)
        if (missing.contains(x.layers[i].members[j][k].value))
          all.push_back({fmt::format("/layers/{}/members/{}/{}", i, j, k), "unknown_id", "No such user."});
  for (std::size_t i = 0; i < x.handoff_channels.size(); ++i)
    if (missing.contains(x.handoff_channels[i].value))
      all.push_back({fmt::format("/handoff_channel_ids/{}", i), "unknown_id", "No such channel."});
  return all;
}

std::optional<error> missing_parts(const rows& answer, const schedule_spec& x) {
  std::set<uuid> missing;
  for (int i = 1; i < answer.size(); ++i) {
    uuid id;
    row_reader{answer, i}.skip().skip() >> id;
    missing.insert(id);
  }
  if (missing.empty())
    return std::nullopt;
  return error{errc::invalid, "The schedule names who is not there.", unknown_ids(x, missing), {}, {}};
}

result<schedule_record> judge_create(const rows& answer, const schedule_record& x) {
  std::int64_t made = 0;
  bool full = false;
  row_reader{answer, 0} >> made >> full;
  if (made == 1)
    return x;
  if (full)
    return fail(errc::limit_exceeded,
                fmt::format("An organisation has room for {} schedules.", schedule_store::most_schedules));
  if (auto e = missing_parts(answer, x.spec))
    return fail(std::move(*e));
  return fail(key_taken("schedule"));
}

result<schedule_record> judge_update(const rows& answer, const schedule_record& x) {
  std::int64_t changed = 0;
  std::optional<std::int64_t> version;
  row_reader{answer, 0} >> changed >> version;
  if (changed == 1)
    return x;
  if (!version)
    return fail(no_such_schedule());
  if (*version != x.version - 1)
    return fail(errc::stale, "The schedule was changed meanwhile.");
  if (auto e = missing_parts(answer, x.spec))
    return fail(std::move(*e));
  return fail(key_taken("schedule"));
}

result<void> judge_remove(const rows& answer, const std::optional<std::int64_t>& if_version) {
  std::int64_t gone = 0;
  std::vector<schedule_id> blockers;
  std::vector<policy_id> policies;
  row_reader{answer, 0} >> gone >> blockers >> policies;
  if (gone == 1)
    return {};
  if (blockers.empty() && policies.empty())
    return fail(not_there("schedule", if_version));
  error blocked{errc::conflict, "Overrides of other schedules name this one.", {}, {}, {}};
  if (!policies.empty())
    blocked.detail = "Escalation policies name this schedule.";
  for (const auto& id : policies)
    blocked.blocked_by.push_back(id.str());
  for (const auto& id : blockers)
    blocked.blocked_by.push_back(id.str());
  return fail(std::move(blocked));
}

params params_of(const schedule_record& x) {
  params p;
  p << x.id << x.org << users_of(x.spec) << x.version << x.spec.name << x.spec.key << core::to_document(x.spec).plain;
  p << x.created_at << x.updated_at << x.present.effective_from << x.present.turn_offsets;
  return p;
}

result<void> judge_handoff(const rows& answer) {
  std::int64_t written = 0;
  bool there = false;
  row_reader{answer, 0} >> written >> there;
  if (written == 1)
    return {};
  return there ? fail(errc::stale, "Its hand-offs were told by others meanwhile.") : fail(no_such_schedule());
}

std::string document_of(const handoff_step& step) {
  json_writer to;
  to.begin_object();
  write_events(to, step.events);
  write_deliveries(to, step.deliveries);
  to.end_object();
  return std::string{to.text()};
}

} // namespace

void schedule_repository::create(schedule_record x, write_note note, reply_to<schedule_record> done) {
  auto p = params_of(x);
  p << note_document(note, *deps_.sealer, deps_.clock->now()) << most_schedules << x.spec.handoff_channels
    << x.spec.tells_handoffs();
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& answer) { return judge_create(answer, x); };
  submit(deps_, entity, one_command<schedule_record>({&create_schedule, std::move(p)}, std::move(done), judge),
         note.dry);
}

void schedule_repository::update(schedule_record x, bool revised, write_note note, reply_to<schedule_record> done) {
  auto p = params_of(x);
  p << note_document(note, *deps_.sealer, deps_.clock->now()) << revised << x.spec.handoff_channels
    << x.spec.tells_handoffs();
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& answer) { return judge_update(answer, x); };
  submit(deps_, entity, one_command<schedule_record>({&update_schedule, std::move(p)}, std::move(done), judge),
         note.dry);
}

void schedule_repository::remove(org_id org, schedule_id id, std::optional<std::int64_t> if_version, write_note note,
                                 reply_to<void> done) {
  params p;
  p << id << org << note_document(note, *deps_.sealer, deps_.clock->now()) << if_version;
  auto judge_gone = [if_version](const rows& answer) { return judge_remove(answer, if_version); };
  submit(deps_, id.value, one_command<void>({&remove_schedule, std::move(p)}, std::move(done), judge_gone), note.dry);
}

void schedule_repository::load(org_id org, schedule_id id, reply_to<schedule_record> done) {
  auto read = [=](connection& db) -> sql_result<result<schedule_record>> {
    auto found = db.run(load_schedule, params{} << id << org);
    if (!found)
      return sql_fail(found.error());
    if (found->empty())
      return result<schedule_record>{fail(no_such_schedule())};
    row_reader in{*found, 0};
    return schedule_from_row(in);
  };
  deps_.reads->read<schedule_record>(std::move(done), std::move(read));
}

void schedule_repository::set_feed(org_id org, schedule_id id, std::optional<sha256_digest> digest, timestamp now,
                                   write_note note, reply_to<void> done) {
  change_feed(deps_, {set_feed_secret, id.value, org, id.value, digest, now}, std::move(note), std::move(done),
              no_such_schedule(), {errc::not_found, "No such schedule, or it has no calendar feed.", {}, {}, {}});
}

// Of the engine's own: it waits for the database as long as it takes.
void schedule_repository::record(handoff_step step, reply_to<void> done) {
  done = deps_.feed->placed(step.org, step.events, std::move(done));
  params p;
  p << document_of(step) << step.schedule << step.org << step.told << step.told_before << step.schedule.str();
  submit(deps_, step.schedule.value,
         one_command<void>({&record_handoff, std::move(p)}, std::move(done), judge_handoff, true), false);
}

void schedule_repository::handoff_tellers(schedule_id after, std::uint32_t limit,
                                          reply_to<std::vector<handoff_teller>> done) {
  auto body = [=](connection& db) -> sql_result<result<std::vector<handoff_teller>>> {
    auto found = db.run(list_handoff_tellers, params{} << after << std::int64_t{limit});
    if (!found)
      return sql_fail(found.error());
    return result<std::vector<handoff_teller>>{map_rows(*found, [](row_reader& in) {
      handoff_teller x;
      in >> x.id >> x.org;
      return x;
    })};
  };
  deps_.reads->read<std::vector<handoff_teller>>(std::move(done), std::move(body));
}

} // namespace gochron::storage
