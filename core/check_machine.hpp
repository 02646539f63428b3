#pragma once
#include <cstdint>

#include "gochron/check.hpp"
#include "gochron/monitor.hpp"

/// When a monitor is down and when it is up again: "The state machine (exact)" of the REST contract, as a function of
/// values. It knows no clock: the only time it sees is each round's instant.
namespace gochron::core {

/// How much evidence a change to or from `down` needs. Both halves of a pair must be met, in the round that decides.
struct check_policy {
  std::uint32_t failure_threshold = 1; ///< failing rounds, the first included
  seconds confirmation{0};             ///< from the first failing round to the deciding one
  std::uint32_t success_threshold = 1; ///< good rounds, the first included
  seconds recovery{0};                 ///< from the first good round to the deciding one
};

/// The user's thresholds. For a heartbeat the immediate policy: a missed deadline is already confirmed by its grace.
check_policy policy_of(const monitor_spec& x);

/// A round's verdict. `error` means that nobody could vote.
struct observation {
  gochron::verdict verdict = gochron::verdict::error;
  status_reason cause;
  timestamp at{}; ///< the round's instant, or the deadline that was missed
  friend bool operator==(const observation&, const observation&) = default;
};

/// What one observation, pause or resume made of a monitor.
struct check_step {
  check_state next;
  bool status_changed = false;
  monitor_status from = monitor_status::pending;
  monitor_status to = monitor_status::pending;
  timestamp
      effective_at{};    ///< t0 for the change to `down`, r0 for the one from it, the observation's instant otherwise
  bool opened = false;   ///< the monitor is now down: an incident starts at `effective_at`
  bool resolved = false; ///< it was down and is no longer: its incident recovered at `effective_at`
};

/// A round that comes in while the monitor is paused or in maintenance changes nothing.
check_step observe(const check_policy& policy, const check_state& state, const observation& x);

/// Forgets what was being confirmed. `resolved` if the monitor was down: nobody will watch for its recovery.
check_step paused(const check_state& state, timestamp at);

/// Forgets what was being confirmed. An open incident stays open.
check_state maintained();

/// After maintenance: `down` where an incident is open, which the next round decides about, otherwise `pending`.
check_state after_maintenance(bool incident_open);

/// From `paused` or `maintenance` to `pending`, as if new; any other state stays as it is.
check_step resumed(const check_state& state, timestamp at);

} // namespace gochron::core
