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
  announce();
}

// Whoever changes the rules finds us by this.
void monitor_state::note_hushed() {
  if (open && !open->hushed.empty())
    deps->hushed.put(record->org, record->id);
  else
    deps->hushed.erase(record->org, record->id);
}

// What still fires when a rule may tell again is told at once. Also says when to look again.
void monitor_state::announce() {
  if (!open || open->hushed.empty() || editing)
    return;
  auto c = context();
  core::occurrence opening{event_type::incident_opened, record->id, record->spec, c.now};
  auto due = core::overdue_of(*c.alerts, opening, {open->told, open->hushed});
  if (due.hushed != open->hushed) {
    keep_shown();
    ++runtime.sequence;
    auto step = begin_step(c);
    add_announced(step, c, *open, due, turns());
    return take(std::move(step)); // which comes back here for the rest
  }
  if (!due.next)
    return;
  auto& at = (rare ? *rare : rare.emplace()).announce_at;
  if (at && *at <= *due.next && *at > c.now)
    return; // it will look again by then
  at = std::min(*due.next, c.now + longest_timer);
  deps->timers.arm(where, *at - c.now, timer_token(timer_kind::announce, 0));
}

} // namespace gochron::actors
