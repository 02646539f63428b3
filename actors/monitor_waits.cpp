#include <algorithm>

#include "actors/monitor.hpp"
#include "actors/monitor_timer.hpp"
#include "core/listening.hpp"

/// Deploy gates: who waits until a status has held for a while. Nothing is polled: what happens to the monitor looks
/// after them, and one timer for what comes of time alone.
namespace gochron::actors {
namespace {

constexpr std::size_t most_waiters = 16;

bool is_observed(monitor_status x) {
  return x == monitor_status::up || x == monitor_status::degraded || x == monitor_status::down;
}

} // namespace

void monitor_state::on(const wait_for_status& x) {
  catch_up();
  listen();
  if (rare && rare->waiters.size() >= most_waiters)
    return x.reply(try_later(errc::busy, "Too many callers wait for this monitor already."));
  auto& all = rare ? *rare : rare.emplace();
  auto t = now();
  all.waiters.push_back({x, t, t + x.timeout, {}, false});
  look_after_waiters();
}

// Since when the status is one of those wanted, without a break; unset while it is not, or while that is in doubt: a
// failure that is being confirmed, or a step that is being written.
std::optional<timestamp> monitor_state::held_since(const waiter& w) const {
  auto is_wanted = [&](monitor_status s) { return std::ranges::find(w.wanted.statuses, s) != w.wanted.statuses.end(); };
  auto status = shown ? shown->status : runtime.state.status;
  bool failing = runtime.state.transition == transition_kind::confirming_down;
  if (!is_wanted(status) || !is_wanted(runtime.state.status) || failing)
    return std::nullopt;
  auto since = std::max(shown ? shown->since : runtime.status_since, runtime.status_since);
  for (auto step = recent.rbegin(); step != recent.rend() && is_wanted(step->from); ++step)
    since = step + 1 == recent.rend() ? record->created_at : (step + 1)->at;
  return since;
}

// The instant at which the wait is over for the good if nothing happens; unset: something has to happen first.
std::optional<timestamp> monitor_state::satisfied_at(const waiter& w) const {
  auto since = held_since(w);
  bool needs_check = makes_rounds() && is_observed(runtime.state.status);
  if (!since || (needs_check && !w.checked))
    return std::nullopt;
  return core::after_observed(*deps->gaps.all(), std::max(*since, w.steady_since.value_or(*since)), w.wanted.stable);
}

void monitor_state::answer(const waiter& w, bool satisfied) const {
  w.wanted.reply(status_wait{satisfied, now() - w.begun, view()});
}

void monitor_state::look_after_waiters() {
  if (!rare || rare->waiters.empty())
    return;
  auto t = now();
  std::optional<timestamp> next;
  std::erase_if(rare->waiters, [&](const waiter& w) {
    auto good = satisfied_at(w);
    bool satisfied = good && *good <= t;
    if (satisfied || w.until <= t) {
      answer(w, satisfied);
      return true;
    }
    next = std::min(next.value_or(w.until), std::min(w.until, good.value_or(w.until)));
    return false;
  });
  if (next && (!rare->wake_at || *rare->wake_at <= t || *next < *rare->wake_at)) {
    rare->wake_at = next;
    deps->timers.arm(where, *next - t, timer_token(timer_kind::wait, 0));
  }
  bool idle = rare->waiters.empty() && !rare->unsaved;
  if (idle && !rare->announce_at && !rare->repeat_at && !rare->watch)
    rare.reset();
}

// Before a round's verdict is taken. A failure that will perhaps not be confirmed begins the time anew as well.
void monitor_state::note_for_waiters(const check_result& result) {
  if (!rare)
    return;
  auto& x = result.outcome;
  for (auto& w : rare->waiters) {
    w.checked = w.checked || (x.verdict != verdict::error && x.started_at >= w.begun);
    bool shaken = runtime.state.transition == transition_kind::confirming_down;
    if (shaken && (x.verdict == verdict::up || x.verdict == verdict::degraded))
      w.steady_since = result.round_at;
  }
}

void monitor_state::dismiss_waiters() {
  if (!rare)
    return;
  for (auto& w : std::exchange(rare->waiters, {}))
    w.wanted.reply(fail(errc::not_found, "The monitor was deleted."));
}

} // namespace gochron::actors
