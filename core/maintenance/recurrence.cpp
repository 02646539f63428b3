#include "core/maintenance/recurrence.hpp"

#include <algorithm>
#include <limits>

namespace gochron::core {
namespace {

using namespace std::chrono;

bool contains(const std::vector<int>& xs, int x) {
  return std::ranges::find(xs, x) != xs.end();
}

// `n` from the front, or back from the end, which is -1.
bool at(const std::vector<int>& xs, int from_front, int length) {
  return contains(xs, from_front) || contains(xs, from_front - length - 1);
}

local_days first_of_year(year y) {
  return local_days{y / January / 1};
}

} // namespace

// Of the period that `start` is in.
local_days recurrence_rule::first_of(local_seconds start) const {
  auto day = floor<std::chrono::days>(start);
  year_month_day date{day};
  switch (unit_) {
  case unit::day:
    return day;
  case unit::week:
    return day - (std::chrono::weekday{day} - std::chrono::weekday{week_start_});
  case unit::month:
    return local_days{date.year() / date.month() / 1};
  case unit::year:
    break;
  }
  return first_of_year(date.year());
}

// The first day of the kth period from there.
local_days recurrence_rule::period(local_days first, long k) const {
  year_month_day date{first};
  auto steps = static_cast<int>(k * interval_);
  switch (unit_) {
  case unit::day:
    return first + std::chrono::days{steps};
  case unit::week:
    return first + weeks{steps};
  case unit::month:
    return local_days{date + std::chrono::months{steps}};
  case unit::year:
    break;
  }
  return local_days{date + years{steps}};
}

bool recurrence_rule::takes_weekday(local_days day) const {
  year_month_day date{day};
  bool by_year = unit_ == unit::year && months_.empty();
  auto begin = by_year ? first_of_year(date.year()) : local_days{date.year() / date.month() / 1};
  auto end = by_year ? first_of_year(date.year() + years{1})
                     : local_days{date.year() / date.month() / last} + std::chrono::days{1};
  auto nth = static_cast<int>((day - begin).count()) / 7 + 1;
  auto from_last = -static_cast<int>((end - std::chrono::days{1} - day).count()) / 7 - 1;
  return std::ranges::any_of(weekdays_, [&](const ordinal_day& x) {
    return x.weekday == std::chrono::weekday{day}.c_encoding() && (x.n == 0 || x.n == nth || x.n == from_last);
  });
}

// Where the rule says nothing of days they are as `start` is.
bool recurrence_rule::takes(local_days day, local_seconds start) const {
  year_month_day date{day}, like{floor<std::chrono::days>(start)};
  bool by_day = !weekdays_.empty() || !month_days_.empty() || !year_days_.empty();
  auto month = static_cast<int>(static_cast<unsigned>(date.month()));
  if (!months_.empty() && !contains(months_, month))
    return false;
  if (!by_day && unit_ == unit::year && months_.empty() && date.month() != like.month())
    return false;
  if (!by_day && unit_ >= unit::month)
    return date.day() == like.day();
  if (!by_day && unit_ == unit::week)
    return std::chrono::weekday{day} == std::chrono::weekday{floor<std::chrono::days>(start)};
  auto of_month = static_cast<int>(static_cast<unsigned>(date.day()));
  auto month_length = static_cast<int>(static_cast<unsigned>((date.year() / date.month() / last).day()));
  auto of_year = static_cast<int>((day - first_of_year(date.year())).count()) + 1;
  return (month_days_.empty() || at(month_days_, of_month, month_length)) &&
         (year_days_.empty() || at(year_days_, of_year, date.year().is_leap() ? 366 : 365)) &&
         (weekdays_.empty() || takes_weekday(day));
}

recurrence_rule::days recurrence_rule::days_of(local_days from, local_seconds start) const {
  auto end = unit_ == unit::day     ? from + std::chrono::days{1}
             : unit_ == unit::week  ? from + weeks{1}
             : unit_ == unit::month ? local_days{year_month_day{from} + std::chrono::months{1}}
                                    : local_days{year_month_day{from} + years{1}};
  days all;
  for (auto day = from; day < end; day += std::chrono::days{1})
    if (takes(day, start))
      all.push_back(day);
  return all;
}

std::vector<seconds> recurrence_rule::times(local_seconds start) const {
  hh_mm_ss like{start - floor<std::chrono::days>(start)};
  auto or_like = [](const std::vector<int>& xs, auto x) {
    return xs.empty() ? std::vector{static_cast<int>(x.count())} : xs;
  };
  std::vector<seconds> all;
  for (auto h : or_like(hours_, like.hours()))
    for (auto m : or_like(minutes_, like.minutes()))
      for (auto s : or_like(seconds_, like.seconds()))
        all.push_back(hours{h} + minutes{m} + seconds{s});
  std::ranges::sort(all);
  return all;
}

std::size_t recurrence_rule::most_a_day() const {
  auto many = [](const std::vector<int>& xs) { return std::max<std::size_t>(xs.size(), 1); };
  return many(hours_) * many(minutes_) * many(seconds_);
}

std::vector<local_seconds> recurrence_rule::set_of(local_days from, local_seconds start) const {
  std::vector<local_seconds> all;
  auto at_times = times(start);
  for (auto day : days_of(from, start))
    for (auto t : at_times)
      all.push_back(day + t);
  if (positions_.empty())
    return all;
  std::vector<local_seconds> picked;
  auto length = static_cast<int>(all.size());
  for (int i = 0; i < length; ++i)
    if (at(positions_, i + 1, length))
      picked.push_back(all[static_cast<std::size_t>(i)]);
  return picked;
}

// Periods that end before `from`, as far as that is sure. Those that are counted are all visited.
long recurrence_rule::skipped(local_days first, local_seconds from) const {
  if (count_)
    return 0;
  constexpr long longest[] = {1, 7, 31, 366};
  auto away = (floor<std::chrono::days>(from) - first).count();
  return std::max<long>(0, away / (longest[static_cast<std::size_t>(unit_)] * interval_) - 1);
}

std::vector<local_seconds> recurrence_rule::between(local_seconds start, local_seconds from, local_seconds to) const {
  std::vector<local_seconds> found;
  auto first = first_of(start);
  auto left = count_.value_or(std::numeric_limits<int>::max());
  for (auto k = skipped(first, from); period(first, k) < to; ++k)
    for (auto x : set_of(period(first, k), start)) {
      if (x < start)
        continue;
      if (x >= to || (until_ && x > *until_) || left-- == 0)
        return found;
      if (x >= from)
        found.push_back(x);
    }
  return found;
}

} // namespace gochron::core
