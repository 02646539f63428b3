#include <map>
#include <random>

#include <date/tz.h>

#include "cases.hpp"
#include "core/on_call/zone.hpp"

/// A second opinion, made as simply as can be: hand-offs by stepping from the anchor one at a time, in tables; local
/// times by the library's own gaps and repetitions; one instant at a time.
using namespace gochron;
using namespace gochron::core;
using namespace gochron::core::on_call_cases;

namespace {

constexpr int rounds = 2'000, points = 50;

timestamp library_instant(const date::time_zone& zone, local_seconds wanted) {
  auto info = zone.get_info(date::local_seconds{wanted.time_since_epoch()});
  if (info.result == date::local_info::nonexistent)
    return info.first.end;
  return timestamp{wanted.time_since_epoch() - info.first.offset};
}

local_seconds stepped(const rotation_spec& x, int steps) {
  using namespace std::chrono;
  if (x.unit != rotation_unit::month) {
    auto unit = x.unit == rotation_unit::hour  ? seconds{3600}
                : x.unit == rotation_unit::day ? seconds{86400}
                                               : seconds{604800};
    return x.anchor + unit * x.length * steps;
  }
  auto midnight = floor<days>(x.anchor);
  year_month_day ymd{midnight};
  int month_number =
      static_cast<int>(ymd.year()) * 12 + static_cast<int>(static_cast<unsigned>(ymd.month())) - 1 + steps * x.length;
  auto month = year{month_number / 12} / (month_number % 12 + 1);
  auto date = month / ymd.day();
  while (!date.ok())
    date = month / (date.day() - days{1});
  return local_time<days>{date} + (x.anchor - midnight);
}

struct model_layer {
  const schedule_layer& spec;
  std::vector<std::pair<timestamp, int>> hand_offs; ///< and their numbers
};

model_layer tabulated(const schedule_layer& x, const date::time_zone& zone, timestamp from, timestamp to) {
  model_layer m{x, {}};
  for (int k = 0;; ++k) {
    auto at = library_instant(zone, stepped(x.rotation, k));
    m.hand_offs.emplace_back(at, k);
    if (at > to)
      break;
  }
  for (int k = -1; m.hand_offs.front().first > from; --k)
    m.hand_offs.insert(m.hand_offs.begin(), {library_instant(zone, stepped(x.rotation, k)), k});
  return m;
}

bool model_on_duty(const schedule_layer& x, const date::time_zone& zone, timestamp at) {
  if (x.restrictions.empty())
    return true;
  auto today = std::chrono::floor<std::chrono::days>(at);
  for (int i = -4; i <= 4; ++i) {
    auto day = std::chrono::local_time<std::chrono::days>{today.time_since_epoch() + std::chrono::days{i}};
    // 1970-01-01 was a Thursday.
    auto name = static_cast<weekday>(((day.time_since_epoch().count() + 3) % 7 + 7) % 7);
    for (const auto& h : x.restrictions)
      for (auto one : h.weekdays)
        if (one == name) {
          auto end = h.end <= h.start ? h.end + 24h : std::chrono::minutes{h.end};
          if (library_instant(zone, day + h.start) <= at && at < library_instant(zone, day + end))
            return true;
        }
  }
  return false;
}

std::vector<user_id> model_answer(const std::vector<model_layer>& layers, const date::time_zone& zone, timestamp at) {
  const model_layer* best = nullptr;
  for (const auto& x : layers)
    if (model_on_duty(x.spec, zone, at) && (!best || x.spec.priority >= best->spec.priority))
      best = &x;
  if (!best)
    return {};
  int k = 0;
  for (const auto& [from, number] : best->hand_offs)
    if (from <= at)
      k = number;
  auto n = static_cast<int>(best->spec.members.size());
  return best->spec.members[static_cast<std::size_t>((k % n + n) % n)];
}

class dice {
public:
  explicit dice(unsigned seed) : random_(seed) {}
  int upto(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n + 1)); }
  template <class T>
  const T& pick(const std::vector<T>& xs) {
    return xs[static_cast<std::size_t>(upto(static_cast<int>(xs.size()) - 1))];
  }

private:
  std::mt19937 random_;
};

schedule_layer random_layer(dice& d, timestamp around, int number) {
  schedule_layer x;
  x.key = std::to_string(number);
  x.priority = d.upto(2);
  x.rotation.unit = static_cast<rotation_unit>(d.upto(3));
  x.rotation.length = 1 + d.upto(x.rotation.unit == rotation_unit::hour ? 30 : 3);
  auto day = std::chrono::floor<std::chrono::days>(around) + std::chrono::days{d.upto(60) - 30};
  x.rotation.anchor = local_seconds{day.time_since_epoch()} + std::chrono::minutes{15 * d.upto(95)};
  for (int i = 0; i <= d.upto(6); ++i)
    x.members.push_back({user(static_cast<std::uint8_t>(number * 10 + i))});
  for (int i = d.upto(3); i > 0; --i) {
    duty_hours h;
    for (int w = 0; w < 7; ++w)
      if (d.upto(1) == 0)
        h.weekdays.push_back(static_cast<weekday>(w));
    h.start = std::chrono::minutes{15 * d.upto(95)};
    h.end = std::chrono::minutes{15 * d.upto(95)};
    if (!h.weekdays.empty())
      x.restrictions.push_back(h);
  }
  return x;
}

// An instant near a change of the clocks as often as not.
timestamp interesting(dice& d, const date::time_zone& zone) {
  auto t = std::chrono::sys_seconds{seconds{d.upto(2'130'000'000)}};
  auto info = zone.get_info(t);
  return d.upto(1) == 0 && info.end < std::chrono::sys_seconds{seconds{2'140'000'000}} ? timestamp{info.end}
                                                                                       : timestamp{t};
}

} // namespace

TEST_CASE("a hundred thousand points in all zones are as the simple model says") {
  dice d{20'260'105};
  std::vector<const date::time_zone*> zones;
  for (const auto& z : date::get_tzdb().zones)
    if (local_clock::of(z.name()))
      zones.push_back(&z);
  std::size_t covered = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto& zone = *d.pick(zones);
    auto around = interesting(d, zone);
    std::vector<schedule_layer> layers;
    for (int i = 0; i <= d.upto(3); ++i)
      layers.push_back(random_layer(d, around, i));
    auto spec = schedule(zone.name(), layers);
    auto x = books(spec, timestamp{std::chrono::days{-30000}});
    auto from = around - 72h, to = around + 72h;
    std::vector<model_layer> model;
    for (const auto& layer : spec.layers)
      model.push_back(tabulated(layer, zone, from, to));
    auto found = shifts_in(x, from, to);
    REQUIRE(found);
    for (int i = 0; i < points; ++i) {
      auto at = from + std::chrono::minutes{d.upto(2 * 72 * 60 - 1)} + seconds{d.upto(1) * d.upto(59)};
      auto expected = model_answer(model, zone, at);
      covered += expected.empty() ? 0 : 1;
      auto in = [&](const on_call_shift& s) { return s.from <= at && at < s.to; };
      auto shift = std::find_if(found->begin(), found->end(), in);
      auto by_shifts = shift == found->end() ? nobody() : shift->users;
      if (on_call_at(x, at) != expected || by_shifts != expected)
        FAIL(zone.name() << ' ' << to_rfc3339(at) << " in round " << round);
    }
  }
  CHECK(covered > rounds * points / 2);
}
