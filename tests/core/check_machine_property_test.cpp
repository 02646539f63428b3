#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include "core/check_machine.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

struct verdict_on_history {
  monitor_status status = monitor_status::pending;
  bool opened = false, resolved = false; ///< by the last round
  timestamp effective_at{};
};

bool is_good(verdict x) {
  return x == verdict::up || x == verdict::degraded;
}

/// The run of `wanted` rounds that ends at `last`, not broken by an opposite one: how many, and since when.
template <class Wanted>
std::pair<std::uint32_t, timestamp> run_back(const std::vector<observation>& xs, std::size_t first, std::size_t last,
                                             Wanted wanted) {
  std::uint32_t n = 0;
  timestamp since{};
  for (auto i = last + 1; i-- > first;) {
    if (xs[i].verdict == verdict::error)
      continue;
    if (!wanted(xs[i].verdict))
      break;
    ++n;
    since = xs[i].at;
  }
  return {n, since};
}

/// Independent of the machine: looks back over the whole history instead of remembering.
verdict_on_history recompute(const check_policy& p, const std::vector<observation>& xs) {
  verdict_on_history now;
  std::size_t era = 0; // the first round after the last change to or from down
  for (std::size_t i = 0; i < xs.size(); ++i) {
    now.opened = now.resolved = false;
    now.effective_at = xs[i].at;
    auto [bad, t0] = run_back(xs, era, i, [](verdict v) { return v == verdict::down; });
    auto [good, r0] = run_back(xs, era, i, is_good);
    auto v = xs[i].verdict;
    auto good_status = v == verdict::degraded ? monitor_status::degraded : monitor_status::up;
    if (now.status == monitor_status::down) {
      if (is_good(v) && good >= p.success_threshold && xs[i].at - r0 >= p.recovery) {
        now = {good_status, false, true, r0};
        era = i + 1;
      }
    } else if (v == verdict::down && bad >= p.failure_threshold && xs[i].at - t0 >= p.confirmation) {
      now = {monitor_status::down, true, false, t0};
      era = i + 1;
    } else if (is_good(v)) {
      now.status = good_status;
    } else if (v == verdict::error && bad == 0) {
      now.status = monitor_status::unknown;
    }
  }
  return now;
}

} // namespace

TEST_CASE("the machine agrees with a naive look back over the whole history") {
  std::mt19937_64 random{20260101};
  auto below = [&](std::uint64_t n) { return random() % n; };
  std::size_t downs = 0, ups = 0;
  for (int sequence = 0; sequence < 2500; ++sequence) {
    check_policy policy{static_cast<std::uint32_t>(1 + below(4)), seconds{below(3) * 45},
                        static_cast<std::uint32_t>(1 + below(4)), seconds{below(3) * 45}};
    check_state state;
    std::vector<observation> history;
    timestamp at{1'700'000'000'000ms};
    auto sticky = verdict::up; // runs of one verdict, so that long thresholds are met as well
    for (int round = 0; round < 40; ++round) {
      at += milliseconds{1 + below(60'000)};
      if (below(3) == 0)
        sticky = static_cast<verdict>(below(4));
      history.push_back({below(5) == 0 ? verdict::error : sticky, {}, at});
      auto step = observe(policy, state, history.back());
      auto naive = recompute(policy, history);
      state = step.next;
      REQUIRE(state.status == naive.status);
      REQUIRE(step.opened == naive.opened);
      REQUIRE(step.resolved == naive.resolved);
      if (step.opened || step.resolved)
        REQUIRE(step.effective_at == naive.effective_at);
      downs += step.opened;
      ups += step.resolved;
    }
  }
  CHECK(downs > 1000); // the walk does visit both edges
  CHECK(ups > 1000);
}
