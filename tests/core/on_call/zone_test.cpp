#include <date/tz.h>

#include "cases.hpp"
#include "core/on_call/rotation.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace gochron::core::on_call_cases;

namespace {

struct zone_case {
  const char* zone;
  const char* wanted;
  const char* instant;
};

timestamp first_in(const char* zone, const char* wanted) {
  auto clock = local_clock::of(zone);
  REQUIRE(clock);
  return clock->first(local(wanted));
}

} // namespace

TEST_CASE("a local time is its first instant, or the first after the gap that swallowed it") {
  auto x = GENERATE_COPY(from_range(std::vector<zone_case>{
      {"UTC", "2026-03-29T02:30:00", "2026-03-29T02:30:00Z"},
      {"Europe/Paris", "2026-03-29T02:30:00", "2026-03-29T01:00:00Z"},   // gap
      {"Europe/Paris", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z"},   // twice
      {"Europe/Paris", "2037-07-01T12:00:00", "2037-07-01T10:00:00Z"},   // the last summer of the tables
      {"America/Havana", "2026-03-08T00:30:00", "2026-03-08T05:00:00Z"}, // gap from midnight
      {"America/Havana", "2026-11-01T00:30:00", "2026-11-01T04:30:00Z"}, // midnight to one twice
      {"Asia/Beirut", "2026-03-29T00:00:00", "2026-03-28T22:00:00Z"},
      {"Asia/Beirut", "2026-10-24T23:30:00", "2026-10-24T20:30:00Z"}, // twice before midnight
      {"Africa/Cairo", "2026-04-24T00:15:00", "2026-04-23T22:00:00Z"},
      {"Asia/Tehran", "2021-03-22T00:10:00", "2021-03-21T20:30:00Z"},
      {"Asia/Tehran", "2021-09-21T23:30:00", "2021-09-21T19:00:00Z"},
      {"America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04T03:00:00Z"},
      {"America/Sao_Paulo", "2018-02-17T23:30:00", "2018-02-18T01:30:00Z"},
      {"Australia/Lord_Howe", "2026-10-04T02:10:00", "2026-10-03T15:30:00Z"}, // by half an hour
      {"Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00Z"},
      {"Pacific/Apia", "2011-12-30T09:00:00", "2011-12-30T10:00:00Z"}, // a day that was not
      {"Pacific/Apia", "2011-12-31T00:00:00", "2011-12-30T10:00:00Z"},
      {"Africa/Monrovia", "1972-01-07T00:20:00", "1972-01-07T00:44:30Z"}, // by 44 minutes and a half
  }));
  INFO(x.zone << ' ' << x.wanted);
  CHECK(to_rfc3339(first_in(x.zone, x.wanted)) == to_rfc3339(utc(x.instant)));
}

TEST_CASE("what the database has not is no clock") {
  CHECK_FALSE(local_clock::of("Europe/Atlantis"));
  CHECK_FALSE(local_clock::of("localtime"));
  CHECK_FALSE(local_clock::of(""));
}

TEST_CASE("months keep the anchor's day and clamp to what there is") {
  rotation_spec x{rotation_unit::month, 1, local("2026-01-31T09:00:00")};
  CHECK(local_hand_off(x, 1) == local("2026-02-28T09:00:00"));
  CHECK(local_hand_off(x, 2) == local("2026-03-31T09:00:00")); // of the anchor's day, not of February's
  CHECK(local_hand_off(x, 3) == local("2026-04-30T09:00:00"));
  CHECK(local_hand_off(x, 25) == local("2028-02-29T09:00:00"));
  CHECK(local_hand_off(x, -2) == local("2025-11-30T09:00:00"));
  x.length = 3;
  CHECK(local_hand_off(x, 1) == local("2026-04-30T09:00:00"));
}

TEST_CASE("a turn that a gap swallows whole is skipped, and an hour that comes twice is one turn") {
  rotation_spec hourly{rotation_unit::hour, 1, local("2026-03-28T00:00:00")};
  auto paris = *local_clock::of("Europe/Paris");
  auto at = utc("2026-03-29T01:00:00Z"); // 03:00, when 02:00 has not been
  CHECK(hand_off_before(hourly, paris, at) == 27);
  CHECK(hand_off_before(hourly, paris, at - 1ms) == 25);
  auto autumn = utc("2026-10-25T00:00:00Z"); // the first 02:00
  auto k = hand_off_before(hourly, paris, autumn);
  CHECK(hand_off_before(hourly, paris, autumn + 119min) == k);
  CHECK(hand_off_before(hourly, paris, autumn + 120min) == k + 1);
}

TEST_CASE("turns go round in both directions from the anchor") {
  CHECK(turn_of(0, 0, 3) == 0);
  CHECK(turn_of(-1, 0, 3) == 2);
  CHECK(turn_of(-4, 0, 3) == 2);
  CHECK(turn_of(7, 2, 3) == 0);
  CHECK(turn_of(-7, -2, 3) == 0);
}

// The library's own notion of gaps and repetitions, which local_clock does not use.
TEST_CASE("every change of every zone's clock agrees with the library's notion of gaps") {
  std::size_t changes = 0;
  for (const auto& zone : date::get_tzdb().zones) {
    auto clock = local_clock::of(zone.name());
    if (!clock)
      continue;
    auto info = zone.get_info(std::chrono::sys_seconds{std::chrono::sys_days{std::chrono::year{1970} / 1 / 1}});
    while (info.end < std::chrono::sys_seconds{std::chrono::sys_days{std::chrono::year{2037} / 12 / 31}}) {
      auto next = zone.get_info(info.end);
      auto around = date::local_seconds{info.end.time_since_epoch() + std::max(info.offset, next.offset)};
      for (auto shift : {-93min, -61min, -31min, -1min, 0min, 1min, 29min, 59min}) {
        auto wanted = around + shift;
        auto local = zone.get_info(wanted);
        auto by_library = local.result == date::local_info::nonexistent
                              ? local.first.end
                              : std::chrono::sys_seconds{wanted.time_since_epoch() - local.first.offset};
        auto ours = clock->first(local_seconds{wanted.time_since_epoch()});
        if (ours != by_library)
          FAIL(zone.name() << ' ' << wanted.time_since_epoch().count());
      }
      ++changes;
      info = next;
    }
  }
  CHECK(changes > 20'000);
}
