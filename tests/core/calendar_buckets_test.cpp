#include "core/calendar_buckets.hpp"

#include <catch2/catch.hpp>
#include <date/date.h>

#include "core/names.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace date::literals;
using namespace std::chrono_literals;

namespace {

timestamp utc(date::sys_days day, milliseconds time = 0ms) {
  return timestamp{day} + time;
}

/// Lengths of the buckets in minutes.
std::vector<long> minutes(timestamp from, timestamp to, time_bucket bucket, std::string_view zone) {
  auto bounds = calendar_buckets(from, to, bucket, zone);
  REQUIRE(bounds);
  CHECK(bounds->front() == from);
  CHECK(bounds->back() == to);
  std::vector<long> lengths;
  for (std::size_t i = 1; i < bounds->size(); ++i)
    lengths.push_back(static_cast<long>(((*bounds)[i] - (*bounds)[i - 1]) / 1min));
  return lengths;
}

using list = std::vector<long>;

} // namespace

TEST_CASE("days are 23 or 25 hours long when the clocks change") {
  // Berlin: 29 March 2026 is short, 25 October 2026 long.
  CHECK(minutes(utc(2026_y / 3 / 27, 23h), utc(2026_y / 3 / 30, 22h), time_bucket::day, "Europe/Berlin") ==
        list{1440, 1380, 1440});
  CHECK(minutes(utc(2026_y / 10 / 23, 22h), utc(2026_y / 10 / 26, 23h), time_bucket::day, "Europe/Berlin") ==
        list{1440, 1500, 1440});
}

TEST_CASE("a midnight that does not exist is the first instant after the gap") {
  // Beirut goes from 24:00 to 01:00: 29 March 2026 starts at 01:00, which is 22:00 UTC the day before.
  CHECK(minutes(utc(2026_y / 3 / 27, 22h), utc(2026_y / 3 / 29, 21h), time_bucket::day, "Asia/Beirut") ==
        list{1440, 1380});
}

TEST_CASE("a midnight that occurs twice is its first occurrence") {
  // Havana goes back from 01:00 to 00:00 on 1 November 2026.
  CHECK(minutes(utc(2026_y / 10 / 31, 4h), utc(2026_y / 11 / 2, 5h), time_bucket::day, "America/Havana") ==
        list{1440, 1500});
}

TEST_CASE("a day that a zone left out is no bucket") {
  // Apia has no 30 December 2011.
  CHECK(minutes(utc(2011_y / 12 / 29, 10h), utc(2011_y / 12 / 31, 10h), time_bucket::day, "Pacific/Apia") ==
        list{1440, 1440});
}

TEST_CASE("hours are the local clock's, also in zones off the full hour") {
  CHECK(minutes(utc(2026_y / 1 / 1), utc(2026_y / 1 / 1, 2h), time_bucket::hour, "Asia/Kathmandu") == list{15, 60, 45});
  CHECK(minutes(utc(2026_y / 10 / 25), utc(2026_y / 10 / 25, 3h), time_bucket::hour, "Europe/Berlin") ==
        list{60, 60, 60});
  // Lord Howe goes back by half an hour, from 02:00 to 01:30, on 4 April 2026 at 15:00 UTC.
  CHECK(minutes(utc(2026_y / 4 / 4, 14h), utc(2026_y / 4 / 4, 17h), time_bucket::hour, "Australia/Lord_Howe") ==
        list{60, 30, 60, 30});
}

TEST_CASE("weeks start on Monday, months on the first, and the ends are clipped") {
  CHECK(minutes(utc(2026_y / 1 / 1), utc(2026_y / 1 / 13), time_bucket::week, "UTC") == list{4 * 1440, 7 * 1440, 1440});
  CHECK(minutes(utc(2026_y / 1 / 5), utc(2026_y / 1 / 12), time_bucket::week, "UTC") == list{7 * 1440});
  CHECK(minutes(utc(2028_y / 1 / 15), utc(2028_y / 3 / 2), time_bucket::month, "UTC") ==
        list{17 * 1440, 29 * 1440, 1440});
  CHECK(minutes(utc(2026_y / 12 / 31), utc(2027_y / 1 / 2), time_bucket::month, "UTC") == list{1440, 1440});
}

TEST_CASE("bounds within a second are kept to the millisecond") {
  auto from = utc(2026_y / 1 / 1, 500ms), to = utc(2026_y / 1 / 2, 1ms);
  auto bounds = calendar_buckets(from, to, time_bucket::day, "UTC");
  CHECK(*bounds == std::vector{from, utc(2026_y / 1 / 2), to});
  CHECK(*calendar_buckets(to, to + 1ms, time_bucket::day, "UTC") == std::vector{to, to + 1ms});
}

TEST_CASE("before 1970 buckets are cut as after") {
  CHECK(minutes(utc(1960_y / 2 / 28, -12h), utc(1960_y / 3 / 1), time_bucket::day, "UTC") == list{720, 1440, 1440});
}

TEST_CASE("an unknown zone, an empty stretch and too many buckets are refused by name") {
  auto from = utc(2026_y / 1 / 1);
  auto pointer = [](const auto& answer) {
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == errc::invalid);
    REQUIRE(answer.error().violations.size() == 1);
    return answer.error().violations[0].pointer;
  };
  for (auto zone : {"", "Nowhere/City", "../../etc/passwd", "/etc/localtime", "europe/berlin", "+02:00", "tzdata.zi",
                    "localtime"}) {
    CHECK(pointer(calendar_buckets(from, from + 24h, time_bucket::day, zone)) == "time_zone");
    CHECK_FALSE(is_time_zone(zone));
  }
  for (auto zone : {"UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "US/Eastern"})
    CHECK(is_time_zone(zone));
  CHECK(pointer(calendar_buckets(from, from, time_bucket::day, "UTC")) == "to");
  CHECK(pointer(calendar_buckets(from, from - 1ms, time_bucket::day, "UTC")) == "to");
  CHECK(calendar_buckets(from, from + 10'000h, time_bucket::hour, "UTC")->size() == 10'001);
  CHECK(pointer(calendar_buckets(from, from + 10'000h + 1ms, time_bucket::hour, "UTC")) == "bucket");
}

TEST_CASE("buckets have names") {
  CHECK(name_of(time_bucket::week) == "week");
  CHECK(parse_name<time_bucket>("month") == time_bucket::month);
}
