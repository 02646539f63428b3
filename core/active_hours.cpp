#include "core/active_hours.hpp"

#include <algorithm>

#include "core/local_clock.hpp"

namespace gochron::core {
namespace {

constexpr std::chrono::days furthest{4 * 366};

bool contains(const std::vector<weekday>& days, std::chrono::local_days day) {
  auto of_week = static_cast<weekday>((std::chrono::weekday{day} - std::chrono::Monday).count());
  return days.empty() || std::ranges::find(days, of_week) != days.end();
}

// From the first, or back from the last, which is -1.
bool contains(const std::vector<std::int32_t>& days, std::chrono::local_days day) {
  if (days.empty())
    return true;
  std::chrono::year_month_day ymd{day};
  auto last = static_cast<unsigned>((ymd.year() / ymd.month() / std::chrono::last).day());
  auto from_front = static_cast<std::int32_t>(static_cast<unsigned>(ymd.day()));
  auto from_back = from_front - static_cast<std::int32_t>(last) - 1;
  return std::ranges::any_of(days, [&](auto x) { return x == from_front || x == from_back; });
}

std::optional<timestamp> next_of(const active_hours& x, timestamp t) {
  auto clock = local_clock::of(x.time_zone);
  if (!clock)
    return std::nullopt; // no name that was ever accepted
  auto today = std::chrono::floor<std::chrono::days>(clock->at(t));
  auto length = x.start < x.end ? x.end - x.start : x.end - x.start + std::chrono::hours{24};
  // From yesterday: its hours may go on past midnight.
  for (auto day = today - std::chrono::days{1}; day <= today + furthest; day += std::chrono::days{1}) {
    if (!contains(x.weekdays, day) || !contains(x.days_of_month, day))
      continue;
    auto from = clock->first(local_seconds{day} + x.start);
    auto to = clock->first(local_seconds{day} + x.start + length);
    if (from < to && t < to)
      return std::max(t, from);
  }
  return std::nullopt;
}

} // namespace

std::optional<timestamp> next_active(std::span<const active_hours> hours, timestamp t) {
  if (hours.empty())
    return t;
  std::optional<timestamp> earliest;
  for (const auto& x : hours)
    if (auto at = next_of(x, t))
      earliest = std::min(*at, earliest.value_or(*at));
  return earliest;
}

std::optional<timestamp> may_tell_at(const alert_rule_spec& rule, const monitor_spec& monitor, timestamp t) {
  auto muted = std::max(rule.muted_until.value_or(t), monitor.muted_until ? *monitor.muted_until : t);
  return next_active(rule.active_hours, std::max(t, muted));
}

bool may_tell(const alert_rule_spec& rule, const monitor_spec& monitor, timestamp t) {
  return may_tell_at(rule, monitor, t) == t;
}

} // namespace gochron::core
