#include "core/maintenance/timetable.hpp"

#include <algorithm>

#include "core/maintenance/cron.hpp"
#include "core/maintenance/recurrence.hpp"

namespace gochron::core {
namespace {

using fault = tl::unexpected<std::string>;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_days;

constexpr days longest_chain{62}, furthest{5 * 366}, margin{2};
constexpr timestamp usual_beginning{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}};
// What can be told of time zones, and of the calendar.
constexpr timestamp earliest{std::chrono::sys_days{std::chrono::year{1970} / 1 / 1}};
constexpr timestamp latest{std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}};

std::vector<maintenance_occurrence> merged(std::vector<maintenance_occurrence> all) {
  std::ranges::sort(all, {}, &maintenance_occurrence::from);
  std::vector<maintenance_occurrence> one;
  for (const auto& x : all)
    if (!one.empty() && x.from <= one.back().to)
      one.back().to = std::max(one.back().to, x.to);
    else
      one.push_back(x);
  return one;
}

bool on_weekday(const std::vector<weekday>& wanted, local_days day) {
  auto of_week = static_cast<weekday>((std::chrono::weekday{day} - std::chrono::Monday).count());
  return std::ranges::find(wanted, of_week) != wanted.end();
}

// From the first, or back from the last, which is -1.
bool on_day_of_month(const std::vector<std::int32_t>& wanted, local_days day) {
  std::chrono::year_month_day date{day};
  auto length =
      static_cast<std::int32_t>(static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day()));
  auto n = static_cast<std::int32_t>(static_cast<unsigned>(date.day()));
  return std::ranges::any_of(wanted, [=](auto x) { return x == n || x == n - length - 1; });
}

} // namespace

struct maintenance_timetable::source {
  maintenance_window_spec spec;
  std::optional<cron_expression> cron;
  std::optional<recurrence_rule> rule;
  seconds duration{0}; ///< of each but a one-off

  std::vector<local_seconds> local_starts(local_seconds from, local_seconds to) const {
    if (rule)
      return rule->between(spec.rrule->start, from, to);
    std::vector<local_seconds> all;
    for (auto day = floor<days>(from); day < to; day += days{1})
      add_starts(day, all);
    std::erase_if(all, [=](auto x) { return x < from || x >= to; });
    return all;
  }

private:
  void add_starts(local_days day, std::vector<local_seconds>& to) const {
    if (cron) {
      if (cron->on(day))
        for (auto at : cron->times())
          to.push_back(day + at);
    } else if (spec.weekly) {
      if (on_weekday(spec.weekly->weekdays, day))
        to.push_back(day + spec.weekly->start);
    } else if (spec.monthly && on_day_of_month(spec.monthly->days_of_month, day))
      to.push_back(day + spec.monthly->start);
  }
};

tl::expected<maintenance_timetable, std::string> maintenance_timetable::of(const maintenance_window_spec& spec) {
  auto clock = local_clock::of(spec.time_zone);
  if (!clock)
    return fault{"No such time zone."};
  source x;
  x.spec = spec;
  if (spec.cron) {
    auto read = cron_expression::parse(spec.cron->expression);
    if (!read)
      return fault{std::move(read.error())};
    x.cron = std::move(*read);
    x.duration = spec.cron->duration;
  } else if (spec.rrule) {
    auto read = recurrence_rule::parse(spec.rrule->rule);
    if (!read)
      return fault{std::move(read.error())};
    x.rule = std::move(*read);
    x.duration = spec.rrule->duration;
  } else
    x.duration = spec.weekly ? spec.weekly->duration : spec.monthly ? spec.monthly->duration : seconds{0};
  return maintenance_timetable{*clock, std::make_shared<const source>(std::move(x))};
}

// Apart from each other, as their schedule begins them.
std::vector<maintenance_occurrence> maintenance_timetable::begun_in(timestamp from, timestamp to) const {
  std::vector<maintenance_occurrence> all;
  const auto& excluded = source_->spec.rrule ? source_->spec.rrule->exclude : std::vector<local_seconds>{};
  auto end = source_->rule ? source_->rule->until_utc() : std::nullopt;
  for (auto local : source_->local_starts(clock_.at(from) - margin, clock_.at(to) + margin)) {
    auto at = clock_.first(local);
    if (at < from || at >= to || (end && at > *end) || std::ranges::binary_search(excluded, local))
      continue;
    all.push_back({at, at + source_->duration});
  }
  return all;
}

std::vector<maintenance_occurrence> maintenance_timetable::between(timestamp from, timestamp to) const {
  from = std::clamp(from, earliest, latest);
  to = std::clamp(to, earliest, latest);
  if (const auto& once = source_->spec.one_off) {
    bool meets = once->start_at < to && once->end_at > from && from < to;
    return meets ? std::vector{maintenance_occurrence{once->start_at, once->end_at}}
                 : std::vector<maintenance_occurrence>{};
  }
  // As far around as decides what is there: more only where one runs into the next.
  auto length = source_->duration;
  for (milliseconds before = length + days{1}, after = length + days{1};;) {
    auto all = merged(begun_in(std::max(from - before, earliest), std::min(to + after, latest)));
    std::erase_if(all, [=](const auto& x) { return x.to <= from || x.from >= to; });
    bool may_be_longer = !all.empty() && all.back().to >= to + after && after < longest_chain;
    bool may_be_earlier = !all.empty() && all.front().from - length < from - before && before < longest_chain;
    if (!may_be_longer && !may_be_earlier)
      return all;
    before = may_be_earlier ? std::min<milliseconds>(before * 2, longest_chain) : before;
    after = may_be_longer ? std::min<milliseconds>(after * 2, longest_chain) : after;
  }
}

std::optional<maintenance_occurrence> maintenance_timetable::at_or_after(timestamp t) const {
  auto from = t;
  for (auto ahead : {days{8}, days{35}, days{370}, furthest}) {
    if (auto found = between(from, t + ahead); !found.empty())
      return found.front();
    from = t + ahead;
  }
  return std::nullopt;
}

std::optional<maintenance_occurrence> maintenance_timetable::first() const {
  if (const auto& once = source_->spec.one_off)
    return maintenance_occurrence{once->start_at, once->end_at};
  return at_or_after(source_->rule ? clock_.first(source_->spec.rrule->start) : usual_beginning);
}

std::size_t maintenance_timetable::most_a_day() const {
  return source_->cron ? source_->cron->times().size() : source_->rule ? source_->rule->most_a_day() : 1;
}

} // namespace gochron::core
