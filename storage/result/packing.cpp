#include "storage/result/packing.hpp"

#include <fmt/format.h>

namespace gochron::storage {
namespace {

const statement may_pack{"may_pack", R"(
SELECT coalesce((SELECT upto >= $2 FROM rollup_watermarks WHERE grain = 'hour'), false)
  AND NOT EXISTS (SELECT FROM rollup_dirty WHERE grain = 'hour' AND bucket >= $1 AND bucket < $2))"};

// The sort within the window is the only one: what follows keeps its order.
const statement pack_day{"pack_day", R"(
INSERT INTO result_packs (first_at, last_at, monitor_id, org_id, checks, verdicts, round_ms, scheduled_ms, started_ms,
  lag_ms, response_time_ms, dns_ms, connect_ms, tls_ms, first_byte_ms, transfer_ms, remote_port, attempt, trigger,
  verdict, reason, http_status, http_version, remote_ip, message, ping_kind, ping_body, details)
SELECT min(round_at), max(round_at), monitor_id, org_id, count(*), bit_or(1 << verdict),
  packed_column(array_agg((date_part('epoch', round_at - $1::timestamptz) * 1000)::integer)),
  packed_column(array_agg((date_part('epoch', scheduled_at - round_at) * 1000)::integer)),
  packed_column(array_agg((date_part('epoch', started_at - scheduled_at) * 1000)::integer)),
  packed_column(array_agg(lag_ms)), packed_column(array_agg(response_time_ms)), packed_column(array_agg(dns_ms)),
  packed_column(array_agg(connect_ms)), packed_column(array_agg(tls_ms)), packed_column(array_agg(first_byte_ms)),
  packed_column(array_agg(transfer_ms)), packed_column(array_agg(remote_port)), packed_column(array_agg(attempt)),
  packed_column(array_agg(trigger)), packed_column(array_agg(verdict)), packed_column(array_agg(reason)),
  packed_column(array_agg(http_status)), packed_column(array_agg(http_version)), packed_column(array_agg(remote_ip)),
  packed_column(array_agg(message)), packed_column(array_agg(ping_kind)), packed_column(array_agg(ping_body)),
  packed_column(array_agg(details))
FROM (
  SELECT r.*, (row_number() OVER (PARTITION BY monitor_id, org_id ORDER BY round_at, attempt, trigger) - 1) / 2048
    AS piece
  FROM check_results r WHERE r.round_at >= $1 AND r.round_at < $2) x
GROUP BY monitor_id, org_id, piece)"};

const statement has_packs{"has_packs", "SELECT FROM result_packs WHERE first_at >= $1 AND first_at < $2 LIMIT 1"};

const char* const late_monitors = R"(
first_at >= $1 AND first_at < $2
  AND monitor_id IN (SELECT r.monitor_id FROM check_results r WHERE r.round_at >= $1 AND r.round_at < $2))";

const statement unpack{"unpack", std::string{R"(
INSERT INTO check_results (round_at, scheduled_at, started_at, monitor_id, org_id, lag_ms, response_time_ms, dns_ms,
  connect_ms, tls_ms, first_byte_ms, transfer_ms, remote_port, attempt, trigger, verdict, reason, http_status,
  http_version, remote_ip, message, ping_kind, ping_body, details)
SELECT round_at, scheduled_at, started_at, monitor_id, org_id, lag_ms, response_time_ms, dns_ms, connect_ms, tls_ms,
  first_byte_ms, transfer_ms, remote_port, attempt, trigger, verdict, reason, http_status, http_version, remote_ip,
  message, ping_kind, ping_body, details
FROM packed_results WHERE )"} + late_monitors};

const statement delete_unpacked{"delete_unpacked", std::string{"DELETE FROM result_packs WHERE "} + late_monitors};

params bounds_of(day x) {
  return params{} << timestamp{x} << timestamp{x + std::chrono::days{1}};
}

sql_result<bool> yes(const sql_result<rows>& found) {
  if (!found)
    return sql_fail(found.error());
  bool answer = false;
  row_reader{*found, 0} >> answer;
  return answer;
}

// A result for this day that was written meanwhile has marked its hour dirty. The lock waits for those under way.
sql_result<bool> pack_in_transaction(connection& db, day x, const packing_options& options) {
  auto limit = std::chrono::milliseconds{options.most}.count();
  auto begin = fmt::format("BEGIN; SET LOCAL statement_timeout = {}; SET LOCAL work_mem = '64MB'; "
                           "SELECT pg_advisory_xact_lock(7462002); {}",
                           limit, create_partition_sql(x, packed_results));
  if (auto begun = db.execute(begin); !begun)
    return sql_fail(begun.error());
  if (auto packed = db.run(pack_day, bounds_of(x)); !packed)
    return sql_fail(packed.error());
  auto lock = fmt::format("SET LOCAL lock_timeout = 2000; LOCK TABLE ONLY {}, {} IN ACCESS EXCLUSIVE MODE",
                          single_results.name, partition_name(x));
  if (auto locked = db.execute(lock); !locked)
    return sql_fail(locked.error());
  auto still = yes(db.run(may_pack, bounds_of(x)));
  if (!still || !*still)
    return still;
  auto dropped = db.execute("DROP TABLE " + partition_name(x) + "; COMMIT");
  return dropped ? sql_result<bool>{true} : sql_fail(dropped.error());
}

} // namespace

sql_result<bool> pack_next(connection& db, timestamp now, const packing_options& options) {
  auto days = partition_days(db);
  if (!days)
    return sql_fail(days.error());
  for (auto x : *days) {
    if (timestamp{x + std::chrono::days{1}} + options.settle > now)
      break;
    auto ready = yes(db.run(may_pack, bounds_of(x)));
    if (!ready)
      return ready;
    if (!*ready)
      continue;
    auto packed = pack_in_transaction(db, x, options);
    if (packed && *packed)
      return packed;
    auto undone = db.execute("ROLLBACK");
    return !undone ? sql_fail(undone.error()) : packed;
  }
  return false;
}

sql_status unpack_late(connection& db, day x) {
  auto packed = db.run(has_packs, bounds_of(x));
  if (!packed)
    return sql_fail(packed.error());
  if (packed->empty())
    return {};
  if (auto unpacked = db.run(unpack, bounds_of(x)); !unpacked)
    return sql_fail(unpacked.error());
  auto deleted = db.run(delete_unpacked, bounds_of(x));
  return deleted ? sql_status{} : sql_fail(deleted.error());
}

} // namespace gochron::storage
