#include "storage/json_reader.hpp"
#include "storage/query/query_repository.hpp"

namespace gochron::storage {
namespace {

const std::string select_results = R"(
SELECT r.monitor_id, r.org_id, r.round_at, r.scheduled_at, r.started_at, r.lag_ms, r.response_time_ms, r.dns_ms,
       r.connect_ms, r.tls_ms, r.first_byte_ms, r.transfer_ms, r.remote_port, r.attempt, r.trigger, r.verdict,
       r.reason, r.http_status, r.http_version, r.remote_ip, r.message, r.ping_kind, r.ping_body, r.details
FROM check_results r
WHERE r.org_id = $1 AND r.monitor_id = $2 AND r.round_at >= $3 AND r.round_at < $4
  AND ($5::bigint[] IS NULL OR r.verdict = ANY($5::bigint[])))";

const std::string newest_first = " ORDER BY r.round_at DESC, r.attempt DESC, r.trigger DESC LIMIT $6::bigint";

const statement list_results{"list_results", select_results + newest_first};

const statement list_results_next{
    "list_results_next",
    select_results + " AND (r.round_at, r.attempt, r.trigger) < ($7, $8::smallint, $9::smallint)" + newest_first};

const statement monitor_exists{"monitor_exists", "SELECT FROM monitors WHERE id = $1 AND org_id = $2"};

// Enums are kept as their positions in this table only.
template <class Enum>
void read_position(row_reader& in, Enum& x) {
  std::int64_t position = 0;
  in >> position;
  auto known = static_cast<std::int64_t>(core::names_of<Enum>().size());
  x = position >= 0 && position < known ? static_cast<Enum>(position) : Enum{};
}

check_result result_from_row(row_reader& in) {
  check_result x;
  auto& o = x.outcome;
  std::optional<std::uint16_t> http_status;
  std::string http_version, details;
  in >> x.monitor >> x.org >> x.round_at >> x.scheduled_at >> o.started_at >> x.lag >> o.response_time >>
      o.timings.dns >> o.timings.connect >> o.timings.tls >> o.timings.first_byte >> o.timings.transfer >>
      o.remote_port >> x.attempt;
  read_position(in, x.trigger);
  read_position(in, o.verdict);
  read_position(in, o.reason);
  in >> http_status >> http_version >> o.remote_ip >> o.message >> x.ping_kind >> x.ping_body >> details;
  if (http_status) {
    auto kept = details.empty() ? result_details{} : read_details(details);
    o.http = http_observation{*http_status, std::move(http_version), std::move(kept.headers), std::move(kept.body)};
  }
  return x;
}

keyset key_of(const check_result& x) {
  return {time_key(x.round_at), result_id_of(x).value};
}

sql_result<bool> exists(connection& db, org_id org, monitor_id id) {
  auto found = db.run(monitor_exists, params{} << id << org);
  if (!found)
    return sql_fail(found.error());
  return !found->empty();
}

using results_page = page<check_result>;

sql_result<result<results_page>> read_results(connection& db, org_id org, monitor_id id, const statement& list,
                                              const params& p, std::uint32_t limit) {
  auto present = exists(db, org, id);
  if (!present)
    return sql_fail(present.error());
  if (!*present)
    return result<results_page>{fail(errc::not_found, "No such monitor.")};
  auto found = db.run(list, p);
  if (!found)
    return sql_fail(found.error());
  return result<results_page>{make_page(map_rows(*found, result_from_row), limit, key_of)};
}

} // namespace

void query_repository::results(org_id org, result_query q, page_request p, reply_to<page<check_result>> done) {
  auto from = time_position_of(p);
  if (!from)
    return done(fail(from.error()));
  std::vector<std::int64_t> verdicts;
  for (auto v : q.verdicts)
    verdicts.push_back(static_cast<std::int64_t>(v));
  params filter;
  filter << org << q.monitor << q.from.value_or(distant_past) << q.to.value_or(distant_future)
         << unless_empty(std::move(verdicts)) << p.limit + 1;
  if (*from) // the derived id says the attempt and the trigger
    filter << (*from)->at << (*from)->id.bytes[6] << (*from)->id.bytes[7];
  const auto& list = *from ? list_results_next : list_results;
  deps_.reads->read<results_page>(std::move(done), [=, &list, limit = p.limit](connection& db) {
    return read_results(db, org, q.monitor, list, filter, limit);
  });
}

} // namespace gochron::storage
