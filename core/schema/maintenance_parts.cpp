#include "core/schema/maintenance_parts.hpp"

#include <array>

#include "core/maintenance/cron.hpp"
#include "core/maintenance/recurrence.hpp"
#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/maintenance.hpp"
#include "core/schema/resources.hpp"
#include "core/schema/schedule.hpp"

namespace gochron::core {
namespace {

constexpr auto example_time = R"("2037-01-31T12:00:00.000Z")";
constexpr property_facts start_facts{
    .doc = "When it begins, by the local clock.", .example = R"("02:00")", .required = true};
constexpr property_facts duration_facts{
    .doc = "How long it lasts, in seconds that pass.", .example = "7200", .required = true};

type_ptr<seconds> duration() {
  return integer<seconds>(60, 31 * 86400);
}

// What `parse` makes of it, or says of it.
template <class Parsed>
type_ptr<std::string> parsed_text(std::size_t max) {
  return text({.min = 1, .max = max, .check = [](std::string_view x) -> std::optional<complaint> {
                 auto read = Parsed::parse(x);
                 return read ? std::nullopt : std::optional{complaint{"invalid_format", read.error()}};
               }});
}

} // namespace

object_ptr<one_off_maintenance> one_off_schema() {
  auto s = std::make_shared<object_schema<one_off_maintenance>>("OneOffMaintenance", "Once.");
  s->property("start_at", &one_off_maintenance::start_at, instant(),
              {.doc = "Its beginning.", .example = R"("2037-01-31T10:00:00.000Z")", .required = true});
  s->property("end_at", &one_off_maintenance::end_at, instant(),
              {.doc = "Its end, exclusive: at most 31 days later.", .example = example_time, .required = true});
  return s;
}

object_ptr<weekly_maintenance> weekly_schema() {
  auto s = std::make_shared<object_schema<weekly_maintenance>>("WeeklyMaintenance", "On days of the week.");
  s->property("weekdays", &weekly_maintenance::weekdays, set_of(enumeration<weekday>(), {.min = 1, .max = 7}),
              {.doc = "A set: the local days on which it begins.", .example = R"(["sunday"])", .required = true});
  s->property("start", &weekly_maintenance::start, time_of_day_text(), start_facts);
  s->property("duration_seconds", &weekly_maintenance::duration, duration(), duration_facts);
  return s;
}

object_ptr<monthly_maintenance> monthly_schema() {
  auto s = std::make_shared<object_schema<monthly_maintenance>>("MonthlyMaintenance", "On days of the month.");
  s->property("days_of_month", &monthly_maintenance::days_of_month,
              set_of(integer<std::int32_t>(-31, 31, 0), {.min = 1, .max = 62}),
              {.doc = "A set of 1 to 31, and of -1 (the last day) to -31. A month that has no such day is left out.",
               .example = "[1,-1]",
               .required = true});
  s->property("start", &monthly_maintenance::start, time_of_day_text(), start_facts);
  s->property("duration_seconds", &monthly_maintenance::duration, duration(), duration_facts);
  return s;
}

object_ptr<cron_maintenance> cron_schema() {
  auto s = std::make_shared<object_schema<cron_maintenance>>("CronMaintenance", "As a crontab says.");
  s->property("expression", &cron_maintenance::expression, parsed_text<cron_expression>(255),
              {.doc = "Minute, hour, day of month, month and day of week as Vixie cron reads them: lists, ranges, "
                      "steps, names, `@daily` and its like; `L` is the last day of the month. At most 100 a day.",
               .example = R"("0 2 L * *")",
               .required = true});
  s->property("duration_seconds", &cron_maintenance::duration, duration(), duration_facts);
  return s;
}

object_ptr<rrule_maintenance> rrule_schema() {
  auto s = std::make_shared<object_schema<rrule_maintenance>>("RruleMaintenance", "By a recurrence rule of RFC 5545.");
  s->property("rule", &rrule_maintenance::rule, parsed_text<recurrence_rule>(500),
              {.doc = "FREQ (DAILY to YEARLY), INTERVAL, COUNT or UNTIL, WKST, BYMONTH, BYYEARDAY, BYMONTHDAY, BYDAY, "
                      "BYHOUR, BYMINUTE, BYSECOND, BYSETPOS. At most 100 a day.",
               .example = R"("FREQ=MONTHLY;BYDAY=-1SU")",
               .required = true});
  s->property("start_local", &rrule_maintenance::start, local_time_text(),
              {.doc = "From when on it is counted, by the local clock; it is the first beginning where the rule says "
                      "so.",
               .example = R"("2026-01-25T02:00:00")",
               .required = true});
  s->property("duration_seconds", &rrule_maintenance::duration, duration(), duration_facts);
  s->property(
      "exclude_dates", &rrule_maintenance::exclude, set_of(local_time_text(), {.max = 200}),
      {.doc = "A set of beginnings, by the local clock, that do not happen. They count for COUNT.", .example = "[]"});
  return s;
}

object_ptr<maintenance_occurrence> maintenance_occurrence_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<maintenance_occurrence>>("MaintenanceOccurrence", "One time that it is.");
    s->property("from", &maintenance_occurrence::from, instant(),
                {.doc = "Its beginning.", .example = R"("2037-01-31T10:00:00.000Z")", .read_only = true});
    s->property("to", &maintenance_occurrence::to, instant(),
                {.doc = "Its end, exclusive.", .example = example_time, .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<listed_occurrence> listed_occurrence_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<listed_occurrence>>("ListedMaintenanceOccurrence", "One time that it is.");
    s->embed(
        *maintenance_occurrence_schema(), [](auto& x) -> auto& { return x.when; });
    s->property("state", &listed_occurrence::state, enumeration<maintenance_state>(),
                {.doc = "`past`, `active` or `upcoming`.", .example = R"("upcoming")", .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<maintenance_preview_request> maintenance_preview_request_schema() {
  using request = maintenance_preview_request;
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<request>>("MaintenancePreview", "What occurrences would come of.");
    s->property("from", &request::from, instant(), {.doc = "Null: now.", .example = "null"});
    s->property("to", &request::to, instant(),
                {.doc = "Exclusive, at most 366 days later; null: 30 days later.", .example = "null"});
    s->property("window", &request::window, std::make_shared<deferred_type>(),
                {.doc = "As for creating one.",
                 .example = R"({"name":"Upgrade","cron":{"expression":"0 2 * * sun","duration_seconds":3600}})",
                 .required = true});
    return s;
  }();
  return schema;
}

type_info_ptr maintenance_preview_info() {
  auto x = *maintenance_preview_request_schema()->info();
  for (auto& property : x.properties)
    if (property.name == "window")
      property.type = maintenance_window_schema()->info();
  return std::make_shared<type_info>(std::move(x));
}

std::vector<violation> maintenance_range_faults(timestamp from, timestamp to) {
  using namespace std::chrono;
  std::vector<violation> faults;
  constexpr timestamp first{sys_days{year{1970} / 1 / 1}}, last{sys_days{year{2038} / 1 / 1}};
  if (from < first || from >= last)
    faults.push_back({"from", "out_of_range", "Only from 1970 to 2037."});
  if (to <= from)
    faults.push_back({"to", "out_of_range", "Must be later than `from`."});
  else if (to - from > days{366})
    faults.push_back({"to", "out_of_range", "At most 366 days after `from`."});
  return faults;
}

} // namespace gochron::core
