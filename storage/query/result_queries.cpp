#include <algorithm>
#include <tuple>

#include "storage/json_reader.hpp"
#include "storage/query/query_repository.hpp"

namespace gochron::storage {
namespace {

const std::string columns = R"(
SELECT r.monitor_id, r.org_id, r.round_at, r.scheduled_at, r.started_at, r.lag_ms, r.response_time_ms, r.dns_ms,
       r.connect_ms, r.tls_ms, r.first_byte_ms, r.transfer_ms, r.remote_port, r.attempt, r.trigger, r.verdict,
       r.reason, r.http_status, r.http_version, r.remote_ip, r.message, r.ping_kind, r.ping_body, r.details
FROM )";

const std::string wanted = R"(
WHERE r.org_id = $1 AND r.monitor_id = $2 AND r.round_at >= $3 AND r.round_at < $4
  AND ($5::bigint[] IS NULL OR r.verdict = ANY($5::bigint[])))";

const std::string after = " AND (r.round_at, r.attempt, r.trigger) < ($7, $8::smallint, $9::smallint)";

// What the packs say of all their checks spares opening most of them.
const std::string in_pack = R"(
  AND r.first_at >= $3::timestamptz - interval '1 day' AND r.last_at >= $3 AND r.first_at < $4
  AND ($5::bigint[] IS NULL
       OR r.verdicts & (SELECT coalesce(bit_or(1 << v::integer), 0) FROM unnest($5::bigint[]) v) <> 0))";

const std::string newest_first = " ORDER BY r.round_at DESC, r.attempt DESC, r.trigger DESC LIMIT $6::bigint";

// The packs of a monitor do not overlap: in this order one at a time is opened, until the page is full.
const std::string newest_pack_first =
    " ORDER BY r.first_at DESC, r.round_at DESC, r.attempt DESC, r.trigger DESC LIMIT $6::bigint";

const statement list_results{"list_results", columns + "check_results r" + wanted + newest_first};
const statement list_results_next{"list_results_next", columns + "check_results r" + wanted + after + newest_first};
const statement list_packed{"list_packed", columns + "packed_results r" + wanted + in_pack + newest_pack_first};
const statement list_packed_next{"list_packed_next", columns + "packed_results r" + wanted + in_pack +
                                                         " AND r.first_at <= $7" + after + newest_pack_first};

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

struct result_filter {
  org_id org;
  result_query query;
  std::uint32_t limit = 0;
  std::optional<time_position> after;

  params values(timestamp from) const {
    std::vector<std::int64_t> verdicts;
    for (auto v : query.verdicts)
      verdicts.push_back(static_cast<std::int64_t>(v));
    params p;
    p << org << query.monitor << from << query.to.value_or(distant_future) << unless_empty(std::move(verdicts))
      << limit + 1;
    if (after) // the derived id says the attempt and the trigger
      p << after->at << after->id.bytes[6] << after->id.bytes[7];
    return p;
  }
};

bool newer(const check_result& a, const check_result& b) {
  return std::tie(a.round_at, a.attempt, a.trigger) > std::tie(b.round_at, b.attempt, b.trigger);
}

// Single rows first: a day that is packed between the two statements is then seen twice, not missed.
sql_result<std::vector<check_result>> newest_of_both(connection& db, const result_filter& f) {
  auto from = f.query.from.value_or(distant_past);
  auto single = db.run(f.after ? list_results_next : list_results, f.values(from));
  if (!single)
    return sql_fail(single.error());
  auto all = map_rows(*single, result_from_row);
  if (all.size() > f.limit) // the page is full: only what is newer than its end could still push in
    from = std::max(from, all.back().round_at);
  auto packed = db.run(f.after ? list_packed_next : list_packed, f.values(from));
  if (!packed)
    return sql_fail(packed.error());
  auto singles = all.size();
  auto middle = [&] { return all.begin() + static_cast<std::ptrdiff_t>(singles); };
  for (auto& x : map_rows(*packed, result_from_row))
    if (!std::binary_search(all.begin(), middle(), x, newer))
      all.push_back(std::move(x));
  std::inplace_merge(all.begin(), middle(), all.end(), newer);
  if (all.size() > f.limit + 1)
    all.resize(f.limit + 1);
  return all;
}

sql_result<result<results_page>> read_results(connection& db, const result_filter& f) {
  auto present = exists(db, f.org, f.query.monitor);
  if (!present)
    return sql_fail(present.error());
  if (!*present)
    return result<results_page>{fail(errc::not_found, "No such monitor.")};
  auto found = newest_of_both(db, f);
  if (!found)
    return sql_fail(found.error());
  return result<results_page>{make_page(std::move(*found), f.limit, key_of)};
}

} // namespace

void query_repository::results(org_id org, result_query q, page_request p, reply_to<page<check_result>> done) {
  auto after_position = time_position_of(p);
  if (!after_position)
    return done(fail(after_position.error()));
  result_filter f{org, std::move(q), p.limit, *after_position};
  deps_.reads->read<results_page>(std::move(done), [f](connection& db) { return read_results(db, f); });
}

} // namespace gochron::storage
