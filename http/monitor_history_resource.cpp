#include <algorithm>
#include <charconv>

#include "core/availability.hpp"
#include "http/configured.hpp"

/// What was observed of a monitor: results, status changes, availability.
namespace gochron::http {
namespace {

const noun monitors{"/api/monitors", "Monitors", "monitors"};

// Asks the monitor first: the history of one that this organisation has not is 404, not an empty list.
template <class F>
void of_monitor(const call& c, F f) {
  auto id = c.id<monitor_id>();
  if (!id)
    return;
  c.with().engine.tell(get_monitor{
      c.org(), *id, reply_to<monitor_view>{[c, f](result<monitor_view> x) { x ? f(*x) : c.refuse(x.error()); }}});
}

const std::vector<parameter>& result_filters() {
  static const auto all = list_parameters({time_parameter("from", "Rounds at or after this time."),
                                           time_parameter("to", "Rounds before this time."),
                                           enum_parameter<verdict>("verdict", "Only with these verdicts.")});
  return all;
}

void results(call c) {
  query_reader q{c};
  result_query wanted;
  wanted.from = std::max(q.time("from"), horizon_of(c));
  wanted.to = q.time("to");
  wanted.verdicts = q.names<verdict>("verdict");
  auto page = q.page();
  if (auto e = q.problem(result_filters()))
    return c.refuse(*e);
  of_monitor(c, [c, wanted, page](const monitor_view& x) {
    auto mine = wanted;
    mine.monitor = x.record.id;
    c.with().queries.results(c.org(), std::move(mine), page, list_of<check_result>(c, core::check_result_schema()));
  });
}

const std::vector<parameter>& change_filters() {
  static const auto all = list_parameters(
      {time_parameter("from", "Changes at or after this time."), time_parameter("to", "Changes before this time.")});
  return all;
}

void changes(call c) {
  query_reader q{c};
  auto from = std::max(q.time("from"), horizon_of(c)), to = q.time("to");
  auto page = q.page();
  if (auto e = q.problem(change_filters()))
    return c.refuse(*e);
  of_monitor(c, [=](const monitor_view& x) {
    c.with().queries.status_changes(c.org(), x.record.id, from, to, page,
                                    list_of<status_change>(c, core::status_change_schema()));
  });
}

// A stretch that begins too early begins where the history does; one that has nothing of it is refused.
template <class Query>
void keep_to_history(const call& c, query_reader& q, Query& wanted) {
  auto horizon = horizon_of(c);
  if (!horizon)
    return;
  if (wanted.to <= *horizon)
    q.wrong("to", "out_of_range", "Before your plan's history begins.");
  wanted.from = std::max(wanted.from, *horizon);
}

const std::vector<parameter>& availability_parameters() {
  static const std::vector<parameter> all{
      time_parameter("from", "Start; 24 hours before `to` when absent."),
      time_parameter("to", "End, not included; now when absent or in the future."),
      {"bucket", "Cut by the calendar; one bucket when absent.",
       R"({"type":"string","enum":["hour","day","week","month"]})"},
      {"time_zone", "IANA name of the calendar's zone.", R"({"type":"string","default":"UTC"})"}};
  return all;
}

struct availability_query {
  timestamp from{}, to{};
  std::optional<core::time_bucket> bucket;
  std::string zone;
};

result<core::availability_report> report_of(const availability_query& x, const status_history& history) {
  core::availability_report report;
  report.from = x.from;
  report.to = x.to;
  report.total = core::availability_of(history, x.from, x.to);
  if (!x.bucket) {
    report.buckets.push_back({x.from, x.to, report.total});
    return report;
  }
  auto buckets = core::availability_by(history, x.from, x.to, *x.bucket, x.zone);
  if (!buckets)
    return fail(buckets.error());
  report.buckets = std::move(*buckets);
  return report;
}

void availability(call c) {
  query_reader q{c};
  availability_query wanted;
  auto now = c.with().clock.now();
  wanted.to = std::min(q.time("to").value_or(now), now);
  wanted.from = q.time("from").value_or(wanted.to - std::chrono::hours{24});
  if (auto name = q.text("bucket")) {
    wanted.bucket = core::parse_name<core::time_bucket>(*name);
    if (!wanted.bucket)
      q.wrong("bucket", "not_one_of", "One of hour, day, week, month.");
  }
  wanted.zone = q.text("time_zone").value_or("UTC");
  if (!core::is_time_zone(wanted.zone))
    q.wrong("time_zone", "invalid_format", "Not an IANA time zone.");
  if (wanted.from >= wanted.to)
    q.wrong("from", "out_of_range", "Not before `to`, or in the future.");
  else if (wanted.to - wanted.from > std::chrono::hours{24 * 366 * 2})
    q.wrong("from", "out_of_range", "At most two years at once.");
  keep_to_history(c, q, wanted);
  if (auto e = q.problem(availability_parameters()))
    return c.refuse(*e);
  auto id = c.id<monitor_id>();
  if (!id)
    return;
  c.with().queries.history(c.org(), *id, wanted.from, wanted.to,
                           reply_to<status_history>{[c, wanted](result<status_history> x) {
                             if (!x)
                               return c.refuse(x.error());
                             c.one(report_of(wanted, *x), *core::availability_schema());
                           }});
}

const std::vector<parameter>& incident_filters() {
  static const auto all = list_parameters({
      enum_parameter<incident_state>("state", "Only in these states."),
      enum_parameter<severity>("severity", "Only of these severities."),
      time_parameter("from", "Opened at or after this time."),
      time_parameter("to", "Opened before this time."),
  });
  return all;
}

void incidents(call c) {
  query_reader q{c};
  incident_query wanted;
  wanted.states = q.names<incident_state>("state");
  wanted.severities = q.names<severity>("severity");
  wanted.from = q.time("from");
  wanted.to = q.time("to");
  wanted.horizon = horizon_of(c);
  auto page = q.page();
  if (auto e = q.problem(incident_filters()))
    return c.refuse(*e);
  of_monitor(c, [c, wanted, page](const monitor_view& x) {
    auto mine = wanted;
    mine.monitor = x.record.id;
    c.with().queries.incidents(c.org(), std::move(mine), page, list_of<incident>(c, core::incident_schema()));
  });
}

const std::vector<parameter>& response_time_parameters() {
  static const std::vector<parameter> all{
      time_parameter("from", "Start; 24 hours before `to` when absent. At most seven days before it."),
      time_parameter("to", "End, not included; now when absent or in the future."),
      {"percentiles", "Which, at most ten, each above 0 and at most 100.",
       R"({"type":"array","minItems":1,"maxItems":10,"items":{"type":"number","exclusiveMinimum":0,"maximum":100},)"
       R"("default":[50,90,95,99]})",
       true}};
  return all;
}

std::vector<double> percentiles_of(query_reader& q) {
  auto given = q.list("percentiles", 10);
  if (given.empty())
    return {50, 90, 95, 99};
  std::vector<double> all;
  for (auto& text : given) {
    double x = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
    if (error != std::errc{} || end != text.data() + text.size() || !(x > 0 && x <= 100))
      q.wrong("percentiles", "out_of_range", "`" + text + "` is no number above 0 and at most 100.");
    all.push_back(x);
  }
  return all;
}

void times(call c) {
  query_reader q{c};
  response_time_query wanted;
  auto now = c.with().clock.now();
  wanted.to = std::min(q.time("to").value_or(now), now);
  wanted.from = q.time("from").value_or(wanted.to - std::chrono::hours{24});
  wanted.percentiles = percentiles_of(q);
  if (wanted.from >= wanted.to)
    q.wrong("from", "out_of_range", "Not before `to`, or in the future.");
  else if (wanted.to - wanted.from > std::chrono::hours{24 * 7})
    q.wrong("from", "out_of_range", "At most seven days at once.");
  keep_to_history(c, q, wanted);
  if (auto e = q.problem(response_time_parameters()))
    return c.refuse(*e);
  auto id = c.id<monitor_id>();
  if (!id)
    return;
  wanted.monitor = *id;
  c.with().queries.response_times(c.org(), std::move(wanted), reply_to<response_times>{[c](result<response_times> x) {
                                    c.one(x, *core::response_times_schema());
                                  }});
}

} // namespace

operations monitor_history_operations() {
  operation_table add{monitors};
  add("GET", "/{id}/results", "listMonitorResults", false, "List results",
      std::string{"Every attempt and every ping, newest first."} + within_history,
      {200, "A page of results.", core::check_result_schema()->info(), true}, results)
      .query = result_filters();
  add("GET", "/{id}/status-changes", "listMonitorStatusChanges", false, "List status changes",
      std::string{
          "Each step of the status, newest first. `at` is when it took effect, `decided_at` when it was known."} +
          within_history,
      {200, "A page of changes.", core::status_change_schema()->info(), true}, changes)
      .query = change_filters();
  add("GET", "/{id}/availability", "getMonitorAvailability", false, "Measure availability",
      "Up and down time from the status itself. Downtime runs from the first failing round to the first good one; time "
      "in which the engine was not watching is unknown, never down. What begins before your plan's history does begins "
      "there, and `from` says so (`history_days` of `GET /api/limits`).",
      {200, "The split, in total and by bucket.", core::availability_schema()->info()}, availability)
      .query = availability_parameters();
  add("GET", "/{id}/incidents", "listMonitorIncidents", false, "List a monitor's incidents",
      std::string{"As `GET /api/incidents` with this monitor's id, newest first."} + within_history,
      {200, "A page of incidents.", core::incident_schema()->info(), true}, incidents)
      .query = incident_filters();
  add("GET", "/{id}/response-times", "getMonitorResponseTimes", false, "Measure response times",
      "Of the checks that were `up` or `degraded`, exact: from each result, not from averages. Of a heartbeat: how "
      "long its runs took. What begins before your plan's history does begins there, and `from` says so "
      "(`history_days` of `GET /api/limits`).",
      {200, "The figures.", core::response_times_schema()->info()}, times)
      .query = response_time_parameters();
  return std::move(add.all);
}

} // namespace gochron::http
