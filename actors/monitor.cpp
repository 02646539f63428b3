#include "actors/monitor.hpp"

#include <algorithm>

#include "actors/monitor_timer.hpp"
#include "core/availability.hpp"
#include "core/heartbeat_machine.hpp"
#include "core/round_clock.hpp"

namespace gochron::actors {

void monitor_state::start(loaded_monitor x) {
  record = std::make_shared<const monitor_record>(std::move(x.record));
  runtime = std::move(x.runtime);
  open = open_incidents{std::move(x.open_incidents)};
  recent = std::move(x.last_24h);
  armed_since = now();
  lane.when_idle = [this] {
    shown.reset();
    if (std::exchange(unnoted, false))
      note_runtime();
    listen();
  };
  // Written under a clock that has been set back since. What lies in the future would be waited for.
  for (auto* past : {&runtime.heartbeat.last_ping, &runtime.heartbeat.started_at, &runtime.state.first_failure,
                     &runtime.state.first_success})
    if (*past)
      *past = std::min(**past, armed_since);
  arm();
  arm_expiry();
  name_parents({});
  publish();
  leave_quarantine();
  seed_facts();
  note_hushed();
  announce();
  come_up();
  catch_up(); // with what was heard after an earlier life of this actor had crashed
  look_at_windows();
  listen();
}

// Arms the next round, or the next deadline of a heartbeat, and forgets every timer armed before. A round that was just
// held is named in `after`: should the wall clock stand a little before its slot, the slot is not held twice.
void monitor_state::arm(std::optional<timestamp> after) {
  ++timer_epoch;
  next_round.reset();
  armed_for.reset();
  if (record->spec.paused || is_manual())
    return;
  if (in_maintenance())
    return arm_window_end();
  auto t = now();
  auto kind = is_heartbeat() ? timer_kind::deadline : timer_kind::round;
  next_round = is_heartbeat() ? core::deadline(heartbeat(), runtime.heartbeat)
                              : core::next_round(record->id, record->spec.interval, std::max(t, after.value_or(t)));
  if (!next_round)
    return;
  armed_for = next_round;
  // A deadline that passed while nothing could be written is looked at again in a second, not at once.
  auto delay = *next_round - t;
  deps->timers.arm(where, delay.count() > 0 ? delay : milliseconds{lane.idle() ? 0 : 1000},
                   timer_token(kind, timer_epoch));
}

void monitor_state::on_timer(std::uint32_t token) {
  if (gone) // the last one of all that our shard sends
    return token == departed_token ? self->quit(caf::exit_reason::user_shutdown) : void();
  switch (kind_of(token)) {
  case timer_kind::round:
    return is_current(token, timer_epoch) ? on_round() : void();
  case timer_kind::deadline:
    return is_current(token, timer_epoch) ? on_deadline() : void();
  case timer_kind::retry:
    return round && is_current(token, round->serial) ? attempt() : void();
  case timer_kind::commit:
    return retry_commit();
  case timer_kind::heard:
    catch_up();
    return listen();
  case timer_kind::expiry:
    return on_expiry(token);
  case timer_kind::wait:
    return look_after_waiters();
  case timer_kind::announce:
    if (rare)
      rare->announce_at.reset();
    return announce();
  }
}

// A round's slot is a wall time and may have come meanwhile. A heartbeat's silence is counted in time that we listened,
// which a jump does not bring nearer.
void monitor_state::on(const clock_jumped&) {
  look_at_windows();
  if (makes_rounds() && next_round)
    arm();
  arm_expiry();
  announce();
  look_after_waiters();
}

monitor_view monitor_state::view() const {
  monitor_view v;
  v.record = *record;
  v.runtime = runtime;
  // What is not committed has not happened: the outside sees the last committed step, and today's facts around it.
  if (shown) {
    v.runtime.state.status = shown->status;
    v.runtime.status_since = shown->since;
    v.runtime.open_incident = shown->open_incident;
    v.runtime.cause = shown->cause;
  }
  v.next_check_at = next_round;
  status_history history;
  history.changes = recent;
  history.gaps = deps->gaps.after(now() - std::chrono::hours{24});
  if (deps->maintenance.windows)
    history.planned = core::planned_for(*deps->maintenance.windows->of(record->org), record->id, record->spec);
  if (!recent.empty())
    history.before = recent.front().from;
  else
    history.before = v.runtime.state.status;
  v.uptime_24h = core::uptime_24h(history, now());
  return v;
}

void monitor_state::on(const get_monitor& x) {
  catch_up();
  listen();
  x.reply(view());
}

void monitor_state::adopt_record(monitor_record x) {
  bool other_end = x.spec.expires_at != record->spec.expires_at;
  auto parents_before = parents();
  record = std::make_shared<const monitor_record>(std::move(x));
  armed_since = now();
  arm();
  if (other_end)
    arm_expiry();
  name_parents(parents_before);
  publish();
}

monitor_actor::behavior_type monitor(monitor_actor::stateful_pointer<monitor_state> self, const leaf_deps* deps,
                                     leaf_address where, loaded_monitor x) {
  auto& st = self->state;
  st.self = self;
  st.deps = deps;
  st.where = where;
  st.start(std::move(x));
  self->set_exit_handler([&st](const caf::exit_msg& why) {
    st.catch_up(); // a ping that was answered outlives us
    st.self->quit(why.reason);
  });
  return {
      [&st](const timer_fired& m) { st.on_timer(m.token); },
      [](const resume& m) { m.rest(); },
      [&st](const get_monitor& m) { st.receive(m); },
      [&st](const ping_monitor& m) { st.receive(m); },
      [&st](const monitor_request& m) { std::visit([&st](const auto& request) { st.receive(request); }, m); },
  };
}

} // namespace gochron::actors
