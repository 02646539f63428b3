#include "core/active_hours.hpp"

#include <random>

#include <catch2/catch.hpp>

#include "core/local_clock.hpp"
#include "core/schema/time.hpp"
#include "gochron/clock.hpp"

using namespace gochron;
using namespace gochron::core;

namespace {

timestamp at(const char* text) {
  return parse_rfc3339(text).value();
}

struct row {
  const char* what;
  active_hours hours;
  const char* asked;
  const char* expected; ///< null: never
};

using namespace std::chrono_literals;
constexpr auto mon = weekday::monday, fri = weekday::friday, sat = weekday::saturday, sun = weekday::sunday;

} // namespace

TEST_CASE("the next moment in which a rule may tell") {
  // 2026-11-23 is a Monday.
  const row table[] = {
      {"now", {"UTC", {}, {}, 8h, 18h}, "2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"},
      {"the end is not in it", {"UTC", {}, {}, 8h, 18h}, "2026-11-23T18:00:00Z", "2026-11-24T08:00:00Z"},
      {"a moment before", {"UTC", {}, {}, 8h, 18h}, "2026-11-23T17:59:59.999Z", "2026-11-23T17:59:59.999Z"},
      {"later today", {"UTC", {}, {}, 8h, 18h}, "2026-11-23T03:00:00Z", "2026-11-23T08:00:00Z"},
      {"on another day", {"UTC", {fri}, {}, 8h, 18h}, "2026-11-23T09:00:00Z", "2026-11-27T08:00:00Z"},
      {"next week", {"UTC", {mon}, {}, 8h, 18h}, "2026-11-23T18:00:00Z", "2026-11-30T08:00:00Z"},
      {"through midnight, before it", {"UTC", {fri}, {}, 22h, 6h}, "2026-11-27T23:00:00Z", "2026-11-27T23:00:00Z"},
      {"through midnight, after it", {"UTC", {fri}, {}, 22h, 6h}, "2026-11-28T05:59:00Z", "2026-11-28T05:59:00Z"},
      {"that night is over", {"UTC", {fri}, {}, 22h, 6h}, "2026-11-28T06:00:00Z", "2026-12-04T22:00:00Z"},
      {"a whole day", {"UTC", {sat, sun}, {}, 0h, 0h}, "2026-11-29T23:59:59Z", "2026-11-29T23:59:59Z"},
      {"after a whole day", {"UTC", {sat, sun}, {}, 0h, 0h}, "2026-11-30T00:00:00Z", "2026-12-05T00:00:00Z"},
      {"the first of the month", {"UTC", {}, {1}, 8h, 18h}, "2026-11-23T09:00:00Z", "2026-12-01T08:00:00Z"},
      {"the last", {"UTC", {}, {-1}, 8h, 18h}, "2026-11-23T09:00:00Z", "2026-11-30T08:00:00Z"},
      {"the last but one of a leap February",
       {"UTC", {}, {-2}, 8h, 18h},
       "2028-02-01T00:00:00Z",
       "2028-02-28T08:00:00Z"},
      {"months without a 31st are passed", {"UTC", {}, {31}, 0h, 1h}, "2027-02-01T00:00:00Z", "2027-03-31T00:00:00Z"},
      {"a day of both sets", {"UTC", {fri}, {13}, 8h, 9h}, "2026-11-23T00:00:00Z", "2027-08-13T08:00:00Z"},
      {"by the local clock", {"Europe/Berlin", {}, {}, 8h, 18h}, "2026-11-23T06:59:00Z", "2026-11-23T07:00:00Z"},
      {"by the local date", {"Asia/Tokyo", {mon}, {}, 8h, 18h}, "2026-11-22T20:00:00Z", "2026-11-22T23:00:00Z"},
      {"a start that the clock skips",
       {"Europe/Berlin", {}, {}, 2h + 30min, 4h},
       "2026-03-29T00:00:00Z",
       "2026-03-29T01:00:00Z"},
      {"hours that the clock skips wholly",
       {"Europe/Berlin", {}, {}, 2h, 3h},
       "2026-03-29T00:59:00Z",
       "2026-03-30T00:00:00Z"},
      {"an hour that comes twice counts from its first",
       {"Europe/Berlin", {}, {}, 2h + 30min, 3h},
       "2026-10-25T00:00:00Z",
       "2026-10-25T00:30:00Z"},
      {"clocks that change at midnight",
       {"America/Havana", {}, {}, 0h, 6h},
       "2026-03-08T04:59:00Z",
       "2026-03-08T05:00:00Z"},
      {"half an hour of change",
       {"Australia/Lord_Howe", {}, {}, 2h, 3h},
       "2026-10-03T15:00:00Z",
       "2026-10-03T15:30:00Z"},
      {"a day that never was", {"Pacific/Apia", {fri}, {}, 8h, 18h}, "2011-12-29T00:00:00Z", "2012-01-05T18:00:00Z"},
  };
  for (const auto& x : table) {
    INFO(x.what);
    auto found = next_active(std::vector{x.hours}, at(x.asked));
    CHECK(found == (x.expected ? std::optional{at(x.expected)} : std::nullopt));
  }
}

