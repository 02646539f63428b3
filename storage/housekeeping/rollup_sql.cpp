#include "storage/housekeeping/rollup_sql.hpp"

namespace gochron::storage {
namespace {

const char* const replace = R"(
ON CONFLICT (monitor_id, bucket) DO UPDATE SET
  checks = excluded.checks, up = excluded.up, degraded = excluded.degraded, down = excluded.down,
  errors = excluded.errors, latency_sum_ms = excluded.latency_sum_ms, latency_max_ms = excluded.latency_max_ms,
  latency_bins = excluded.latency_bins, latency_counts = excluded.latency_counts)";

const char* const columns = R"( (monitor_id, bucket, org_id, checks, up, degraded, down, errors, latency_sum_ms,
  latency_max_ms, latency_bins, latency_counts))";

// Verdicts by their positions: 0 up, 1 degraded, 2 down, 3 error. Latencies are those of the first two.
const char* const from_results = R"(
SELECT monitor_id, bucket, org_id, sum(checks)::bigint, sum(up)::bigint, sum(degraded)::bigint, sum(down)::bigint,
  sum(errors)::bigint, coalesce(sum(latency_sum), 0)::bigint, coalesce(max(latency_max), 0)::bigint,
  coalesce(array_agg(bin ORDER BY bin) FILTER (WHERE bin IS NOT NULL), '{}'),
  coalesce(array_agg(checks ORDER BY bin) FILTER (WHERE bin IS NOT NULL), '{}')
FROM (
  SELECT r.monitor_id, r.org_id, date_trunc('hour', r.round_at) AS bucket,
    CASE WHEN r.verdict IN (0, 1)
      THEN floor(ln(greatest(r.response_time_ms, 1)::float8) / ln(1.2::float8))::integer END AS bin,
    count(*) AS checks,
    count(*) FILTER (WHERE r.verdict = 0) AS up, count(*) FILTER (WHERE r.verdict = 1) AS degraded,
    count(*) FILTER (WHERE r.verdict = 2) AS down, count(*) FILTER (WHERE r.verdict = 3) AS errors,
    sum(r.response_time_ms) FILTER (WHERE r.verdict IN (0, 1)) AS latency_sum,
    max(r.response_time_ms) FILTER (WHERE r.verdict IN (0, 1)) AS latency_max
  FROM check_results r
  WHERE r.round_at >= $1 AND r.round_at < $2
  GROUP BY 1, 2, 3, 4) x
GROUP BY monitor_id, bucket, org_id)";

const char* const from_hours = R"(
SELECT t.monitor_id, t.bucket, t.org_id, t.checks, t.up, t.degraded, t.down, t.errors, t.latency_sum, t.latency_max,
  coalesce(b.bins, '{}'), coalesce(b.counts, '{}')
FROM (
  SELECT f.monitor_id, date_trunc('day', f.bucket) AS bucket, f.org_id, sum(f.checks)::bigint AS checks,
    sum(f.up)::bigint AS up, sum(f.degraded)::bigint AS degraded, sum(f.down)::bigint AS down,
    sum(f.errors)::bigint AS errors, sum(f.latency_sum_ms)::bigint AS latency_sum,
    max(f.latency_max_ms) AS latency_max
  FROM result_rollups_hour f WHERE f.bucket >= $1 AND f.bucket < $2 GROUP BY 1, 2, 3) t
LEFT JOIN (
  SELECT monitor_id, bucket, array_agg(bin ORDER BY bin) AS bins, array_agg(n ORDER BY bin) AS counts
  FROM (
    SELECT f.monitor_id, date_trunc('day', f.bucket) AS bucket, u.bin, sum(u.n)::bigint AS n
    FROM result_rollups_hour f, unnest(f.latency_bins, f.latency_counts) u (bin, n)
    WHERE f.bucket >= $1 AND f.bucket < $2 GROUP BY 1, 2, 3) g
  GROUP BY 1, 2) b USING (monitor_id, bucket))";

std::string fill(const std::string& table, const std::string& select) {
  return "INSERT INTO " + table + columns + select + replace;
}

} // namespace

const rollup_grain& hour_grain() {
  static const rollup_grain g{"hour", "1 hour", std::chrono::hours{1},
                              true,   "day",    {"rollup_hour", fill("result_rollups_hour", from_results)}};
  return g;
}

const rollup_grain& day_grain() {
  static const rollup_grain g{"day", "1 day", std::chrono::hours{24},
                              false, nullptr, {"rollup_day", fill("result_rollups_day", from_hours)}};
  return g;
}

} // namespace gochron::storage
