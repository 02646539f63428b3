#include <algorithm>

#include "storage/audit/note_rows.hpp"
#include "storage/channel/channel_repository.hpp"
#include "storage/channel/channel_rows.hpp"
#include "storage/incident/transition_rows.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

// In the order in which they are due. Of an incident's pending deliveries to this channel only the first by sequence; a
// delivery without an incident waits for no other. Where the planner expects that few are pending, it would compare
// each with all of the channel's, which takes seconds when there are ten thousand: so channel and state are compared in
// ways that no index serves, and OFFSET keeps it a question a row. What is left is the index by incident.
const statement next_heads{"next_heads", "SELECT" + delivery_columns() + R"(
FROM deliveries d JOIN events e ON e.id = d.event_id
WHERE d.channel_id = $1 AND d.org_id = $2 AND d.state = 'pending' AND d.id <> ALL($3::uuid[])
  AND NOT EXISTS (
    SELECT FROM deliveries p
    WHERE p.incident_id = d.incident_id AND p.channel_id IS NOT DISTINCT FROM d.channel_id
      AND p.state IS NOT DISTINCT FROM 'pending'
      AND (p.sequence, p.created_at, p.id) < (d.sequence, d.created_at, d.id) OFFSET 0)
ORDER BY d.next_attempt_at, d.created_at, d.id LIMIT $4::bigint)"};

// The groups whose wait is over since a page, which is of no group, stands behind one of theirs. $4: now.
const statement hurried_groups{"hurried_groups", R"(
SELECT DISTINCT d.group_key FROM deliveries d
WHERE d.channel_id = $1 AND d.org_id = $2 AND d.state = 'pending' AND d.group_key IS NOT NULL
  AND d.attempts = d.attempts_base AND d.next_attempt_at > $4 AND d.id <> ALL($3::uuid[])
  AND EXISTS (
    SELECT FROM deliveries p
    WHERE p.incident_id = d.incident_id AND p.channel_id IS NOT DISTINCT FROM d.channel_id
      AND p.state IS NOT DISTINCT FROM 'pending' AND p.group_key IS NULL AND p.next_attempt_at <= $4 OFFSET 0)
LIMIT 1000)"};

// All that may go with what is due in these groups ($4): not tried yet or due itself, and of its incident nothing
// before it that does not go as well. $5: now.
const statement group_members{"group_members", "SELECT" + delivery_columns() + R"(
FROM deliveries d JOIN events e ON e.id = d.event_id
WHERE d.channel_id = $1 AND d.org_id = $2 AND d.state = 'pending' AND d.id <> ALL($3::uuid[])
  AND d.group_key = ANY($4::text[]) AND (d.attempts = d.attempts_base OR d.next_attempt_at <= $5)
  AND NOT EXISTS (
    SELECT FROM deliveries p
    WHERE p.incident_id = d.incident_id AND p.channel_id IS NOT DISTINCT FROM d.channel_id
      AND p.state IS NOT DISTINCT FROM 'pending'
      AND (p.sequence, p.created_at, p.id) < (d.sequence, d.created_at, d.id)
      AND (p.group_key IS DISTINCT FROM d.group_key OR p.id = ANY($3::uuid[])
           OR (p.attempts <> p.attempts_base AND p.next_attempt_at > $5)) OFFSET 0)
ORDER BY d.created_at, d.sequence, d.id LIMIT 1000)"};

