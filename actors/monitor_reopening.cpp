#include <algorithm>

#include "actors/monitor.hpp"
#include "actors/raised_steps.hpp"
#include "core/audit_entries.hpp"
#include "core/incident_text.hpp"

/// Incidents that wake or end by themselves, and those that were over. The rows say when: a start finds the same times.
namespace gochron::actors {
namespace {

constexpr auto reopened_within = std::chrono::hours{24 * 7};

} // namespace

// When something becomes of it without anybody's doing.
std::optional<timestamp> monitor_state::wakes_at(const incident& x) const {
  auto at = x.snoozed_until;
  if (auto* manual = std::get_if<manual_check>(&record->spec.check); manual && manual->auto_resolve) {
    auto silent = x.heard_at.value_or(x.opened_at) + *manual->auto_resolve;
    at = at ? std::min(*at, silent) : silent;
  }
  return at;
}

// Its source has not mentioned it for too long.
bool monitor_state::is_over(const incident& x, timestamp at) const {
  auto* manual = std::get_if<manual_check>(&record->spec.check);
  return manual && manual->auto_resolve && x.heard_at.value_or(x.opened_at) + *manual->auto_resolve <= at;
}

// All that are due in one step; says when to look again.
void monitor_state::tend() {
  auto t = now();
  std::vector<incident> due;
  std::optional<timestamp> next;
  for (const auto& x : open.all()) {
    auto at = wakes_at(x);
    if (at && *at <= t)
      due.push_back(x);
    else if (at)
      next = std::min(*at, next.value_or(*at));
  }
  if (next)
    look_again_at(*next);
  if (due.empty())
    return;
  auto ended = std::ranges::count_if(due, [&](const incident& x) { return is_over(x, t); });
  keep_shown();
  ++runtime.sequence;
  for (const auto& x : due)
    if (is_over(x, t) && runtime.open_incident == x.id)
      runtime.open_incident.reset();
  auto from = settle(open.all().size() - static_cast<std::size_t>(ended), nullptr, t);
  auto c = context();
  auto step = begin_step(c);
  if (from)
    add_status_change(step, c, *from, t);
  for (const auto& x : due)
    if (is_over(x, t))
      add_resolved(step, c, x, "system",
                   core::unheard_message(*std::get<manual_check>(record->spec.check).auto_resolve), std::nullopt,
                   nullptr);
    else
      add_snooze_ended(step, c, x);
  take(std::move(step)); // which comes back here
}

std::optional<error> monitor_state::not_reopened(const incident& x, timestamp at) const {
  auto conflict = [](const char* why) { return error{errc::conflict, why, {}, {}, {}}; };
  if (x.state != incident_state::resolved || open.find(x.id))
    return conflict("The incident is open.");
  if (record->spec.paused)
    return conflict("The monitor is paused.");
  if (!x.resolved_at || at - *x.resolved_at > reopened_within)
    return conflict("The incident was resolved more than seven days ago.");
  if (x.dedup_key && std::ranges::any_of(open.all(), [&](const incident& y) { return y.dedup_key == x.dedup_key; }))
    return conflict("Another incident with its dedup key is open.");
  if (open.all().size() >= most_open_incidents)
    return try_later(errc::busy, "The monitor has as many open incidents as it may.").value();
  return std::nullopt;
}

// What is over is not in memory. It is read in the lane: what was decided about it before is written by then.
void monitor_state::reopen(const handle_incident& x) {
  if (lane.refuses())
    return x.reply(not_taken());
  auto read = [this, x] {
    deps->monitors.load(record->org, record->id, x.id, reply_to<incident>{later([this, x](const result<incident>& was) {
                          gone ? x.reply(no_longer<handle_incident>()) : write_reopening(x, was);
                          lane.done();
                        })});
  };
  lane.push(std::move(read), give_up(x.reply));
}

void monitor_state::write_reopening(const handle_incident& x, const result<incident>& was) {
  if (!was)
    return x.reply(fail(was.error()));
  auto t = now();
  if (auto e = not_reopened(*was, t))
    return x.reply(fail(std::move(*e)));
  if (x.by.dry)
    return x.reply(*was);
  keep_shown();
  ++runtime.sequence;
  bool own = was->source == incident_source::monitor && !is_manual() && !runtime.open_incident &&
             runtime.state.status == monitor_status::down && was->opened_at >= runtime.status_since;
  if (own)
    runtime.open_incident = was->id;
  auto from = settle(open.all().size() + 1, &*was, t);
  auto c = context();
  c.by = core::said(x.by.origin());
  auto step = begin_step(c);
  if (from)
    add_status_change(step, c, *from, c.now);
  add_reopened(step, c, *was, x.by.who(), x.note, turns());
  auto after = step.incidents.back();
  step.note = std::make_shared<const write_note>(
      x.by.note(core::entry_of(x.by.origin(), audit_action::reopen, c.now, &*was, &after), &after));
  take(std::move(step));
  answer_in_turn<handle_incident>(x.reply, result<incident>{std::move(after)});
}

} // namespace gochron::actors
