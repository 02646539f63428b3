#include "core/on_call/rotation.hpp"

#include <algorithm>

namespace gochron::core {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::year_month;
using std::chrono::year_month_day;

using local_days = std::chrono::local_time<days>;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

seconds unit_of(rotation_unit x) {
  switch (x) {
  case rotation_unit::hour:
    return std::chrono::hours{1};
  case rotation_unit::week:
    return days{7};
  case rotation_unit::day:
  case rotation_unit::month: // not of one length
    break;
  }
  return days{1};
}

local_seconds months_later(local_seconds anchor, std::int64_t n) {
  auto day = std::chrono::floor<days>(anchor);
  year_month_day ymd{day};
  auto month = year_month{ymd.year(), ymd.month()} + months{n};
  auto last = (month / std::chrono::last).day();
  return local_days{month / std::min(ymd.day(), last)} + (anchor - day);
}

std::int64_t months_between(local_seconds a, local_seconds b) {
  year_month_day x{std::chrono::floor<days>(a)}, y{std::chrono::floor<days>(b)};
  return (year_month{y.year(), y.month()} - year_month{x.year(), x.month()}).count();
}

// Near enough: a step or two away at most, where a clock was set back.
std::int64_t guess(const rotation_spec& x, local_seconds now) {
  if (x.unit == rotation_unit::month)
    return floor_div(months_between(x.anchor, now), x.length);
  return floor_div((now - x.anchor).count(), unit_of(x.unit).count() * x.length);
}

} // namespace

local_seconds local_hand_off(const rotation_spec& x, std::int64_t k) {
  if (x.unit == rotation_unit::month)
    return months_later(x.anchor, k * x.length);
  return x.anchor + k * x.length * unit_of(x.unit);
}

timestamp hand_off(const rotation_spec& x, const local_clock& clock, std::int64_t k) {
  return clock.first(local_hand_off(x, k));
}

std::int64_t hand_off_before(const rotation_spec& x, const local_clock& clock, timestamp t) {
  auto k = guess(x, clock.at(t));
  while (hand_off(x, clock, k) > t)
    --k;
  while (hand_off(x, clock, k + 1) <= t)
    ++k;
  return k;
}

std::size_t turn_of(std::int64_t k, std::int64_t offset, std::size_t turns) {
  auto n = static_cast<std::int64_t>(turns);
  auto sum = k % n + offset % n;
  return static_cast<std::size_t>((sum % n + n) % n);
}

} // namespace gochron::core
