#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/incident_steps.hpp"
#include "actors/monitor.hpp"
#include "actors/monitor_timer.hpp"
#include "core/audit_entries.hpp"
#include "core/incident_text.hpp"
#include "core/listening.hpp"

namespace gochron::actors {

step_context monitor_state::context() const {
  const auto* facts = rare && rare->watch ? &rare->watch->facts : nullptr;
  auto t = now();
  return {*record, runtime, deps->alerts.of(record->org), t, deps->base_url, facts, maintenance(t).quiet};
}

// What is confirmed over a length of time is confirmed by watching: what nobody observed does not count.
core::check_policy monitor_state::policy(timestamp at) const {
  auto x = core::policy_of(record->spec);
  auto unobserved = [&](const std::optional<timestamp>& since) {
    return since ? std::chrono::ceil<seconds>(core::unobserved(*deps->gaps.all(), *since, at)) : seconds{0};
  };
  if (x.confirmation.count() > 0)
    x.confirmation += unobserved(runtime.state.first_failure);
  if (x.recovery.count() > 0)
    x.recovery += unobserved(runtime.state.first_success);
  return x;
}

// Called before a step changes memory: until all is written the outside is shown what was last committed.
void monitor_state::keep_shown() {
  if (!shown)
    shown = committed_runtime{runtime};
}

bool monitor_state::observe(const core::observation& seen, const check_result* evidence) {
  auto step = core::observe(policy(seen.at), runtime.state, seen);
  auto was_open = runtime.open_incident;
  if (step.status_changed)
    keep_shown();
  runtime.state = step.next;
  ++runtime.sequence;
  bool calm = step.next.status == monitor_status::up && step.next.transition == transition_kind::none;
  runtime.cause = calm ? status_reason{} : seen.verdict == verdict::up ? runtime.cause : seen.cause;
  if (step.status_changed)
    runtime.status_since = step.effective_at;
  if (step.opened)
    runtime.open_incident = incident_id::make(now());
  if (step.resolved)
    runtime.open_incident.reset();
  note_verdict(seen);
  note_facts(seen, evidence, step.opened);
  if (!step.status_changed) {
    note_runtime();
    if (record->spec.depends_on)
      announce(); // it may have been waited for this round
    follow_rules(seen, evidence);
    look_after_waiters();
    return false;
  }
  auto c = context();
  auto row = begin_step(c);
  add_status_change(row, c, step.from, step.effective_at);
  if (step.opened) {
    auto opened_at = is_heartbeat() ? seen.at : c.now;
    add_opened(row, c, deps->numbers.next(record->org), step.effective_at, opened_at, evidence, turns(),
               held(step.effective_at, opened_at, true));
  }
  if (auto* own = open.find(was_open); step.resolved && own) {
    row.change->incident = was_open;
    add_resolved(row, c, *own, "system", "", step.effective_at, evidence);
  }
  take(std::move(row));
  follow_rules(seen, evidence);
  return true;
}

// Not while a step waits for its commit: the row would show a status whose incident, after a crash, nobody knows of.
void monitor_state::note_runtime() {
  unnoted = !lane.idle();
  if (!unnoted)
    deps->monitors.note(record->id, record->org, runtime);
}

// The step is decided: memory moves on, the outside hears of it after the commit.
void monitor_state::take(transition step) {
  for (const auto& x : step.incidents)
    open.put(x);
  put_in_order(step.timeline);
  lane.push([this, step = std::move(step)] { commit(step); });
  note_hushed();
  announce();
}

void monitor_state::commit(transition step) {
  if (gone)
    return lane.done();
  auto copy = step;
  deps->monitors.commit(std::move(copy), reply_to<void>{later([this, step = std::move(step)](status s) {
                          if (!s) {
                            // The store's queue is full or it is stopping. The lane stays taken, so order holds.
                            spdlog::warn("a step of {} waits for the database: {}", record->id.str(), s.error().detail);
                            (rare ? *rare : rare.emplace()).unsaved = step;
                            deps->timers.arm(where, milliseconds{1000}, timer_token(timer_kind::commit, 0));
                            return;
                          }
                          committed(step);
                          lane.done();
                        })});
}

void monitor_state::retry_commit() {
  if (auto step = rare ? std::exchange(rare->unsaved, std::nullopt) : std::nullopt)
    commit(std::move(*step));
}

void monitor_state::committed(const transition& step) {
  ++deps->counts.transitions;
  shown = committed_runtime{step.runtime};
  if (step.change) {
    recent.push_back({step.change->at, step.change->from, step.change->to});
    auto horizon = now() - std::chrono::hours{24};
    std::erase_if(recent, [horizon](auto& x) { return x.at < horizon; });
  }
  for (const auto& x : step.incidents) {
    if (x.state == incident_state::resolved)
      ++deps->counts.incidents_resolved;
    for (const auto& e : x.escalations)
      deps->escalation_changed(e);
  }
  deps->counts.incidents_opened += std::ranges::count(step.timeline, timeline_kind::opened, &timeline_entry::kind);
  deps->counts.escalations_told += std::ranges::count(step.events, event_type::incident_escalated, &event::type);
  for (auto& d : step.deliveries)
    deps->outbox_changed(d.org, d.channel);
  look_after_waiters();
}

} // namespace gochron::actors
