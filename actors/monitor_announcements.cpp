#include <algorithm>

#include "actors/monitor.hpp"
#include "actors/monitor_timer.hpp"
#include "core/alert_matching.hpp"

namespace gochron::actors {
namespace {

// Local hours are looked at again each day: the timers know nothing of how wall time goes.
constexpr milliseconds longest_timer = std::chrono::hours{24};

} // namespace

void monitor_state::on(const rules_changed&) {
  look_at_windows();
  announce();
}

// Whoever changes the rules finds us by this.
void monitor_state::note_hushed() {
  if (std::ranges::any_of(open.all(), [](const incident& x) { return !x.hushed.empty() || x.rule; }))
    deps->hushed.put(record->org, record->id);
  else
    deps->hushed.erase(record->org, record->id);
}

// What still fires when a rule may tell again is told at once. Also says when to look again.
void monitor_state::announce() {
  if (editing || open.empty())
    return;
  age_facts();
  tend();
  auto t = now();
  if (end_what_is_over() || repeat_what_is_due(t))
    return; // taking those steps came back here for the rest
  auto next = next_repeat(t);
  for (const auto& x : open.all()) {
    if (x.hushed.empty())
      continue;
    if (auto hold = held(x.started_at, x.opened_at, x.id == runtime.open_incident)) {
      if (hold->why == core::hold_reason::parent_failing && x.suppressed_by != hold->parent)
        return write_hold(x, *hold);
      if (hold->until)
        next = std::min(*hold->until, next.value_or(*hold->until));
      continue;
    }
    auto c = context();
    auto due = core::overdue_of(*c.alerts, opening_of(c, x), {x.told, x.hushed});
    if (due.hushed != x.hushed || x.suppressed_by)
      return write_announcement(x, due); // which comes back here for the rest
    if (due.next)
      next = std::min(*due.next, next.value_or(*due.next));
  }
  if (next)
    look_again_at(*next);
}

void monitor_state::write_announcement(const incident& x, const core::overdue_alerts& due) {
  keep_shown();
  ++runtime.sequence;
  auto c = context();
  auto step = begin_step(c);
  add_announced(step, c, x, due, turns());
  take(std::move(step));
}

// Nobody is told still, and now it is known why.
void monitor_state::write_hold(const incident& x, const core::opening_hold& why) {
  keep_shown();
  ++runtime.sequence;
  auto c = context();
  auto step = begin_step(c);
  add_held(step, c, x, why);
  take(std::move(step));
}

void monitor_state::look_again_at(timestamp next) {
  auto t = now();
  auto& at = (rare ? *rare : rare.emplace()).announce_at;
  if (at && *at <= next && *at > t)
    return; // it will look again by then
  at = std::min(next, t + longest_timer);
  deps->timers.arm(where, *at - t, timer_token(timer_kind::announce, 0));
}

} // namespace gochron::actors
