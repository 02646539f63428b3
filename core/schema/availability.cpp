#include "core/schema/common.hpp"
#include "core/schema/read_models.hpp"

namespace gochron::core {
namespace {

using how = const write_options&;

object_ptr<availability> parts_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<availability>>("AvailabilityParts", "A stretch of time, split.");
    s->maybe("availability_percent", number(),
             {.doc = "Up and degraded in what was observed, floored; null when nothing was.", .example = "99.9306"},
             [](const availability& x, how) { return availability_percent(x); });
    s->maybe("coverage_percent", number(),
             {.doc = "What was observed of what was meant to be, floored.", .example = "100.0"},
             [](const availability& x, how) { return coverage_percent(x); });
    auto part = [&](std::string_view name, milliseconds availability::*member, std::string_view doc) {
      s->computed(name, count<seconds>(), {.doc = doc, .example = "0"},
                  [member](const availability& x, how) { return std::chrono::floor<seconds>(x.*member); });
    };
    part("up_seconds", &availability::up, "Up.");
    part("degraded_seconds", &availability::degraded, "Slow; counts as up.");
    part("down_seconds", &availability::down, "Down, from the first failing round to the first good one.");
    part("unknown_seconds", &availability::unknown, "Not watched, by our own fault or before the first check.");
    part("paused_seconds", &availability::paused, "Paused.");
    part("maintenance_seconds", &availability::maintenance, "In maintenance windows that leave it out of uptime.");
    return s;
  }();
  return schema;
}

object_ptr<availability_bucket> bucket_schema() {
  auto s = std::make_shared<object_schema<availability_bucket>>("AvailabilityBucket", "One bucket of the calendar.");
  s->property("from", &availability_bucket::from, instant(), {.doc = "Its beginning.", .read_only = true});
  s->property("to", &availability_bucket::to, instant(), {.doc = "Its end, exclusive.", .read_only = true});
  s->property("parts", &availability_bucket::part, parts_schema(), {.doc = "Its split.", .read_only = true});
  return s;
}

using by_status = std::vector<std::pair<monitor_status, std::int64_t>>;

// Every status is there, if with a count of zero.
object_ptr<by_status> counts_schema() {
  auto s = std::make_shared<object_schema<by_status>>("StatusCounts", "How many monitors are in each status.");
  for (std::size_t i = 0; i < names_of<monitor_status>().size(); ++i)
    s->computed(names_of<monitor_status>()[i], count<std::int64_t>(),
                {.doc = "Monitors in this status.", .example = "0"},
                [status = static_cast<monitor_status>(i)](const by_status& x, how) {
                  std::int64_t n = 0;
                  for (const auto& [which, many] : x)
                    n += which == status ? many : 0;
                  return n;
                });
  return s;
}

} // namespace

object_ptr<availability_report> availability_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<availability_report>>("Availability", "How a monitor fared over a time.");
    s->property("from", &availability_report::from, instant(), {.doc = "The beginning.", .read_only = true});
    s->property("to", &availability_report::to, instant(), {.doc = "The end, exclusive.", .read_only = true});
    s->property("total", &availability_report::total, parts_schema(), {.doc = "The whole.", .read_only = true});
    s->property("buckets", &availability_report::buckets,
                array_of<availability_bucket>(bucket_schema(), {.max = max_calendar_buckets}),
                {.doc = "The same by calendar buckets; empty unless asked for.", .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<monitor_summary> monitor_summary_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<monitor_summary>>("MonitorSummary", "All monitors, counted.");
    s->property("by_status", &monitor_summary::by_status, counts_schema(), {.doc = "By status.", .read_only = true});
    s->property("total", &monitor_summary::total, count<std::int64_t>(),
                {.doc = "All of them.", .example = "12", .read_only = true});
    s->property("open_incidents", &monitor_summary::open_incidents, count<std::int64_t>(),
                {.doc = "Incidents that are not resolved.", .example = "0", .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
