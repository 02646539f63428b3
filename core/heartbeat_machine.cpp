#include "core/heartbeat_machine.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/incident_text.hpp"
#include "core/listening.hpp"

namespace gochron::core {
namespace {

struct due {
  timestamp at;
  reason why;
};

bool awaits_pings(monitor_status x) {
  return x != monitor_status::down && x != monitor_status::paused && x != monitor_status::maintenance;
}

std::optional<due> next_due(const heartbeat_context& x, const heartbeat_state& state) {
  if (!awaits_pings(x.status))
    return std::nullopt;
  auto unheard = x.gaps ? gaps{*x.gaps} : gaps{};
  auto earliest = x.armed_since + x.check.grace;
  auto whole = x.check.period + x.check.grace;
  std::optional<due> next;
  if (state.last_ping) {
    // A ping may come as early as it may come late.
    auto early = std::min(x.check.grace, x.check.period);
    expectation ping{*state.last_ping, *state.last_ping + x.check.period - early, whole, whole};
    next = due{std::max(fails_at(unheard, ping), earliest), reason::missed_ping};
  }
  if (state.started_at) {
    expectation finish{*state.started_at, *state.started_at, x.check.grace, whole};
    due run{std::max(fails_at(unheard, finish), earliest), reason::late_run};
    if (!next || run.at < next->at)
      next = run;
  }
  return next;
}

std::string message_of(const heartbeat_check& check, reason why) {
  if (why == reason::late_run)
    return fmt::format("The run did not finish within the grace of {}.", spell(check.grace));
  return fmt::format("No ping within the period of {} and the grace of {}.", spell(check.period), spell(check.grace));
}

bool is_failure(const ping& p) {
  return p.kind == ping_kind::fail || (p.kind == ping_kind::exit && p.exit_code != 0);
}

observation judged(const ping& p) {
  if (!is_failure(p))
    return {verdict::up, {}, p.received_at};
  if (p.kind == ping_kind::exit)
    return {verdict::down,
            {reason::exit_status, fmt::format("The job exited with status {}.", p.exit_code)},
            p.received_at};
  return {verdict::down, {reason::fail_signal, "The job reported a failure."}, p.received_at};
}

// A finish ends its own run. A failure, or a finish that names no run, ends any; a success of another run ends none,
// except one that is overdue anyway: else that run would take a recovered job down again.
void finish_run(const heartbeat_context& x, heartbeat_state& state, const ping& p) {
  state.last_duration.reset();
  if (!state.started_at)
    return;
  auto own = state.run_id == p.run_id;
  if (own)
    state.last_duration = std::max(milliseconds::zero(), p.received_at - *state.started_at);
  auto overdue = *state.started_at + x.check.grace <= p.received_at;
  if (own || is_failure(p) || p.run_id.empty() || overdue) {
    state.started_at.reset();
    state.run_id.clear();
  }
}

} // namespace

std::optional<timestamp> deadline(const heartbeat_context& x, const heartbeat_state& state) {
  auto next = next_due(x, state);
  return next ? std::optional{next->at} : std::nullopt;
}

std::optional<observation> expired(const heartbeat_context& x, const heartbeat_state& state, timestamp now) {
  auto next = next_due(x, state);
  if (!next || now < next->at)
    return std::nullopt;
  return observation{verdict::down, {next->why, message_of(x.check, next->why)}, next->at};
}

heartbeat_step receive(const heartbeat_context& x, const heartbeat_state& state, const ping& p) {
  heartbeat_step step{state, false, {}};
  if (auto missed = expired(x, state, p.received_at))
    step.observed.push_back(std::move(*missed));
  auto is_paused = x.status == monitor_status::paused;
  if (p.kind == ping_kind::log || (is_paused && x.check.manual_resume))
    return step;
  if (is_paused) {
    step.resume = true;
    step.next = rearmed();
  }
  if (p.kind == ping_kind::start) {
    step.next.started_at = p.received_at;
    step.next.run_id = p.run_id;
    return step;
  }
  finish_run(x, step.next, p);
  if (!is_failure(p))
    step.next.last_ping = p.received_at;
  step.observed.push_back(judged(p));
  return step;
}

heartbeat_state after_standstill(heartbeat_state state, timestamp from, timestamp to) {
  for (auto* signal : {&state.last_ping, &state.started_at})
    if (*signal && **signal < to)
      **signal += to - std::max(**signal, from);
  return state;
}

heartbeat_state rearmed() {
  return {};
}

} // namespace gochron::core
