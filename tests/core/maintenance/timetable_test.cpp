#include "core/maintenance/timetable.hpp"

#include <catch2/catch.hpp>

#include "core/schema/time.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

timestamp at(const std::string& text) {
  auto x = parse_rfc3339(text + ":00Z");
  REQUIRE(x);
  return *x;
}

maintenance_timetable made(const maintenance_window_spec& x) {
  auto when = maintenance_timetable::of(x);
  REQUIRE(when);
  return std::move(*when);
}

maintenance_window_spec daily(std::string zone, std::chrono::minutes start, seconds duration) {
  maintenance_window_spec x;
  x.time_zone = std::move(zone);
  x.weekly = weekly_maintenance{{weekday::monday, weekday::tuesday, weekday::wednesday, weekday::thursday,
                                 weekday::friday, weekday::saturday, weekday::sunday},
                                start,
                                duration};
  return x;
}

std::vector<std::string> begun(const maintenance_window_spec& x, const std::string& from, const std::string& to) {
  std::vector<std::string> all;
  for (const auto& o : made(x).between(at(from), at(to)))
    all.push_back(to_rfc3339(o.from).substr(0, 16));
  return all;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("an occurrence has its beginning and not its end") {
  auto when = made(daily("UTC", 120min, 3600s));
  auto one = maintenance_occurrence{at("2026-03-02T02:00"), at("2026-03-02T03:00")};
  CHECK(when.between(at("2026-03-02T03:00"), at("2026-03-03T02:00")).empty());
  CHECK(when.between(at("2026-03-02T02:59"), at("2026-03-02T03:00")) == std::vector{one});
  CHECK(when.between(at("2026-03-02T01:00"), at("2026-03-02T02:00") + 1ms) == std::vector{one});
  CHECK(when.at_or_after(at("2026-03-02T02:00")) == one);
  CHECK(when.at_or_after(at("2026-03-02T03:00"))->from == at("2026-03-03T02:00"));
}

TEST_CASE("clocks that change at midnight, by half an hour, or skip a day are right") {
  // Havana goes from 00:00 to 01:00 on 8 March 2026: there is no half past midnight.
  CHECK(begun(daily("America/Havana", 30min, 600s), "2026-03-07T00:00", "2026-03-09T12:00") ==
        texts{"2026-03-07T05:30", "2026-03-08T05:00", "2026-03-09T04:30"});
  // Lord Howe goes back from 02:00 to 01:30 on 5 April 2026: a quarter to two is twice, the first counts.
  CHECK(begun(daily("Australia/Lord_Howe", 105min, 600s), "2026-04-03T12:00", "2026-04-05T18:00") ==
        texts{"2026-04-03T14:45", "2026-04-04T14:45", "2026-04-05T15:15"});
  // Apia had no 30 December 2011.
  CHECK(begun(daily("Pacific/Apia", 720min, 600s), "2011-12-29T00:00", "2012-01-01T00:00") ==
        texts{"2011-12-29T22:00", "2011-12-30T10:00", "2011-12-30T22:00", "2011-12-31T22:00"});
  // Cairo goes from 00:00 to 01:00 on 24 April 2026.
  CHECK(begun(daily("Africa/Cairo", 0min, 600s), "2026-04-23T00:00", "2026-04-25T12:00") ==
        texts{"2026-04-23T22:00", "2026-04-24T21:00"});
}

TEST_CASE("occurrences that touch are one, however long that goes on") {
  maintenance_window_spec x;
  x.weekly = weekly_maintenance{{weekday::saturday, weekday::sunday}, 0min, 86400s};
  auto weekend = std::vector{maintenance_occurrence{at("2026-03-07T00:00"), at("2026-03-09T00:00")}};
  CHECK(made(x).between(at("2026-03-08T23:00"), at("2026-03-08T23:01")) == weekend);
  CHECK(made(x).between(at("2026-03-07T00:00"), at("2026-03-07T00:01")) == weekend);
  maintenance_window_spec month;
  month.cron = cron_maintenance{"0 0 * feb *", 86400s};
  auto february = std::vector{maintenance_occurrence{at("2026-02-01T00:00"), at("2026-03-01T00:00")}};
  CHECK(made(month).between(at("2026-02-27T23:00"), at("2026-02-28T00:00")) == february);
  CHECK(made(month).between(at("2026-02-01T00:00"), at("2026-02-01T00:01")) == february);
}

TEST_CASE("a schedule without an end is found out in a bounded time") {
  auto always = made(daily("UTC", 0min, 86400s));
  auto first = always.first();
  REQUIRE(first);
  CHECK(first->to - first->from > std::chrono::days{31});
}

TEST_CASE("what does not come within five years does not come") {
  maintenance_window_spec x;
  x.cron = cron_maintenance{"0 0 30 2 *", 60s};
  CHECK_FALSE(made(x).first());
  CHECK_FALSE(made(x).at_or_after(at("2026-01-01T00:00")));
  x.cron->expression = "0 0 29 2 *";
  CHECK(made(x).at_or_after(at("2026-01-01T00:00"))->from == at("2028-02-29T00:00"));
}

TEST_CASE("a rule leaves out what is excluded, and ends with UNTIL in UTC") {
  maintenance_window_spec x;
  x.time_zone = "Europe/Paris";
  x.rrule =
      rrule_maintenance{"FREQ=DAILY;UNTIL=20260103T010000Z",
                        local_seconds{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}.time_since_epoch() + 2h},
                        600s,
                        {}};
  CHECK(begun(x, "2025-12-01T00:00", "2026-02-01T00:00") ==
        texts{"2026-01-01T01:00", "2026-01-02T01:00", "2026-01-03T01:00"});
  x.rrule->exclude = {x.rrule->start + 24h};
  CHECK(begun(x, "2025-12-01T00:00", "2026-02-01T00:00") == texts{"2026-01-01T01:00", "2026-01-03T01:00"});
}

TEST_CASE("a window that is once is once") {
  maintenance_window_spec x;
  x.one_off = one_off_maintenance{at("2026-01-01T00:00"), at("2026-01-02T00:00")};
  CHECK(made(x).at_or_after(at("2026-01-01T23:59"))->from == at("2026-01-01T00:00"));
  CHECK_FALSE(made(x).at_or_after(at("2026-01-02T00:00")));
  CHECK(begun(x, "2026-01-01T12:00", "2026-01-01T13:00") == texts{"2026-01-01T00:00"});
}
