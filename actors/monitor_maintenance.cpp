#include <algorithm>

#include "actors/incident_steps.hpp"
#include "actors/monitor.hpp"
#include "actors/monitor_timer.hpp"
#include "core/heartbeat_machine.hpp"

namespace gochron::actors {
namespace {

// Wall time is looked at again each day: the timers know nothing of how it goes.
constexpr milliseconds longest_timer = std::chrono::hours{24};

} // namespace

core::monitor_maintenance monitor_state::maintenance(timestamp t) const {
  if (!deps->maintenance.windows)
    return {};
  return core::maintenance_of(*deps->maintenance.windows->of(record->org), record->id, record->spec, t);
}

// Whoever comes first, a round, a ping or the window's word, takes the monitor into it.
bool monitor_state::is_kept_from_checks(timestamp t) const {
  return !editing && !record->spec.paused && (in_maintenance() || maintenance(t).pause);
}

void monitor_state::look_at_windows() {
  if (editing || record->spec.paused)
    return;
  auto t = now();
  auto pause = maintenance(t).pause;
  if (pause && !in_maintenance())
    return enter_maintenance(*pause, t);
  if (!pause && in_maintenance())
    return leave_maintenance(t);
  if (pause)
    arm(); // its end may be another
}

// What was due before it counts as ever. An open incident stays open, and nobody is told anything of it.
void monitor_state::enter_maintenance(const core::maintenance_in_force& x, timestamp t) {
  if (is_heartbeat()) {
    catch_up();
    if (auto missed = core::expired(heartbeat(), runtime.heartbeat, x.from - milliseconds{1}))
      observe(*missed, nullptr);
  }
  abandon_round("The monitor is in maintenance.");
  keep_shown();
  auto from = runtime.state.status;
  runtime.state = core::maintained();
  runtime.cause = {};
  // Who comes to a window that is under way, by an edit or newly made, was not in it before.
  take_status(from, std::min(t, std::max({x.from, runtime.status_since, armed_since})));
}

// From the instant at which the window was over, however late that is noticed. Its time does not count against a job.
void monitor_state::leave_maintenance(timestamp t) {
  auto over = core::last_pause_end(*deps->maintenance.windows->of(record->org), record->id, record->spec, t);
  auto at = std::max(over.value_or(t), runtime.status_since);
  auto* own = open.find(runtime.open_incident);
  runtime.heartbeat = core::after_standstill(runtime.heartbeat, runtime.status_since, at);
  keep_shown();
  runtime.state = core::after_maintenance(own != nullptr);
  runtime.cause = own ? own->cause : status_reason{};
  armed_since = t;
  take_status(monitor_status::maintenance, at);
  listen();
}

// Its actor had crashed too often to be watched. What was open then is open still, and the next rounds decide about it.
void monitor_state::leave_quarantine() {
  const auto* own = open.find(runtime.open_incident);
  if (runtime.state.status != monitor_status::unknown || !own)
    return;
  keep_shown();
  runtime.state = core::after_maintenance(true);
  runtime.cause = own->cause;
  take_status(monitor_status::unknown, armed_since);
}

void monitor_state::take_status(monitor_status from, timestamp at) {
  runtime.status_since = at;
  ++runtime.sequence;
  auto c = context();
  auto step = begin_step(c);
  add_status_change(step, c, from, at);
  arm();
  take(std::move(step));
}

// Nothing else is waited for. By the timer of rounds, of which there are none.
void monitor_state::arm_window_end() {
  auto t = now();
  auto pause = maintenance(t).pause;
  auto left = pause ? std::min<milliseconds>(pause->to - t, longest_timer) : milliseconds{0};
  deps->timers.arm(where, left, timer_token(timer_kind::round, timer_epoch));
}

} // namespace gochron::actors
