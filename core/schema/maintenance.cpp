#include "core/schema/maintenance.hpp"

#include <fmt/format.h>

#include "core/maintenance/cron.hpp"
#include "core/maintenance/recurrence.hpp"
#include "core/maintenance/timetable.hpp"
#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/maintenance_parts.hpp"
#include "core/schema/resources.hpp"

namespace gochron::core {
namespace {

constexpr std::chrono::days longest{31};
constexpr std::size_t most_a_day = 100;

struct kind {
  std::string_view name;
  bool given = false;
};

std::array<kind, 5> kinds_of(const maintenance_window_spec& x) {
  return {{{"one_off", x.one_off.has_value()},
           {"weekly", x.weekly.has_value()},
           {"monthly", x.monthly.has_value()},
           {"cron", x.cron.has_value()},
           {"rrule", x.rrule.has_value()}}};
}

void check_one_off(const one_off_maintenance& x, reader& r) {
  reader::step at{r, "one_off"};
  if (x.end_at <= x.start_at)
    r.fail("inconsistent", "Not later than `start_at`.", "end_at");
  else if (x.end_at - x.start_at < std::chrono::minutes{1} || x.end_at - x.start_at > longest)
    r.fail("out_of_range", "From a minute to 31 days after `start_at`.", "end_at");
}

// What a schedule says as a whole; each part of it is in order.
void check_timetable(const maintenance_window_spec& x, std::string_view kind, reader& r) {
  auto when = maintenance_timetable::of(x);
  if (!when)
    return r.fail("invalid_format", when.error(), kind);
  if (when->most_a_day() > most_a_day)
    return r.fail("too_many", fmt::format("At most {} may begin on one day.", most_a_day), kind);
  auto first = when->first();
  if (!first)
    return r.fail("never", "It does not happen within five years.", kind);
  if (first->to - first->from > longest)
    r.fail("too_long", "Its occurrences run into each other for more than 31 days.", kind);
}

void check_schedule(const maintenance_window_spec& x, reader& r) {
  std::string_view first;
  for (const auto& k : kinds_of(x))
    if (k.given && first.empty())
      first = k.name;
    else if (k.given)
      r.fail("inconsistent", fmt::format("Not together with `{}`: set the other to null.", first), k.name);
  if (first.empty())
    return r.fail("required", "One of `one_off`, `weekly`, `monthly`, `cron` and `rrule`.", "weekly");
  x.one_off ? check_one_off(*x.one_off, r) : check_timetable(x, first, r);
}

void check_selection(const maintenance_window_spec& x, reader& r) {
  if (!x.monitor_ids.empty() && x.selector != monitor_selector{})
    r.fail("inconsistent", "Either `monitor_ids` or a selector.", "selector");
}

constexpr auto record_of = [](const maintenance_window_view& x) -> const maintenance_window_record& {
  return x.record;
};

using spec = maintenance_window_spec;

void add_effect(object_schema<spec>& s) {
  s.property("monitor_ids", &spec::monitor_ids, set_of(identifier<monitor_id>(), {.max = 1000}),
             {.doc = "A set. Empty, with an empty selector: every monitor.", .example = "[]"});
  s.property("selector", &spec::selector, monitor_selector_schema(),
             {.doc = "Monitors by tags and types; not together with `monitor_ids`.",
              .example = R"({"tags":["env:prod"],"types":[]})"});
  s.property("mode", &spec::mode, enumeration<maintenance_mode>(),
             {.doc = "`pause_checks`: the monitors are not checked, and pings are not expected; their status is "
                     "`maintenance`. `suppress_alerts`: all goes on, but nobody is told until it is over.",
              .example = R"("pause_checks")"});
  s.property("exclude_from_uptime", &spec::exclude_from_uptime, boolean(),
             {.doc = "Whether its time is left out of uptime. Otherwise what was observed counts, and what was not is "
                     "unknown.",
              .example = "true"});
}

} // namespace

object_ptr<maintenance_window_spec> maintenance_window_spec_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<spec>>("MaintenanceWindowSpec", "The configurable part of a window.");
    s->property("name", &spec::name, line_text(),
                {.doc = "What people call it.", .example = R"("Database upgrade")", .required = true});
    s->property("description", &spec::description, text({.max = 4096}),
                {.doc = "For people.", .example = R"("Version 16.")"});
    s->property("key", &spec::key, key_text(), key_facts);
    s->property("enabled", &spec::enabled, boolean(), {.doc = "Whether it happens.", .example = "true"});
    add_effect(*s);
    s->property("time_zone", &spec::time_zone, time_zone_text(),
                {.doc = "IANA name: whose clock all but `one_off` goes by. A time that it skips is the first instant "
                        "after the gap, one that it shows twice the first of both.",
                 .example = R"("Europe/Paris")"});
    s->property<one_off_maintenance>(
        "one_off", &spec::one_off, one_off_schema(),
        {.doc = "Once. Of the five schedules exactly one is not null.", .example = "null"});
    s->property<weekly_maintenance>("weekly", &spec::weekly, weekly_schema(),
                                    {.doc = "On days of the week.",
                                     .example = R"({"weekdays":["sunday"],"start":"02:00","duration_seconds":7200})"});
    s->property<monthly_maintenance>("monthly", &spec::monthly, monthly_schema(),
                                     {.doc = "On days of the month.", .example = "null"});
    s->property<cron_maintenance>("cron", &spec::cron, cron_schema(), {.doc = "As a crontab says.", .example = "null"});
    s->property<rrule_maintenance>("rrule", &spec::rrule, rrule_schema(),
                                   {.doc = "By a recurrence rule of RFC 5545.", .example = "null"});
    s->property("managed_by", &spec::managed_by, line_text(),
                {.doc = "The tool that owns this configuration.", .example = R"("terraform")"});
    s->rule({"monitor_ids", "selector"}, check_selection);
    s->rule({"time_zone", "one_off", "weekly", "monthly", "cron", "rrule"}, check_schedule);
    return s;
  }();
  return schema;
}

object_ptr<maintenance_window_view> maintenance_window_schema() {
  using view = maintenance_window_view;
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<view>>("MaintenanceWindow", "Planned work.");
    add_id<window_id>(*s, record_of);
    s->embed(
        *maintenance_window_spec_schema(), [](auto& x) -> auto& { return x.record.spec; });
    s->computed("state", enumeration<maintenance_state>(),
                {.doc = "`active`: under way. `upcoming`: it will be. `past`: not within five years.",
                 .example = R"("upcoming")"},
                [](const view& x, const write_options&) { return x.state; });
    s->maybe<maintenance_occurrence>("current", maintenance_occurrence_schema(),
                                     {.doc = "The occurrence under way, or null.", .example = "null"},
                                     [](const view& x, const write_options&) { return x.current; });
    s->maybe<maintenance_occurrence>("next", maintenance_occurrence_schema(),
                                     {.doc = "The one that comes next, or null."},
                                     [](const view& x, const write_options&) { return x.next; });
    add_history(*s, record_of);
    return s;
  }();
  return schema;
}

void refuse_if_over(const maintenance_window_spec& x, timestamp now, reader& r) {
  if (!x.one_off || x.one_off->end_at > now)
    return;
  reader::step at{r, "one_off"};
  r.fail("in_the_past", "It would be over already.", "end_at");
}

} // namespace gochron::core
