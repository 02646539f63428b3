#include <algorithm>
#include <iterator>

#include <spdlog/spdlog.h>

#include "actors/incident_steps.hpp"
#include "actors/monitor.hpp"
#include "actors/monitor_timer.hpp"
#include "core/alert_matching.hpp"
#include "core/audit_entries.hpp"
#include "core/heartbeat_machine.hpp"
#include "core/incident_text.hpp"

namespace gochron::actors {
namespace {

// Wall time is looked at again each day: the timers know nothing of how it goes.
constexpr milliseconds longest_timer = std::chrono::hours{24};

std::vector<alert_rule_record> rules_that_name(const core::alert_book& book, monitor_id id) {
  std::vector<alert_rule_record> all;
  std::ranges::copy_if(book.rules, std::back_inserter(all), [id](const alert_rule_record& x) {
    return std::ranges::find(x.spec.monitor_ids, id) != x.spec.monitor_ids.end();
  });
  return all;
}

// Timers armed for another time are ignored.
std::uint32_t mark_of(timestamp x) {
  return static_cast<std::uint32_t>(x.time_since_epoch().count());
}

} // namespace

// What is written beside the deletion; nothing when none of its incidents is open. Memory moves on with it.
std::optional<transition> monitor_state::closing_step(const change_origin& by, const char* why) {
  if (open.empty())
    return std::nullopt;
  keep_shown();
  runtime.open_incident.reset();
  ++runtime.sequence;
  auto c = context();
  c.by = core::said(by);
  auto step = begin_step(c);
  resolve_all(step, c, by.who, why);
  return step;
}

// The row is gone: tells the outside, and whoever waits for a turn in the lane. Our shard may have sent us more, so we
// end when it has heard of it.
void monitor_state::leave(const std::optional<transition>& step) {
  gone = true;
  dismiss_waiters();
  if (step)
    committed(*step);
  if (!record->ping_token.empty())
    deps->pings.erase(*record);
  deps->hushed.erase(record->org, record->id);
  leave_family();
  deps->usage.give_back(record->org, countable::monitors);
  lane.when_idle = {};
  lane.done();
  deps->timers.arm(where, milliseconds{0}, departed_token);
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
void monitor_state::write_expiry(std::optional<std::vector<alert_rule_record>> named_by) {
  if (gone || !record->spec.expires_at || now() < *record->spec.expires_at)
    return lane.done();
  editing = true;
  catch_up();
  abandon_round("The monitor has expired.");
  auto before = runtime;
  auto step = closing_step({}, "The monitor has expired.");
  auto c = context();
  if (!step)
    step = begin_step(c);
  add_expired(*step, c);
  write_note note;
  note.entry = core::entry_of({}, audit_action::expire, now(), record.get(), nullptr);
  auto rules = forgetful(named_by.value_or(rules_that_name(*deps->alerts.of(record->org), record->id)), note);
  auto done = [this, step, before, rules, told = named_by.has_value()](result<expiry> x) {
    if (!x && x.error().code == errc::not_found)
      return leave(std::nullopt);
    if (x && x->done) {
      for (auto& rule : rules)
        deps->alerts.put(rule);
      return leave(step);
    }
    editing = false;
    runtime = before;
    if (x && !x->dependents.empty()) {
      dismiss_children(x->dependents);
      arm_expiry(milliseconds{200});
    } else if (x && !told) // a rule has changed that we did not know of yet
      lane.push([this, named = std::move(x->named_by)] { write_expiry(named); });
    else
      arm_expiry(milliseconds{1000});
    announce();
    if (!x)
      spdlog::warn("{} has expired and waits for the database: {}", record->id.str(), x.error().detail);
    lane.done();
  };
  deps->monitors.expire(record->org, record->id, *step, rules, std::move(note),
                        reply_to<expiry>{later(std::move(done))});
}

// The rules as they will be once the monitor is gone; what becomes of them is noted beside it.
std::vector<alert_rule_record> monitor_state::forgetful(const std::vector<alert_rule_record>& rules,
                                                        write_note& note) const {
  std::vector<alert_rule_record> all;
  for (const auto& x : rules) {
    all.push_back(core::without(x, record->id, now()));
    note.consequences.push_back(core::entry_of({}, audit_action::update, now(), &x, &all.back()));
  }
  return all;
}

void monitor_state::on(const reset_monitor& x) {
  if (editing && !lane.refuses())
    return behind_the_edit(x);
  if (auto e = outdated(x))
    return x.reply(fail(*e));
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
  if (is_manual())
    runtime.state.status = monitor_status::up;
  armed_since = now();
  publish();
  auto c = context();
  auto step = begin_step(c);
  if (from != runtime.state.status)
    add_status_change(step, c, from, c.now);
  if (step.change)
    step.change->incident = was_open;
  c.by = core::said(x.by.origin());
  resolve_all(step, c, x.by.who(), "The monitor was reset.");
  arm();
  auto after = view();
  after.runtime.state = runtime.state;
  after.runtime.cause = {};
  after.runtime.status_since = runtime.status_since;
  after.runtime.open_incident.reset();
  step.note = std::make_shared<const write_note>(
      x.by.note(core::entry_of(x.by.origin(), audit_action::reset, c.now, record.get(), record.get()), &after));
  take(std::move(step));
  answer_in_turn<reset_monitor>(x.reply, result<monitor_view>{std::move(after)});
  look_at_windows();
}

} // namespace gochron::actors
