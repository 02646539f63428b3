#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "core/check_machine.hpp"
#include "gochron/messages.hpp"
#include "gochron/store.hpp"

/// What pings and their absence say about a job, with the semantics of Healthchecks. The observations go through
/// `observe()` with `policy_of(spec)`, in order, like a probe's rounds.
namespace gochron::core {

/// What the rules need to know besides the pings.
struct heartbeat_context {
  heartbeat_check check;
  monitor_status status = monitor_status::pending;
  /// Since when pings have been listened to under this configuration: the latest of the engine's start, the monitor's
  /// last edit and its last resume. A deadline is never nearer to it than the grace: nobody is late for a time at which
  /// a ping could not be received.
  timestamp armed_since{};
  /// When nobody listened: oldest first, without overlap. Silence counts only while we listen; see core/listening.hpp.
  std::shared_ptr<const std::vector<observation_gap>> gaps{};
};

struct heartbeat_step {
  heartbeat_state next;
  bool resume = false;               ///< first take the paused monitor to `pending` (`resumed()`), then observe
  std::vector<observation> observed; ///< at most two: a deadline that had passed, then what the ping itself says
};

/// The instant at which silence becomes `down`: the last success plus period and grace, or the start of a running job
/// plus grace, whichever is first, in time that we listened. A signal that may have been sent while nobody listened
/// gets a whole period and grace more. Empty before the first ping, and while down, paused or in maintenance.
std::optional<timestamp> deadline(const heartbeat_context& x, const heartbeat_state& state);

/// The verdict of silence at `now`, stamped with the deadline and not with `now`; empty before the deadline. Changes no
/// state: once the monitor is down there is no deadline until the next success.
std::optional<observation> expired(const heartbeat_context& x, const heartbeat_state& state, timestamp now);

/// What a ping changes. A passed deadline is decided first, so the outcome does not depend on a timer's lateness.
/// `log` changes nothing, and neither does any ping at a monitor that is paused with `manual_resume`.
heartbeat_step receive(const heartbeat_context& x, const heartbeat_state& state, const ping& p);

/// After maintenance in [from, to), in which no time counted: as if the last signals had come that much later.
heartbeat_state after_standstill(heartbeat_state state, timestamp from, timestamp to);

/// After a pause: the job's history before it says nothing of its future, so it waits for a first ping again.
heartbeat_state rearmed();

} // namespace gochron::core
