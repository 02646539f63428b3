#include <charconv>

#include <fmt/format.h>

#include "storage/query/query_repository.hpp"

namespace gochron::storage {
namespace {

// Verdicts by their positions: 0 up, 1 degraded. What is packed is opened pack by pack.
const statement measure_response_times{"measure_response_times", R"(
WITH seen AS (
  SELECT r.response_time_ms AS ms FROM check_results r
  WHERE r.org_id = $1 AND r.monitor_id = $2 AND r.round_at >= $3 AND r.round_at < $4 AND r.verdict IN (0, 1)
  UNION ALL
  SELECT r.response_time_ms FROM packed_results r
  WHERE r.org_id = $1 AND r.monitor_id = $2 AND r.round_at >= $3 AND r.round_at < $4 AND r.verdict IN (0, 1)
    AND r.first_at >= $3::timestamptz - interval '1 day' AND r.last_at >= $3 AND r.first_at < $4)
SELECT count(*), min(ms)::bigint, round(avg(ms))::bigint, max(ms)::bigint,
       coalesce((percentile_disc($5::text[]::float8[]) WITHIN GROUP (ORDER BY ms))::text[], '{}')
FROM seen)"};

const statement measured_monitor{"measured_monitor", "SELECT FROM monitors WHERE id = $1 AND org_id = $2"};

response_times times_of(const rows& found, const response_time_query& q) {
  response_times x;
  x.from = q.from;
  x.to = q.to;
  std::vector<std::string> values;
  row_reader{found, 0} >> x.checks >> x.min >> x.mean >> x.max >> values;
  for (std::size_t i = 0; x.checks > 0 && i < values.size() && i < q.percentiles.size(); ++i) {
    std::int64_t ms = 0;
    std::from_chars(values[i].data(), values[i].data() + values[i].size(), ms);
    x.percentiles.emplace_back(q.percentiles[i], milliseconds{ms});
  }
  return x;
}

sql_result<result<response_times>> measure(connection& db, org_id org, const response_time_query& q) {
  auto present = db.run(measured_monitor, params{} << q.monitor << org);
  if (!present)
    return sql_fail(present.error());
  if (present->empty())
    return result<response_times>{fail(errc::not_found, "No such monitor.")};
  std::vector<std::string> fractions;
  for (auto p : q.percentiles)
    fractions.push_back(fmt::format("{}", p / 100));
  auto found = db.run(measure_response_times, params{} << org << q.monitor << q.from << q.to << fractions);
  if (!found)
    return sql_fail(found.error());
  return result<response_times>{times_of(*found, q)};
}

} // namespace

void query_repository::response_times(org_id org, response_time_query q, reply_to<gochron::response_times> done) {
  deps_.reads->read<gochron::response_times>(std::move(done), [org, q](connection& db) { return measure(db, org, q); });
}

} // namespace gochron::storage
