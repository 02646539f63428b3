#include "core/availability.hpp"

#include <random>

#include <catch2/catch.hpp>
#include <date/date.h>

using namespace gochron;
using namespace gochron::core;
using namespace date::literals;
using namespace std::chrono_literals;
using s = monitor_status;

namespace {

constexpr timestamp start{date::sys_days{2026_y / 3 / 1}};

timestamp at(int minute) {
  return start + std::chrono::minutes{minute};
}

struct change_at {
  int minute;
  monitor_status to;
};

status_history history(monitor_status before, const std::vector<change_at>& changes,
                       const std::vector<std::pair<int, int>>& gaps = {},
                       const std::vector<std::pair<int, int>>& planned = {}) {
  status_history x;
  x.before = before;
  for (const auto& [minute, to] : changes) {
    x.changes.push_back({at(minute), {}, to});
  }
  for (const auto& [from, to] : gaps)
    x.gaps.push_back({at(from), at(to)});
  for (const auto& [from, to] : planned)
    x.planned.push_back({at(from), at(to)});
  return x;
}

/// Minutes of `up degraded down unknown paused maintenance`.
std::vector<long> parts(const availability& x) {
  std::vector<long> minutes;
  for (auto part : {x.up, x.degraded, x.down, x.unknown, x.paused, x.maintenance})
    minutes.push_back(static_cast<long>(part / 1min));
  return minutes;
}

using list = std::vector<long>;

} // namespace

TEST_CASE("each minute is counted once, as what it was") {
  struct row {
    const char* what;
    status_history x;
    list expected; // of the first hundred minutes
  };
  const row table[] = {
      {"up throughout", history(s::up, {}), {100, 0, 0, 0, 0, 0}},
      {"a downtime inside", history(s::up, {{10, s::down}, {30, s::up}}), {80, 0, 20, 0, 0, 0}},
      {"down at the start", history(s::down, {{30, s::up}}), {70, 0, 30, 0, 0, 0}},
      {"down at the end", history(s::up, {{30, s::down}}), {30, 0, 70, 0, 0, 0}},
      {"degraded is a part of its own", history(s::up, {{40, s::degraded}}), {40, 60, 0, 0, 0, 0}},
      {"pending and unknown are blindness", history(s::pending, {{40, s::up}, {70, s::unknown}}), {30, 0, 0, 70, 0, 0}},
      {"maintenance and pauses",
       history(s::maintenance, {{40, s::up}, {70, s::paused}}, {}, {{0, 40}}),
       {30, 0, 0, 0, 30, 40}},
      {"maintenance that counts", history(s::maintenance, {{40, s::up}}), {60, 0, 0, 40, 0, 0}},
      {"planned, whatever was observed", history(s::up, {{30, s::down}}, {}, {{20, 60}}), {20, 0, 40, 0, 0, 40}},
      {"planned twice, and beyond both ends",
       history(s::down, {}, {}, {{-50, 30}, {10, 40}, {90, 500}}),
       {0, 0, 50, 0, 0, 50}},
      {"planned over a gap and a pause",
       history(s::up, {{50, s::paused}}, {{10, 30}}, {{20, 60}}),
       {10, 0, 0, 10, 50, 30}},
      {"a gap that goes on behind what was planned", history(s::up, {}, {{10, 50}}, {{20, 30}}), {60, 0, 0, 30, 0, 10}},
      {"a change at the start", history(s::down, {{0, s::up}}), {100, 0, 0, 0, 0, 0}},
      {"a change at the end", history(s::up, {{100, s::down}}), {100, 0, 0, 0, 0, 0}},
      {"changes outside", history(s::up, {{-5, s::down}, {120, s::up}}), {0, 0, 100, 0, 0, 0}},
      {"two changes at once", history(s::up, {{20, s::down}, {20, s::up}}), {100, 0, 0, 0, 0, 0}},
      {"a gap in up", history(s::up, {}, {{10, 30}}), {80, 0, 0, 20, 0, 0}},
      {"a gap in down", history(s::down, {}, {{10, 30}}), {0, 0, 80, 20, 0, 0}},
      {"a gap in maintenance", history(s::maintenance, {}, {{10, 30}}, {{0, 100}}), {0, 0, 0, 0, 0, 100}},
      {"a gap in a pause", history(s::paused, {}, {{10, 30}}), {0, 0, 0, 0, 100, 0}},
      {"a gap across a change", history(s::up, {{20, s::down}}, {{10, 30}}), {10, 0, 70, 20, 0, 0}},
      {"a gap across a pause", history(s::up, {{20, s::paused}, {30, s::up}}, {{10, 40}}), {70, 0, 0, 20, 10, 0}},
      {"gaps that overlap, out of order", history(s::up, {}, {{20, 40}, {10, 30}, {15, 18}}), {70, 0, 0, 30, 0, 0}},
      {"gaps that touch", history(s::up, {}, {{10, 20}, {20, 30}}), {80, 0, 0, 20, 0, 0}},
      {"a gap over everything", history(s::up, {{50, s::down}}, {{-10, 200}}), {0, 0, 0, 100, 0, 0}},
      {"gaps over both ends", history(s::up, {}, {{-10, 5}, {95, 200}}), {90, 0, 0, 10, 0, 0}},
      {"gaps outside, empty or reversed",
       history(s::up, {}, {{-10, 0}, {100, 110}, {50, 50}, {60, 55}}),
       {100, 0, 0, 0, 0, 0}},
  };
  for (const auto& [what, x, expected] : table) {
    INFO(what);
    CHECK(parts(availability_of(x, at(0), at(100))) == expected);
  }
  CHECK(availability_of(history(s::up, {}), at(5), at(5)) == availability{});
  CHECK(availability_of(history(s::up, {}), at(5), at(4)) == availability{});
}

