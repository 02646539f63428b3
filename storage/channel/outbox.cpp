#include <algorithm>

#include "storage/channel/channel_repository.hpp"
#include "storage/channel/channel_rows.hpp"
#include "storage/incident/transition_rows.hpp"

namespace gochron::storage {
namespace {

// In the order in which they are due. Of an incident's pending deliveries to this channel only the first by sequence; a
// delivery without an incident waits for no other.
const statement next_heads{"next_heads", "SELECT" + delivery_columns() + R"(
FROM deliveries d JOIN events e ON e.id = d.event_id
WHERE d.channel_id = $1 AND d.org_id = $2 AND d.state = 'pending' AND d.id <> ALL($3::uuid[])
  AND NOT EXISTS (
    SELECT FROM deliveries p
    WHERE p.channel_id = d.channel_id AND p.incident_id = d.incident_id AND p.state = 'pending'
      AND (p.sequence, p.created_at, p.id) < (d.sequence, d.created_at, d.id))
ORDER BY d.next_attempt_at, d.created_at, d.id LIMIT $4::bigint)"};

const statement record_attempt{"record_attempt", R"(
WITH gate AS (
  UPDATE deliveries SET
    state = CASE WHEN state = 'canceled' AND $4::text = 'pending' THEN state ELSE $4::text END,
    attempts = greatest(attempts, $5::integer),
    next_attempt_at = CASE WHEN state = 'canceled' THEN NULL ELSE $6::timestamptz END,
    finished_at = CASE WHEN $4::text <> 'pending' THEN $7::timestamptz ELSE finished_at END,
    last_error = $8
  WHERE id = $2 AND org_id = $3
  RETURNING id, channel_id),
attempt AS (
  INSERT INTO delivery_attempts
  SELECT x.* FROM gate, jsonb_populate_recordset(NULL::delivery_attempts, $1::jsonb->'attempts') x
  ON CONFLICT DO NOTHING),
health AS (
  UPDATE channels c SET health_state = $9, consecutive_failures = $10, failing_since = $11, last_success_at = $12,
                        disabled_reason = $13
  FROM gate WHERE c.id = gate.channel_id AND c.org_id = $3),
canceled AS (
  UPDATE deliveries d SET state = 'canceled', next_attempt_at = NULL, finished_at = $7::timestamptz
  FROM gate
  WHERE d.channel_id = gate.channel_id AND d.id <> gate.id AND d.state = 'pending' AND $9::text = 'disabled'))" +
                                                     record_ctes() + "SELECT count(*) FROM gate"};

const statement enqueue_event{"enqueue_event", "WITH gate AS (SELECT 1)" + record_ctes() + "SELECT count(*) FROM gate"};

const statement redeliver_one{"redeliver_one", R"(
WITH gate AS (
  UPDATE deliveries d SET state = 'pending', next_attempt_at = $3, finished_at = NULL, attempts_base = attempts
  WHERE d.id = $1 AND d.org_id = $2 AND d.state <> 'pending'
    AND EXISTS (SELECT FROM channels c WHERE c.id = d.channel_id)
  RETURNING d.*)
SELECT)" + delivery_columns() + "FROM gate d JOIN events e ON e.id = d.event_id"};

const statement delivery_exists{"delivery_exists", "SELECT FROM deliveries WHERE id = $1 AND org_id = $2"};

std::string outcome_document(const attempt_outcome& x) {
  const auto& a = x.attempt;
  json_writer to;
  to.begin_object();
  to.key("attempts").begin_array().begin_object();
  to("id", a.id)("delivery_id", a.delivery)("org_id", a.org)("channel_id", a.channel)("number", a.number);
  to("started_at", a.started_at)("duration_ms", a.duration)("dns_ms", a.timings.dns);
  to("connect_ms", a.timings.connect)("tls_ms", a.timings.tls)("first_byte_ms", a.timings.first_byte);
  to("transfer_ms", a.timings.transfer)("remote_ip", a.remote_ip)("status", a.status);
  to("response_headers", a.response_headers)("response_body", a.response_body)("error", a.error);
  to("message", a.message);
  to.end_object().end_array();
  write_timeline(to, x.timeline);
  write_events(to, x.events);
  write_deliveries(to, x.deliveries);
  to.end_object();
  return std::string{to.text()};
}

sql_result<result<due_deliveries>> read_due(connection& db, const params& p, timestamp now) {
  auto found = db.run(next_heads, p);
  if (!found)
    return sql_fail(found.error());
  due_deliveries x{map_rows(*found, delivery_from_row), {}};
  auto later = std::ranges::find_if(x.rows, [now](const delivery& d) { return d.next_attempt_at > now; });
  if (later != x.rows.end())
    x.next_due = later->next_attempt_at;
  x.rows.erase(later, x.rows.end());
  return result<due_deliveries>{std::move(x)};
}

} // namespace

void channel_repository::due(org_id org, channel_id id, timestamp now, std::uint32_t limit,
                             std::vector<delivery_id> except, reply_to<due_deliveries> done) {
  params p;
  p << id << org << except << limit;
  deps_.reads->read<due_deliveries>(done, [p = std::move(p), now](connection& db) { return read_due(db, p, now); });
}

void channel_repository::record(attempt_outcome x, reply_to<void> done) {
  const auto& a = x.attempt;
  params p;
  p << outcome_document(x) << a.delivery << a.org << x.state << a.number << x.next_attempt_at;
  p << a.started_at + a.duration << a.message;
  append_health(p, x.health);
  auto judge = [](const rows& answer) -> result<void> {
    std::int64_t present = 0;
    row_reader{answer, 0} >> present;
    if (present == 0)
      return fail(errc::not_found, "No such delivery.");
    return {};
  };
  deps_.writers->submit(a.channel.value,
                        one_command<void>({&record_attempt, std::move(p)}, std::move(done), judge, true));
}

void channel_repository::enqueue(event e, std::vector<delivery> ds, reply_to<void> done) {
  json_writer to;
  to.begin_object();
  write_events(to, {e});
  write_deliveries(to, ds);
  to.end_object();
  params p;
  p << to.text();
  auto entity = ds.empty() ? e.id.value : ds.front().channel.value;
  auto judge = [](const rows&) -> result<void> { return {}; };
  deps_.writers->submit(entity, one_command<void>({&enqueue_event, std::move(p)}, std::move(done), judge));
}

void channel_repository::redeliver(org_id org, delivery_id id, timestamp now, reply_to<delivery> done) {
  write_unit unit;
  unit.commands.push_back({&delivery_exists, params{} << id << org});
  unit.commands.push_back({&redeliver_one, params{} << id << org << now});
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
  deps_.writers->submit(id.value, std::move(unit));
}

} // namespace gochron::storage
