#pragma once
#include <optional>

#include "gochron/store.hpp"

/// How the engine's own time follows the clocks of the host: never back, and never forward without saying so.
/// Everything that is stamped, ordered or waited for is on it, so a wall clock that is set, or a host that slept,
/// disturbs none of that.
namespace gochron::core {

/// What the host's clocks say at one moment.
struct clock_reading {
  monotonic_time steady;
  timestamp wall{};
};

/// The engine's time since one reading: it runs with the steady clock, a tenth slower while it is ahead of the host.
struct time_line {
  clock_reading since;
  timestamp at{};        ///< the engine's time then
  milliseconds ahead{0}; ///< of the host's wall clock then; at least zero
  timestamp time(monotonic_time t) const;
};

/// A line that starts at the host's wall clock, but not before `floor`: a time that was already given to something. A
/// floor more than most_ahead away is not believed.
time_line start_line(const clock_reading& now, timestamp floor);

/// A wall clock this far from the steady one was set, or the host slept.
inline constexpr milliseconds step_tolerance{250};
/// Forward by this much and more is a gap in what was observed.
inline constexpr milliseconds least_gap{1000};
/// A process that has not run for so long has not heard what was said to it.
inline constexpr milliseconds longest_stall{5000};
/// Set back by more than this, the engine's time goes back too: to wait for the host would take years.
inline constexpr std::chrono::hours most_ahead{24};

struct time_change {
  time_line next;
  std::optional<observation_gap> gap;
  bool went_back = false;
};

/// What `now` says about the time since `last_seen`, when the process was last known to run. Empty: all is as expected.
std::optional<time_change> follow(const time_line& line, monotonic_time last_seen, const clock_reading& now);

} // namespace gochron::core