// A document is what one channel has heard of its attempts. A delivery is tried once in it, so each row changes once.
// What the types and organisations are compared for is the planner, too: it then expects few, and looks up each by key.
const statement record_attempts{"record_attempts",
                                R"(
WITH gate AS (
  SELECT t.n, t.d, (t.d->>'channel_id')::uuid AS channel_id, (t.d->>'org_id')::uuid AS org_id
  FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY t (d, n) WHERE jsonb_typeof(t.d) = 'object'),
judged AS (
  UPDATE deliveries d SET
    state = CASE WHEN d.state = 'canceled' AND x.state = 'pending' THEN d.state ELSE x.state END,
    attempts = greatest(d.attempts, x.attempts),
    next_attempt_at = CASE WHEN d.state = 'canceled' THEN NULL ELSE x.next_attempt_at END,
    finished_at = CASE WHEN x.state <> 'pending' THEN x.ended_at ELSE d.finished_at END,
    last_error = x.last_error, reference = coalesce(x.reference, d.reference)
  FROM gate, jsonb_to_recordset(gate.d->'judged') x (
    id uuid, org_id uuid, state text, attempts integer, next_attempt_at timestamptz, ended_at timestamptz,
    last_error text, reference text)
  WHERE x.org_id = gate.org_id AND d.id = x.id AND d.org_id = x.org_id
  RETURNING d.id),
attempts AS (
  INSERT INTO delivery_attempts
  SELECT x.* FROM gate, jsonb_populate_recordset(NULL::delivery_attempts, gate.d->'attempts') x
  ON CONFLICT DO NOTHING),
health AS (
  UPDATE channels c SET
    health_state = x.state, consecutive_failures = x.consecutive_failures, failing_since = x.failing_since,
    last_success_at = x.last_success_at, disabled_reason = x.disabled_reason
  FROM gate, jsonb_to_record(gate.d->'health') x (
    state text, consecutive_failures bigint, failing_since timestamptz, last_success_at timestamptz,
    disabled_reason text)
  WHERE c.id = gate.channel_id AND c.org_id = gate.org_id),
canceled AS (
  UPDATE deliveries d SET state = 'canceled', next_attempt_at = NULL, finished_at = (gate.d->>'ended_at')::timestamptz
  FROM gate
  WHERE gate.d->'health'->>'state' = 'disabled' AND d.channel_id = gate.channel_id AND d.state = 'pending'
    AND d.id NOT IN (SELECT id FROM judged)))" +
                                    record_ctes() + "SELECT n FROM gate ORDER BY n",
                                true};

const statement enqueue_event{"enqueue_event",
                              "WITH gate AS (SELECT $1::jsonb AS d)" + record_ctes() + "SELECT count(*) FROM gate"};

const statement redeliver_one{"redeliver_one", R"(
WITH gate AS (
  UPDATE deliveries d SET state = 'pending', next_attempt_at = $3, finished_at = NULL, attempts_base = attempts
  WHERE d.id = $1 AND d.org_id = $2 AND d.state <> 'pending' AND d.attempts = $4::integer
    AND EXISTS (SELECT FROM channels c WHERE c.id = d.channel_id)
  RETURNING d.*))" + note_ctes("$5::jsonb") + "SELECT" +
                                                   delivery_columns() +
                                                   "FROM gate d JOIN events e ON e.id = d.event_id"};

const statement delivery_exists{"delivery_exists", "SELECT FROM deliveries WHERE id = $1 AND org_id = $2"};

timestamp ended_at(const delivery_attempt& x) {
  return x.started_at + x.duration;
}

void write_attempt(json_writer& to, const delivery_attempt& a) {
  to.begin_object();
  to("id", a.id)("delivery_id", a.delivery)("org_id", a.org)("channel_id", a.channel)("number", a.number);
  to("started_at", a.started_at)("duration_ms", a.duration)("dns_ms", a.timings.dns);
  to("connect_ms", a.timings.connect)("tls_ms", a.timings.tls)("first_byte_ms", a.timings.first_byte);
  to("transfer_ms", a.timings.transfer)("remote_ip", a.remote_ip)("status", a.status);
  to("response_headers", a.response_headers)("response_body", a.response_body)("error", a.error);
  to("message", a.message);
  to.end_object();
}

void write_judged(json_writer& to, const attempt_outcome& x) {
  to.begin_object();
  to("id", x.attempt.delivery)("org_id", x.attempt.org)("state", x.state)("attempts", x.attempt.number);
  to("next_attempt_at", x.next_attempt_at)("ended_at", ended_at(x.attempt))("last_error", x.attempt.message);
  to("reference", x.attempt.reference);
  to.end_object();
}

void write_health(json_writer& to, const channel_health& x) {
  to.begin_object();
  to("state", x.state)("consecutive_failures", x.consecutive_failures)("failing_since", x.failing_since);
  to("last_success_at", x.last_success_at)("disabled_reason", x.disabled_reason);
  to.end_object();
}

// What follows from all outcomes together: of each its lines, events and deliveries.
template <class Row>
std::vector<Row> all_of(const std::vector<attempt_outcome>& xs, std::vector<Row> attempt_outcome::*rows) {
  std::vector<Row> all;
  for (const auto& x : xs)
    all.insert(all.end(), (x.*rows).begin(), (x.*rows).end());
  return all;
}

std::string outcomes_document(const std::vector<attempt_outcome>& xs, const std::vector<event>& events) {
  const auto& last = xs.back();
  json_writer to;
  to.begin_array().begin_object();
  to("channel_id", last.attempt.channel)("org_id", last.attempt.org)("ended_at", ended_at(last.attempt));
  to.key("attempts").begin_array();
  for (const auto& x : xs)
    write_attempt(to, x.attempt);
  to.end_array().key("judged").begin_array();
  for (const auto& x : xs)
    write_judged(to, x);
  to.end_array().key("health");
  write_health(to, last.health);
  write_timeline(to, all_of(xs, &attempt_outcome::timeline));
  write_events(to, events);
  write_deliveries(to, all_of(xs, &attempt_outcome::deliveries));
  to.end_object().end_array();
  return std::string{to.text()};
}

