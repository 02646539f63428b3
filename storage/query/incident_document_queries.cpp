#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "storage/incident/document_repository.hpp"
#include "storage/query/paging.hpp"
#include "storage/query/query_repository.hpp"

/// Notes, and how incidents were handled.
namespace gochron::storage {
namespace {

const paged_statement& list_notes() {
  static const paged_statement s{"list_notes",
                                 "list_notes_next",
                                 "SELECT" + note_columns() + R"(
FROM incident_notes n
WHERE n.org_id = $1 AND n.incident_id = $2)",
                                 "n.created_at",
                                 "n.id",
                                 "timestamptz",
                                 false,
                                 3};
  return s;
}

constexpr std::int64_t most_incidents = 200'000;

// Who acknowledged first, whatever became of it, only the timeline knows. Seconds, in text: fractions have no other
// form here.
const std::string handled = R"(
WITH seen AS (
  SELECT i.id, i.monitor_id, i.severity, i.opened_at, i.resolved_at FROM incidents i
  WHERE i.org_id = $1 AND i.opened_at >= $2 AND i.opened_at < $3 AND ($4::uuid IS NULL OR i.monitor_id = $4::uuid)
    AND (i.resolved_at IS NULL OR i.resolved_at >= $5)),
handled AS (
  SELECT s.*, a.actor, extract(epoch FROM a.at - s.opened_at)::float8 AS to_ack,
    extract(epoch FROM s.resolved_at - s.opened_at)::float8 AS to_resolve
  FROM seen s LEFT JOIN LATERAL (
    SELECT t.at, t.actor FROM incident_timeline t
    WHERE t.incident_id = s.id AND t.org_id = $1 AND t.kind = 'acknowledged' ORDER BY t.at, t.id LIMIT 1) a ON true))";

const std::string figures = R"(
  count(*) AS n, count(*) FILTER (WHERE resolved_at IS NULL), count(to_ack), avg(to_ack)::text,
  (percentile_cont(0.5) WITHIN GROUP (ORDER BY to_ack))::text,
  (percentile_cont(0.95) WITHIN GROUP (ORDER BY to_ack))::text, count(to_resolve), avg(to_resolve)::text,
  (percentile_cont(0.5) WITHIN GROUP (ORDER BY to_resolve))::text,
  (percentile_cont(0.95) WITHIN GROUP (ORDER BY to_resolve))::text)";

const std::string by_group = " FROM handled GROUP BY 1 ORDER BY n DESC, 1 LIMIT $6::bigint";

const statement count_handled{"count_handled", R"(
SELECT count(*) FROM (
  SELECT FROM incidents i
  WHERE i.org_id = $1 AND i.opened_at >= $2 AND i.opened_at < $3 AND ($4::uuid IS NULL OR i.monitor_id = $4::uuid)
    AND (i.resolved_at IS NULL OR i.resolved_at >= $5) LIMIT $6::bigint) x)"};

const statement measure_handling{"measure_handling", handled + "SELECT" + figures + " FROM handled LIMIT $6::bigint"};

const statement measure_by_monitor{"measure_handling_by_monitor", handled + "SELECT monitor_id," + figures + by_group};

const statement measure_by_severity{"measure_handling_by_severity", handled + "SELECT severity," + figures + by_group};

const statement measure_by_person{"measure_handling_by_person", handled + "SELECT actor," + figures + by_group};

const statement measure_by_policy{"measure_handling_by_policy",
                                  handled + "SELECT e.policy_id," + figures +
                                      " FROM handled LEFT JOIN escalations e ON e.incident_id = handled.id AND "
                                      "e.org_id = $1 GROUP BY 1 ORDER BY n DESC, 1 LIMIT $6::bigint"};

const statement& statement_of(metrics_group x) {
  constexpr const statement* all[] = {&measure_by_monitor, &measure_by_policy, &measure_by_person,
                                      &measure_by_severity};
  return *all[static_cast<std::size_t>(x)];
}

