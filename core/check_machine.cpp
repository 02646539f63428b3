#include "core/check_machine.hpp"

#include <limits>

namespace gochron::core {
namespace {

std::uint32_t one_more(std::uint32_t n) {
  return n == std::numeric_limits<std::uint32_t>::max() ? n : n + 1;
}

check_step unchanged(const check_state& state, timestamp at) {
  return {state, false, state.status, state.status, at, false, false};
}

check_step moved(const check_state& before, check_state after, timestamp at) {
  check_step step{after, before.status != after.status, before.status, after.status, at, false, false};
  step.opened = step.status_changed && step.to == monitor_status::down;
  step.resolved = step.status_changed && step.from == monitor_status::down;
  return step;
}

check_state settled(monitor_status status) {
  check_state state;
  state.status = status;
  return state;
}

check_step failed(const check_policy& policy, check_state state, timestamp at) {
  auto before = state;
  state.failures = one_more(state.failures);
  if (state.status == monitor_status::down) {
    state.transition = transition_kind::none;
    state.first_success.reset();
    state.successes = 0;
    return moved(before, state, at);
  }
  if (!state.first_failure)
    state.first_failure = at;
  auto t0 = *state.first_failure;
  if (state.failures < policy.failure_threshold || at - t0 < policy.confirmation) {
    state.transition = transition_kind::confirming_down;
    return moved(before, state, at);
  }
  state.status = monitor_status::down;
  state.transition = transition_kind::none;
  return moved(before, state, t0);
}

check_step succeeded(const check_policy& policy, check_state state, const observation& x) {
  auto good = settled(x.verdict == verdict::degraded ? monitor_status::degraded : monitor_status::up);
  if (state.status != monitor_status::down)
    return moved(state, good, x.at);
  auto before = state;
  if (!state.first_success)
    state.first_success = x.at;
  auto r0 = *state.first_success;
  state.successes = one_more(state.successes);
  if (state.successes >= policy.success_threshold && x.at - r0 >= policy.recovery)
    return moved(before, good, r0);
  state.transition = transition_kind::confirming_up;
  return moved(before, state, x.at);
}

// Blindness is no evidence: it neither confirms a failure nor cancels one.
check_step blind(const check_state& state, timestamp at) {
  if (state.status == monitor_status::down || state.transition != transition_kind::none)
    return unchanged(state, at);
  return moved(state, settled(monitor_status::unknown), at);
}

bool is_watched(monitor_status x) {
  return x != monitor_status::paused && x != monitor_status::maintenance;
}

} // namespace

check_policy policy_of(const monitor_spec& x) {
  if (x.type() == monitor_type::heartbeat || x.type() == monitor_type::manual)
    return {};
  return {x.failure_threshold, x.confirmation, x.success_threshold, x.recovery};
}

check_step observe(const check_policy& policy, const check_state& state, const observation& x) {
  if (!is_watched(state.status))
    return unchanged(state, x.at);
  switch (x.verdict) {
  case verdict::down:
    return failed(policy, state, x.at);
  case verdict::up:
  case verdict::degraded:
    return succeeded(policy, state, x);
  case verdict::error:
    break;
  }
  return blind(state, x.at);
}

check_step paused(const check_state& state, timestamp at) {
  return moved(state, settled(monitor_status::paused), at);
}

check_state maintained() {
  return settled(monitor_status::maintenance);
}

check_state after_maintenance(bool incident_open) {
  return settled(incident_open ? monitor_status::down : monitor_status::pending);
}

check_step resumed(const check_state& state, timestamp at) {
  return is_watched(state.status) ? unchanged(state, at) : moved(state, settled(monitor_status::pending), at);
}

} // namespace gochron::core
