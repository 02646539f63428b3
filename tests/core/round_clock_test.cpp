#include "core/round_clock.hpp"

#include <array>
#include <random>

#include <catch2/catch.hpp>

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

constexpr timestamp now{1'764'000'000'000ms};

const milliseconds intervals[] = {1s, 7s, 30s, 60s, 3600s, 86399s, 86400s};

} // namespace

TEST_CASE("a round is strictly after the given instant, and the first such") {
  std::mt19937_64 random{7};
  for (int i = 0; i < 2000; ++i) {
    auto id = monitor_id::make(now);
    for (auto interval : intervals) {
      auto after = now + milliseconds{random() % 200'000'000};
      auto next = next_round(id, interval, after);
      REQUIRE(next > after);
      REQUIRE(next - after <= interval);
      REQUIRE((next.time_since_epoch() - phase(id, interval)) % interval == 0ms);
    }
  }
}

TEST_CASE("rounds follow each other without drift, however late one was asked for") {
  auto id = monitor_id::make(now);
  auto round = next_round(id, 60s, now);
  for (int i = 0; i < 1000; ++i) {
    auto late = next_round(id, 60s, round + milliseconds{i * 59});
    REQUIRE(late == round + 60s);
    REQUIRE(next_round(id, 60s, round) == late);
    REQUIRE(next_round(id, 60s, round - 1ms) == round);
    round = late;
  }
}

TEST_CASE("far past and far future are on the same grid") {
  auto id = monitor_id::make(now);
  constexpr std::int64_t ten_thousand_years = 315'576'000'000'000;
  for (auto interval : intervals)
    for (auto after : {timestamp{milliseconds{-ten_thousand_years}}, timestamp{-1ms}, timestamp{0ms}, timestamp{1ms},
                       timestamp{milliseconds{ten_thousand_years}}}) {
      auto next = next_round(id, interval, after);
      CHECK(next > after);
      CHECK(next - after <= interval);
      CHECK((next.time_since_epoch() - phase(id, interval)) % interval == 0ms);
    }
}

TEST_CASE("an edited interval starts on its own grid within one new interval") {
  for (int i = 0; i < 500; ++i) {
    auto id = monitor_id::make(now);
    auto old_round = next_round(id, 300s, now);
    auto next = next_round(id, 20s, old_round);
    CHECK(next > old_round);
    CHECK(next <= old_round + 20s);
    auto back = next_round(id, 300s, next);
    CHECK(back == old_round + 300s);
  }
}

TEST_CASE("phases spread evenly over the interval") {
  std::array<int, 20> bins{};
  constexpr int n = 20'000;
  for (int i = 0; i < n; ++i) {
    auto x = phase(monitor_id::make(now), 60s); // one instant: only the random bits differ
    REQUIRE(x >= 0ms);
    REQUIRE(x < 60s);
    ++bins[static_cast<std::size_t>(x / 3s)];
  }
  double chi_squared = 0;
  for (int count : bins)
    chi_squared += (count - n / 20.0) * (count - n / 20.0) / (n / 20.0);
  CHECK(chi_squared < 60); // 19 degrees of freedom: one honest run in 250,000 is above
}

TEST_CASE("the extreme ids have the extreme phases") {
  monitor_id low, high;
  high.value.bytes.fill(0xff);
  CHECK(phase(low, 86400s) == 0ms);
  CHECK(phase(high, 86400s) == 86400s - 1ms);
  CHECK(phase(high, 1s) == 999ms);
}

TEST_CASE("skipped rounds are those between the last that was held and this one") {
  CHECK(skipped_between(now, now + 60s, 60s) == 0);
  CHECK(skipped_between(now, now + 120s, 60s) == 1);
  CHECK(skipped_between(now, now + 3600s, 60s) == 59);
  CHECK(skipped_between(now, now, 60s) == 0);
  CHECK(skipped_between(now + 60s, now, 60s) == 0);
  CHECK(skipped_between(now, now + 90s, 60s) == 0); // the first round after an edit
}