/// Whose outbox is read, and what of it is in flight already.
struct claim {
  org_id org;
  channel_id channel;
  timestamp now;
  std::uint32_t limit = 0;
  std::vector<delivery_id> except;
};

std::string group_from_row(row_reader& in) {
  std::string x;
  in >> x;
  return x;
}

// What goes with the grouped ones among those that are due, and with those that wait no longer.
sql_result<status> add_groups(connection& db, const claim& of, std::vector<delivery>& rows) {
  auto hurried = db.run(hurried_groups, params{} << of.channel << of.org << of.except << of.now);
  if (!hurried)
    return sql_fail(hurried.error());
  auto groups = map_rows(*hurried, group_from_row);
  for (const auto& d : rows)
    if (!d.group.empty() && std::ranges::find(groups, d.group) == groups.end())
      groups.push_back(d.group);
  if (groups.empty())
    return status{};
  auto found = db.run(group_members, params{} << of.channel << of.org << of.except << groups << of.now);
  if (!found)
    return sql_fail(found.error());
  std::erase_if(rows, [](const delivery& d) { return !d.group.empty(); });
  for (auto& d : map_rows(*found, delivery_from_row))
    rows.push_back(std::move(d));
  return status{};
}

sql_result<result<due_deliveries>> read_due(connection& db, const claim& of) {
  auto now = of.now;
  auto found = db.run(next_heads, params{} << of.channel << of.org << of.except << of.limit);
  if (!found)
    return sql_fail(found.error());
  due_deliveries x{map_rows(*found, delivery_from_row), {}};
  auto later = std::ranges::find_if(x.rows, [now](const delivery& d) { return d.next_attempt_at > now; });
  if (later != x.rows.end())
    x.next_due = later->next_attempt_at;
  x.rows.erase(later, x.rows.end());
  if (auto added = add_groups(db, of, x.rows); !added)
    return sql_fail(added.error());
  return result<due_deliveries>{std::move(x)};
}

} // namespace

void channel_repository::due(org_id org, channel_id id, timestamp now, std::uint32_t limit,
                             std::vector<delivery_id> except, reply_to<due_deliveries> done) {
  claim of{org, id, now, limit, std::move(except)};
  deps_.reads->read<due_deliveries>(done, [of = std::move(of)](connection& db) { return read_due(db, of); });
}

void channel_repository::record(std::vector<attempt_outcome> xs, reply_to<void> done) {
  if (xs.empty())
    return done({});
  auto events = all_of(xs, &attempt_outcome::events);
  done = deps_.feed->placed(xs.back().attempt.org, events, std::move(done));
  auto judge = [](const rows&) -> result<void> { return {}; };
  deps_.writers->submit(
      xs.back().attempt.channel.value,
      one_command<void>({&record_attempts, params{} << outcomes_document(xs, events)}, std::move(done), judge, true));
}

void channel_repository::enqueue(event e, std::vector<delivery> ds, reply_to<void> done) {
  std::vector<event> events{std::move(e)};
  done = deps_.feed->placed(events.front().org, events, std::move(done));
  json_writer to;
  to.begin_object();
  write_events(to, events);
  write_deliveries(to, ds);
  to.end_object();
  params p;
  p << to.text();
  auto entity = ds.empty() ? events.front().id.value : ds.front().channel.value;
  auto judge = [](const rows&) -> result<void> { return {}; };
  deps_.writers->submit(entity, one_command<void>({&enqueue_event, std::move(p)}, std::move(done), judge));
}

void channel_repository::redeliver(org_id org, delivery_id id, std::int32_t attempts, timestamp now, write_note note,
                                   reply_to<delivery> done) {
  write_unit unit;
  unit.commands.push_back({&delivery_exists, params{} << id << org});
  unit.commands.push_back(
      {&redeliver_one, params{} << id << org << now << attempts << note_document(note, *deps_.sealer, now)});
  unit.done = [done](result<std::span<const rows>> answers) {
    if (!answers)
      return done(fail(answers.error()));
    if ((*answers)[0].empty())
      return done(fail(errc::not_found, "No such delivery."));
    if ((*answers)[1].empty())
      return done(fail(errc::conflict, "The delivery is pending, or its channel is gone."));
    row_reader in{(*answers)[1], 0};
    done(delivery_from_row(in));
  };
  submit(deps_, id.value, std::move(unit), note.dry);
}

} // namespace gochron::storage
