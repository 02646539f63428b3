#include "core/engine_time.hpp"

#include <random>

#include <catch2/catch.hpp>

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon{1'700'000'000'000ms};

/// A host whose two clocks the test moves, and an engine that looks at them.
struct host {
  clock_reading now{monotonic_time{1h}, noon};
  monotonic_time seen = now.steady;
  time_line line = start_line(now, {});
  std::vector<observation_gap> gaps;
  int went_back = 0;

  timestamp time() const { return line.time(now.steady); }
  void look() {
    if (auto x = follow(line, seen, now)) {
      line = x->next;
      went_back += x->went_back;
      if (x->gap)
        gaps.push_back(*x->gap);
    }
    seen = now.steady;
  }
  /// Time passes for both clocks, and the engine looks each 200 ms.
  void pass(milliseconds by) {
    for (; by > 0ms; by -= 200ms) {
      now.steady += std::min(by, 200ms);
      now.wall += std::min(by, 200ms);
      look();
    }
  }
  void set(milliseconds by) {
    now.wall += by;
    look();
  }
};

} // namespace

TEST_CASE("the engine's time is the host's wall clock while nobody touches it") {
  host x;
  x.pass(24h);
  CHECK(x.time() == noon + 24h);
  CHECK(x.gaps.empty());
}

TEST_CASE("a clock that is set forward is followed at once, and the hour that never was is a gap") {
  host x;
  x.pass(10s);
  x.set(1h);
  CHECK(x.time() == x.now.wall);
  REQUIRE(x.gaps.size() == 1);
  CHECK(x.gaps[0].from == noon + 10s);
  CHECK(x.gaps[0].to == noon + 1h + 10s);
  x.pass(10s);
  CHECK(x.gaps.size() == 1);
}

TEST_CASE("a clock that is set back is waited for, a tenth of the time") {
  host x;
  x.pass(10s);
  auto before = x.time();
  x.set(-1h);
  CHECK(x.time() == before);
  x.pass(1h);
  CHECK(x.time() == before + 54min);
  x.pass(9h);
  CHECK(x.time() == x.now.wall);
  x.pass(1h);
  CHECK(x.time() == x.now.wall);
  CHECK(x.gaps.empty());
}

TEST_CASE("a host that slept for a day leaves a gap of a day") {
  host x;
  x.pass(1min);
  x.now.wall += 24h; // the steady clock stands still meanwhile
  x.look();
  REQUIRE(x.gaps.size() == 1);
  CHECK(x.gaps[0].to - x.gaps[0].from == 24h);
  CHECK(x.time() == x.now.wall);
}

TEST_CASE("a process that was stopped leaves a gap from when it last ran") {
  host x;
  x.pass(1min);
  auto last = x.time();
  x.now.steady += 30s;
  x.now.wall += 30s;
  x.look();
  REQUIRE(x.gaps.size() == 1);
  CHECK(x.gaps[0].from == last);
  CHECK(x.gaps[0].to == last + 30s);
  CHECK(x.time() == x.now.wall);
}

TEST_CASE("a busy moment is no gap, and neither is a correction of less than a second") {
  host x;
  x.now.steady += 4900ms;
  x.now.wall += 4900ms;
  x.look();
  x.set(900ms);
  CHECK(x.time() == x.now.wall);
  x.set(-200ms);
  CHECK(x.gaps.empty());
}

TEST_CASE("a leap second is absorbed in ten seconds") {
  host x;
  x.set(-1s);
  x.pass(9s);
  CHECK(x.time() > x.now.wall);
  x.pass(1s);
  CHECK(x.time() == x.now.wall);
}

TEST_CASE("a clock that was years ahead is not waited for") {
  host x;
  x.set(-24h);
  CHECK(x.went_back == 0);
  x.set(-1ms - 24h * 365);
  CHECK(x.went_back == 1);
  CHECK(x.time() == x.now.wall);
}

TEST_CASE("a new run starts no earlier than the last one ended, if that can be believed") {
  clock_reading now{monotonic_time{5h}, noon};
  CHECK(start_line(now, noon - 1h).time(now.steady) == noon);
  CHECK(start_line(now, noon + 1h).time(now.steady) == noon + 1h);
  CHECK(start_line(now, noon + 1h).time(now.steady + 10h) == noon + 10h);
  CHECK(start_line(now, noon + 25h).time(now.steady) == noon);
}

TEST_CASE("whatever is done to the host's clock within a day, time never goes back and its gaps are in order") {
  std::mt19937 random{20261123};
  host x;
  auto last = x.time();
  for (int i = 0; i < 5000; ++i) {
    auto by = milliseconds{static_cast<int>(random() % 7'200'000) - 3'600'000};
    if (random() % 20 == 0 && x.time() - (x.now.wall + by) < 20h)
      x.now.wall += by;
    milliseconds passed{random() % 8000};
    x.now.steady += passed;
    x.now.wall += passed;
    x.look();
    REQUIRE(x.time() >= last);
    REQUIRE(x.time() >= x.now.wall - step_tolerance);
    last = x.time();
  }
  CHECK(x.went_back == 0);
  for (std::size_t i = 1; i < x.gaps.size(); ++i)
    CHECK(x.gaps[i - 1].to <= x.gaps[i].from);
  CHECK(x.gaps.size() > 100);
}
