#include "core/engine_time.hpp"

#include <algorithm>

namespace gochron::core {
namespace {

milliseconds between(monotonic_time from, monotonic_time to) {
  return std::chrono::floor<milliseconds>(to - from);
}

} // namespace

timestamp time_line::time(monotonic_time t) const {
  auto passed = std::max(between(since.steady, t), milliseconds{0});
  return at + passed - std::min(passed / 10, ahead);
}

time_line start_line(const clock_reading& now, timestamp floor) {
  auto at = floor - now.wall > most_ahead ? now.wall : std::max(now.wall, floor);
  return {now, at, at - now.wall};
}

std::optional<time_change> follow(const time_line& line, monotonic_time last_seen, const clock_reading& now) {
  auto ours = line.time(now.steady);
  auto drift = now.wall - (line.since.wall + between(line.since.steady, now.steady));
  bool stepped = std::chrono::abs(drift) > step_tolerance;
  bool stalled = now.steady - last_seen >= longest_stall;
  if (!stepped && !stalled)
    return std::nullopt;
  time_change x{line, std::nullopt, false};
  if (stepped)
    x.next = start_line(now, ours);
  auto after = x.next.time(now.steady);
  x.went_back = after < ours;
  auto heard = stalled ? line.time(last_seen) : ours;
  if (after - heard >= least_gap)
    x.gap = observation_gap{heard, after};
  return x;
}

} // namespace gochron::core