TEST_CASE("without hours a rule may always tell, with several the earliest counts") {
  auto t = at("2026-11-23T12:00:00Z");
  CHECK(next_active({}, t) == t);
  std::vector<active_hours> two{{"UTC", {sat}, {}, 8h, 18h}, {"UTC", {fri}, {}, 8h, 18h}};
  CHECK(next_active(two, t) == at("2026-11-27T08:00:00Z"));
}

TEST_CASE("hours that never come are told from hours that are far away") {
  auto t = at("2026-01-01T00:00:00Z");
  CHECK_FALSE(next_active(std::vector<active_hours>{{"UTC", {}, {31, -31}, 0h, 1h}}, t) == std::nullopt);
  CHECK(next_active(std::vector<active_hours>{{"No/Such", {}, {}, 0h, 1h}}, t) == std::nullopt);
}

TEST_CASE("a mute puts off what the hours allow, and hours what the mute allows") {
  alert_rule_spec rule;
  monitor_spec monitor;
  auto t = at("2026-11-23T12:00:00Z");
  CHECK(may_tell_at(rule, monitor, t) == t);
  rule.muted_until = t - 1h;
  CHECK(may_tell_at(rule, monitor, t) == t);
  rule.muted_until = t + 1h;
  CHECK(may_tell_at(rule, monitor, t) == t + 1h);
  monitor.muted_until = t + 2h;
  CHECK(may_tell_at(rule, monitor, t) == t + 2h);
  rule.active_hours = {{"UTC", {}, {}, 8h, 13h}};
  CHECK(may_tell_at(rule, monitor, t) == at("2026-11-24T08:00:00Z"));
  CHECK_FALSE(may_tell(rule, monitor, t));
  CHECK(may_tell(rule, monitor, at("2026-11-24T08:00:00Z")));
}

// From the definition: minute by minute, by what the clock shows.
TEST_CASE("at random points the answer is that of looking at every minute") {
  std::mt19937 random{20261126};
  auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const char* zones[] = {"UTC", "Asia/Kolkata", "America/New_York", "Pacific/Chatham", "Africa/Cairo"};
  for (int i = 0; i < 400; ++i) {
    active_hours x{zones[pick(5)], {}, {}, std::chrono::minutes{pick(1440)}, std::chrono::minutes{pick(1440)}};
    for (int d = 0; d < 7; ++d)
      if (pick(2))
        x.weekdays.push_back(static_cast<weekday>(d));
    auto clock = local_clock::of(x.time_zone).value();
    auto within = [&](timestamp t) {
      auto local = clock.at(t);
      auto day = std::chrono::floor<std::chrono::days>(local);
      auto minute = std::chrono::floor<std::chrono::minutes>(local - day);
      auto on = [&](auto which) {
        auto n = static_cast<int>((which.time_since_epoch().count() % 7 + 7 + 3) % 7); // 1970-01-01 was a Thursday
        return x.weekdays.empty() || std::ranges::find(x.weekdays, static_cast<weekday>(n)) != x.weekdays.end();
      };
      if (x.start < x.end)
        return on(day) && minute >= x.start && minute < x.end;
      return (on(day) && minute >= x.start) || (on(day - std::chrono::days{1}) && minute < x.end);
    };
    // Away from changes of clocks, which the table has.
    auto t = at("2026-01-10T00:00:00Z") + std::chrono::minutes{pick(30 * 1440)};
    auto expected = t;
    while (!within(expected))
      expected += 1min;
    CHECK(next_active(std::vector{x}, t) == expected);
  }
}