std::optional<double> number_of(const std::optional<std::string>& text) {
  if (!text)
    return std::nullopt;
  double x = 0;
  std::from_chars(text->data(), text->data() + text->size(), x);
  return std::round(x * 1000) / 1000; // we know of milliseconds
}

duration_figures durations_from_row(row_reader& in) {
  duration_figures x;
  std::optional<std::string> mean, median, p95;
  in >> x.count >> mean >> median >> p95;
  x.mean = number_of(mean);
  x.median = number_of(median);
  x.p95 = number_of(p95);
  return x;
}

response_figures figures_from_row(row_reader& in) {
  response_figures x;
  in >> x.incidents >> x.open;
  x.to_acknowledge = durations_from_row(in);
  x.to_resolve = durations_from_row(in);
  return x;
}

response_figures group_by_text(row_reader& in) {
  std::optional<std::string> key;
  in >> key;
  auto x = figures_from_row(in);
  x.key = std::move(key);
  return x;
}

template <class Id>
response_figures group_by_id(row_reader& in) {
  std::optional<uuid> key;
  in >> key;
  auto x = figures_from_row(in);
  if (key)
    x.key = Id{*key}.str();
  return x;
}

std::vector<response_figures> groups_of(const rows& found, metrics_group by) {
  switch (by) {
  case metrics_group::monitor:
    return map_rows(found, group_by_id<monitor_id>);
  case metrics_group::policy:
    return map_rows(found, group_by_id<policy_id>);
  case metrics_group::acknowledged_by:
  case metrics_group::severity:
    break;
  }
  return map_rows(found, group_by_text);
}

params params_of(org_id org, const response_metrics_query& q, std::int64_t most) {
  params p;
  p << org << q.from << q.to << q.monitor << q.horizon.value_or(distant_past) << most;
  return p;
}

sql_result<result<response_metrics>> measure(connection& db, org_id org, const response_metrics_query& q) {
  auto counted = db.run(count_handled, params_of(org, q, most_incidents + 1));
  if (!counted)
    return sql_fail(counted.error());
  std::int64_t incidents = 0;
  row_reader{*counted, 0} >> incidents;
  if (incidents > most_incidents)
    return result<response_metrics>{
        fail(error{errc::invalid,
                   "The query parameters are not valid.",
                   {{"from", "out_of_range", fmt::format("More than {} incidents are in there.", most_incidents)}},
                   {},
                   {}})};
  auto total = db.run(measure_handling, params_of(org, q, 1));
  if (!total)
    return sql_fail(total.error());
  response_metrics x;
  x.from = q.from;
  x.to = q.to;
  x.by = q.by;
  row_reader in{*total, 0};
  x.total = figures_from_row(in);
  if (!q.by)
    return result<response_metrics>{std::move(x)};
  auto grouped = db.run(statement_of(*q.by), params_of(org, q, response_metrics::most_groups + 1));
  if (!grouped)
    return sql_fail(grouped.error());
  x.groups = groups_of(*grouped, *q.by);
  x.truncated = x.groups.size() > static_cast<std::size_t>(response_metrics::most_groups);
  if (x.truncated)
    x.groups.pop_back();
  return result<response_metrics>{std::move(x)};
}

} // namespace

void query_repository::notes(org_id org, incident_id of, page_request p, reply_to<page<incident_note>> done) {
  auto filter = params{} << org << of;
  read_page(*deps_.reads, list_notes(), filter, p, std::move(done), note_from_row, [](const incident_note& x) {
    return keyset{time_key(x.created_at), x.id.value};
  });
}

void query_repository::postmortem_of(org_id org, incident_id of, reply_to<std::optional<postmortem>> done) {
  document_repository{deps_}.load(org, of, std::move(done));
}

void query_repository::response_metrics(org_id org, response_metrics_query q,
                                        reply_to<gochron::response_metrics> done) {
  deps_.reads->read<gochron::response_metrics>(std::move(done),
                                               [org, q](connection& db) { return measure(db, org, q); });
}

} // namespace gochron::storage
