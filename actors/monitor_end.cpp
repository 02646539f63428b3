#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/incident_steps.hpp"
#include "actors/monitor.hpp"
#include "actors/monitor_timer.hpp"
#include "core/audit_entries.hpp"
#include "core/heartbeat_machine.hpp"

namespace gochron::actors {
namespace {

// Wall time is looked at again each day: the timers know nothing of how it goes.
constexpr milliseconds longest_timer = std::chrono::hours{24};

// Timers armed for another time are ignored.
std::uint32_t mark_of(timestamp x) {
  return static_cast<std::uint32_t>(x.time_since_epoch().count());
}

} // namespace

// What is written beside the deletion; nothing when no incident is open. Memory moves on with it.
std::optional<transition> monitor_state::closing_step(const actor_name& who, const char* why) {
  if (!open)
    return std::nullopt;
  keep_shown();
  runtime.open_incident.reset();
  ++runtime.sequence;
  auto c = context();
  auto step = begin_step(c);
  add_resolved(step, c, *open, who, why, std::nullopt, nullptr);
  return step;
}

// The row is gone: tells the outside, and ends.
void monitor_state::leave(const std::optional<transition>& step) {
  dismiss_waiters();
  if (step)
    committed(*step);
  if (is_heartbeat())
    deps->pings.erase(record->ping_token);
  deps->hushed.erase(record->org, record->id);
  deps->usage.give_back(record->org, countable::monitors);
  self->quit(caf::exit_reason::user_shutdown);
}

void monitor_state::arm_expiry(milliseconds at_least) {
  auto& at = record->spec.expires_at;
  if (!at)
    return;
  auto left = std::max(at_least, std::min(*at - now(), longest_timer));
  deps->timers.arm(where, left, timer_token(timer_kind::expiry, mark_of(*at)));
}

void monitor_state::on_expiry(std::uint32_t token) {
  auto& at = record->spec.expires_at;
  if (!at || !is_current(token, mark_of(*at)))
    return;
  if (now() < *at)
    return arm_expiry();
  lane.push([this] { write_expiry(); });
}

// In the lane: an edit before us may have given it more time. A store that does not take it is asked again each second.
void monitor_state::write_expiry() {
  if (!record->spec.expires_at || now() < *record->spec.expires_at)
    return lane.done();
  editing = true;
  catch_up();
  abandon_round("The monitor has expired.");
  auto before = runtime;
  auto step = closing_step("system", "The monitor has expired.");
  auto c = context();
  if (!step)
    step = begin_step(c);
  add_expired(*step, c);
  auto done = [this, step, before](result<std::vector<alert_rule_record>> rules) {
    if (!rules && rules.error().code != errc::not_found) {
      spdlog::warn("{} has expired and waits for the database: {}", record->id.str(), rules.error().detail);
      editing = false;
      runtime = before;
      arm_expiry(milliseconds{1000});
      announce();
      return lane.done();
    }
    if (rules)
      for (auto& x : *rules)
        deps->alerts.put(x);
    leave(rules ? step : std::nullopt);
  };
  write_note note;
  note.entry = core::entry_of({}, audit_action::expire, now(), record.get(), nullptr);
  deps->monitors.expire(record->org, record->id, *step, std::move(note),
                        reply_to<std::vector<alert_rule_record>>{later(std::move(done))});
}

void monitor_state::on(const reset_monitor& x) {
  if (editing && !lane.refuses())
    return behind_the_edit(x);
  if (x.if_version && *x.if_version != record->version)
    return x.reply(
        fail(errc::stale, "The monitor has changed: its version is " + std::to_string(record->version) + "."));
  if (record->spec.paused)
    return x.reply(fail(errc::conflict, "The monitor is paused; resuming it begins anew."));
  if (lane.refuses())
    return x.reply(not_taken());
  if (x.by.dry)
    return x.reply(view());
  catch_up();
  abandon_round("The monitor was reset.");
  keep_shown();
  auto from = runtime.state.status;
  auto was_open = std::exchange(runtime.open_incident, std::nullopt);
  runtime.state = {};
  runtime.cause = {};
  runtime.status_since = now();
  runtime.heartbeat = core::rearmed();
  ++runtime.sequence;
  armed_since = now();
  auto c = context();
  auto step = begin_step(c);
  if (from != monitor_status::pending)
    add_status_change(step, c, from, c.now);
  if (was_open && open) {
    if (step.change)
      step.change->incident = was_open;
    add_resolved(step, c, *open, x.by.who(), "The monitor was reset.", std::nullopt, nullptr);
  }
  arm();
  auto after = view();
  after.runtime.state = runtime.state;
  after.runtime.cause = {};
  after.runtime.status_since = runtime.status_since;
  after.runtime.open_incident.reset();
  step.note = std::make_shared<const write_note>(
      x.by.note(core::entry_of(x.by.origin(), audit_action::reset, c.now, record.get(), record.get()), &after));
  take(std::move(step));
  lane.push([after = std::move(after), this, reply = x.reply] {
    reply(after);
    lane.done();
  });
}

} // namespace gochron::actors
