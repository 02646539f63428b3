#include "actors/timing_wheel.hpp"

#include <algorithm>
#include <map>
#include <random>

#include <catch2/catch.hpp>

using gochron::actors::timer_entry;
using gochron::actors::timing_wheel;

TEST_CASE("a timer fires at its tick and not before") {
  timing_wheel wheel{16};
  std::vector<timer_entry> due;
  wheel.arm({5, 1, 2, 3});
  wheel.advance(4, due);
  CHECK(due.empty());
  wheel.advance(5, due);
  REQUIRE(due.size() == 1);
  CHECK(due[0].token == 3);
  CHECK(wheel.size() == 0);
}

TEST_CASE("timers of later turns stay in the wheel") {
  timing_wheel wheel{16};
  std::vector<timer_entry> due;
  wheel.arm({3, 0, 0, 1});
  wheel.arm({3 + 16, 0, 0, 2});
  wheel.arm({3 + 1600, 0, 0, 3});
  wheel.advance(3, due);
  CHECK(due.size() == 1);
  wheel.advance(1602, due);
  CHECK(due.size() == 2);
  wheel.advance(1603, due);
  CHECK(due.size() == 3);
}

TEST_CASE("a timer for the past fires at the next tick") {
  timing_wheel wheel{16};
  std::vector<timer_entry> due;
  wheel.advance(100, due);
  wheel.arm({7, 0, 0, 1});
  wheel.advance(101, due);
  CHECK(due.size() == 1);
}

TEST_CASE("whatever the ticks, each timer fires once, in time, in order") {
  std::mt19937 random{20'261'123};
  timing_wheel wheel{64};
  std::map<std::uint32_t, std::uint64_t> expected;
  std::vector<timer_entry> due;
  std::uint64_t now = 0;
  std::uint32_t token = 0;
  for (int turn = 0; turn < 2000; ++turn) {
    for (auto n = random() % 4; n > 0; --n) {
      auto at = now + 1 + random() % 500;
      expected[++token] = at;
      wheel.arm({at, 0, 0, token});
    }
    now += random() % (turn % 50 == 0 ? 300 : 5);
    due.clear();
    wheel.advance(now, due);
    CHECK(std::is_sorted(due.begin(), due.end(), [](auto& a, auto& b) { return a.due < b.due; }));
    for (auto& x : due) {
      CHECK(expected.at(x.token) <= now);
      CHECK(expected.at(x.token) == x.due);
      CHECK(expected.erase(x.token) == 1);
    }
    for (auto& [t, at] : expected)
      CHECK(at > now);
  }
}