TEST_CASE("percentages are floored and are 100 only without any downtime") {
  availability x;
  CHECK_FALSE(availability_percent(x));
  CHECK_FALSE(coverage_percent(x));
  x.unknown = 5min;
  CHECK_FALSE(availability_percent(x));
  CHECK(coverage_percent(x) == 0.0);
  x = {.up = 24h};
  CHECK(availability_percent(x) == 100.0);
  x = {.up = 24h * 36500, .down = 1ms};
  CHECK(availability_percent(x) == 99.9999);
  x = {.up = 2s, .down = 1s};
  CHECK(availability_percent(x) == 66.6666);
  x = {.up = 1s, .degraded = 1s, .down = 1s};
  CHECK(availability_percent(x) == 66.6666);
  x = {.down = 1s};
  CHECK(availability_percent(x) == 0.0);
  x = {.up = 999'999ms, .down = 1ms};
  CHECK(availability_percent(x) == 99.9999);
  x = {.up = 24h * 3'650'000, .down = 24h * 3'650'000};
  CHECK(availability_percent(x) == 50.0);
}

TEST_CASE("coverage is of the time that was meant to be watched") {
  CHECK(coverage_percent({.up = 3h, .paused = 24h, .maintenance = 24h}) == 100.0);
  CHECK(coverage_percent({.up = 2h, .unknown = 1h}) == 66.6666);
  CHECK_FALSE(coverage_percent({.paused = 24h}));
}

TEST_CASE("a downtime across the short night is in the right days") {
  // Berlin: 28 March 23:00 UTC is midnight; 29 March has 23 hours.
  status_history x;
  x.before = s::up;
  status_step down, up;
  down.at = timestamp{date::sys_days{2026_y / 3 / 28}} + 22h;
  down.to = s::down;
  up.at = timestamp{date::sys_days{2026_y / 3 / 29}} + 2h;
  up.to = s::up;
  x.changes = {down, up};
  auto from = timestamp{date::sys_days{2026_y / 3 / 27}} + 23h;
  auto days = availability_by(x, from, from + 47h, time_bucket::day, "Europe/Berlin");
  REQUIRE(days);
  REQUIRE(days->size() == 2);
  CHECK((*days)[0].part == availability{.up = 23h, .down = 1h});
  CHECK((*days)[1].part == availability{.up = 20h, .down = 3h});
  CHECK((*days)[1].from == from + 24h);
  CHECK((*days)[1].to == from + 47h);
}

TEST_CASE("buckets add up to the whole, and each is what it would be alone") {
  std::mt19937 random{42};
  for (int round = 0; round < 200; ++round) {
    std::vector<change_at> changes;
    for (int minute = 0; (minute += static_cast<int>(random() % 900)) < 6000;)
      changes.push_back({minute, static_cast<monitor_status>(random() % 7)});
    std::vector<std::pair<int, int>> gaps;
    for (int i = 0; i < 4; ++i) {
      auto from = static_cast<int>(random() % 6000);
      gaps.push_back({from, from + static_cast<int>(random() % 600)});
    }
    auto x = history(s::up, changes, gaps);
    auto buckets = availability_by(x, at(17), at(5555), time_bucket::hour, "Asia/Kathmandu");
    REQUIRE(buckets);
    availability sum;
    for (const auto& b : *buckets) {
      sum += b.part;
      auto alone = x;
      std::erase_if(alone.changes, [&](const auto& c) { return c.at <= b.from; });
      for (const auto& c : x.changes)
        if (c.at <= b.from)
          alone.before = c.to;
      REQUIRE(availability_of(alone, b.from, b.to) == b.part);
    }
    auto whole = availability_of(x, at(17), at(5555));
    REQUIRE(sum == whole);
    REQUIRE(whole.observed() + whole.unknown + whole.paused + whole.maintenance == 5538min);
  }
}

TEST_CASE("a refused calendar is refused here too") {
  CHECK(availability_by({}, at(0), at(1), time_bucket::day, "Nowhere").error().violations[0].pointer == "time_zone");
}

TEST_CASE("uptime of a day is floored to two decimals") {
  CHECK_FALSE(uptime_24h(history(s::pending, {}), at(1440)));
  CHECK(uptime_24h(history(s::up, {}), at(1440)) == 100.0);
  CHECK(uptime_24h(history(s::up, {{100, s::down}, {101, s::up}}), at(1440)) == 99.93);
  CHECK(uptime_24h(history(s::down, {{0, s::up}}), at(1440)) == 100.0);
  CHECK(uptime_24h(history(s::up, {{1439, s::down}}, {{0, 1439}}), at(1440)) == 0.0);
}
