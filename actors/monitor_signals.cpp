#include <algorithm>

#include "actors/monitor.hpp"
#include "actors/raised_steps.hpp"
#include "core/audit_entries.hpp"
#include "core/incident_text.hpp"

/// Incidents that somebody opens by hand or pushes in. All signals of a request are one step.
namespace gochron::actors {

/// One request on its way into a step.
struct signal_work {
  transition& step;
  const step_context& c;
  const open_incidents& open; ///< before the step
  const signal_incidents& request;
  const actor_name who;
  std::optional<seconds> auto_resolve;
  std::size_t open_now = open.all().size();
  bool full = false; ///< some found no room

  /// The incident with this key as it is after what the step has done already; unset: none is open.
  std::optional<incident> find(const std::string& key) const {
    auto is_it = [&key](const incident& x) { return x.dedup_key == key; };
    auto changed = std::ranges::find_if(step.incidents.rbegin(), step.incidents.rend(), is_it);
    if (changed != step.incidents.rend())
      return changed->state == incident_state::resolved ? std::nullopt : std::optional{*changed};
    auto held = open.all();
    auto it = std::ranges::find_if(held, is_it);
    return it == held.end() ? std::nullopt : std::optional{*it};
  }
};

namespace {

using answers = std::vector<signal_answer>;

incident fresh_incident(const signal_work& w, const incident_signal& s, std::int64_t number) {
  incident x;
  x.id = incident_id::make(w.c.now);
  x.org = w.c.monitor.org;
  x.number = number;
  x.title = s.title;
  x.severity = s.severity.value_or(severity_by_rules(w.c));
  x.monitor = w.c.monitor.id;
  x.monitor_name = w.c.monitor.spec.name;
  x.cause = {reason::reported, s.message};
  x.started_at = std::min(s.started_at.value_or(w.c.now), w.c.now);
  x.opened_at = w.c.now;
  x.source = w.request.source;
  x.dedup_key = s.dedup_key.empty() ? x.id.str() : s.dedup_key;
  x.runbook_url = s.runbook_url;
  x.details = s.details;
  x.heard_at = w.c.now;
  return x;
}

// What its source says now; what it leaves out stays. Title and severity are people's to change.
incident refreshed(incident x, const incident_signal& s) {
  x.cause.message = s.message.empty() ? x.cause.message : s.message;
  x.details = s.details.empty() ? x.details : s.details;
  x.runbook_url = s.runbook_url ? s.runbook_url : x.runbook_url;
  return x;
}

bool says_the_same(const incident& a, const incident& b) {
  return a.cause == b.cause && a.details == b.details && a.runbook_url == b.runbook_url;
}

// Sources repeat what goes on for hours: only what is new is a line, and what keeps it from ending is written now and
// then. Who says it by hand wants to read that.
signal_answer repeat(signal_work& w, const incident_signal& s, const incident& now) {
  auto after = refreshed(now, s);
  bool same = says_the_same(now, after);
  bool by_hand = w.request.source == incident_source::manual;
  auto stale_after = w.auto_resolve ? std::min<seconds>(*w.auto_resolve / 4, seconds{60}) : seconds{0};
  bool stale = w.auto_resolve && w.c.now - now.heard_at.value_or(now.opened_at) >= stale_after;
  if (same && !by_hand && !stale)
    return {signal_outcome::repeated, s.dedup_key, now};
  after.heard_at = w.c.now;
  add_repeated(w.step, w.c, after, w.who,
               same && !by_hand ? std::string{} : core::repeated_message(w.c.by.empty() ? w.who : w.c.by));
  return {signal_outcome::repeated, s.dedup_key, std::move(after)};
}

signal_answer take_or_end(signal_work& w, const incident_signal& s, const incident& now) {
  bool ends = s.verb == signal_verb::resolve;
  if (!ends && now.state == incident_state::acknowledged && !now.snoozed_until)
    return {signal_outcome::unchanged, s.dedup_key, now};
  ends ? add_resolved(w.step, w.c, now, w.who, s.message, std::nullopt, nullptr)
       : add_acknowledged(w.step, w.c, now, w.who, s.message);
  return {ends ? signal_outcome::resolved : signal_outcome::acknowledged, s.dedup_key, w.step.incidents.back()};
}

} // namespace

// Unset: there is no room.
std::optional<signal_answer> monitor_state::apply(signal_work& w, const incident_signal& s) {
  auto now = s.dedup_key.empty() ? std::nullopt : w.find(s.dedup_key);
  if (now && s.verb == signal_verb::trigger)
    return repeat(w, s, *now);
  if (now) {
    if (s.verb == signal_verb::resolve)
      settle(--w.open_now, nullptr, w.c.now);
    return take_or_end(w, s, *now);
  }
  if (s.verb != signal_verb::trigger)
    return signal_answer{signal_outcome::unknown, s.dedup_key, std::nullopt};
  w.full = w.full || w.open_now >= most_open_incidents;
  if (w.open_now >= most_open_incidents)
    return std::nullopt;
  auto fresh = fresh_incident(w, s, deps->numbers.next(record->org));
  settle(++w.open_now, &fresh, w.c.now);
  add_raised(w.step, w.c, std::move(fresh), w.who, turns());
  const auto& opened = w.step.incidents.back();
  return signal_answer{signal_outcome::opened, *opened.dedup_key, opened};
}

void monitor_state::on(const signal_incidents& x) {
  if (editing && !lane.refuses())
    return behind_the_edit(x);
  if (x.source == incident_source::inbound && !is_manual())
    return x.reply(fail(errc::not_found, "No such inbound URL."));
  if (x.signals.empty())
    return x.reply(answers{});
  if (record->spec.paused)
    return x.reply(fail(errc::conflict, "The monitor is paused."));
  if (lane.refuses())
    return x.reply(not_taken());
  if (x.by.dry)
    return x.reply(answers{{signal_outcome::opened, x.signals.front().dedup_key, std::nullopt}});
  write_signals(x);
}

void monitor_state::write_signals(const signal_incidents& x) {
  auto c = context();
  auto step = begin_step(c);
  std::optional<seconds> auto_resolve;
  if (auto* manual = std::get_if<manual_check>(&record->spec.check))
    auto_resolve = manual->auto_resolve;
  bool by_hand = x.source == incident_source::manual;
  if (by_hand)
    c.by = core::said(x.by.origin());
  signal_work w{step, c, open, x, by_hand ? x.by.who() : actor_name{"inbound"}, auto_resolve};
  auto was = runtime;
  auto first = x.signals.front().dedup_key.empty() ? std::nullopt : w.find(x.signals.front().dedup_key);
  keep_shown();
  answers all;
  for (const auto& s : x.signals)
    if (auto done = apply(w, s))
      all.push_back(std::move(*done));
  auto answer = w.full ? result<answers>{try_later(errc::busy, "The monitor has as many open incidents as it may.")}
                       : result<answers>{all};
  if (step.incidents.empty()) {
    if (lane.idle())
      shown.reset();
    return answer_in_turn<signal_incidents>(x.reply, std::move(answer));
  }
  if (was.state.status == runtime.state.status)
    runtime.status_since = was.status_since;
  else
    add_status_change(step, c, was.state.status, c.now);
  ++runtime.sequence;
  step.runtime = runtime;
  keep_last_rows(step);
  if (by_hand && !w.full) {
    auto what = first ? audit_action::update : audit_action::create;
    step.note = std::make_shared<const write_note>(x.by.note(
        core::entry_of(x.by.origin(), what, c.now, first ? &*first : nullptr, &step.incidents.front()), &all));
  }
  take(std::move(step));
  answer_in_turn<signal_incidents>(x.reply, std::move(answer));
}

// A manual monitor is down while any incident of it is open; others have a status of their own. `open_then` are open
// after the step that is being made, `of` the one that it opens. What the status was, where it changes.
std::optional<monitor_status> monitor_state::settle(std::size_t open_then, const incident* of, timestamp at) {
  auto wanted = open_then > 0 ? monitor_status::down : monitor_status::up;
  auto was = runtime.state.status;
  if (!is_manual() || was == monitor_status::paused || was == wanted)
    return std::nullopt;
  runtime.state = {};
  runtime.state.status = wanted;
  runtime.status_since = at;
  runtime.cause = of ? of->cause : status_reason{};
  return was;
}

// A manual monitor needs no check to be what it is.
void monitor_state::come_up() {
  if (!is_manual() || runtime.state.status != monitor_status::pending)
    return;
  keep_shown();
  auto from = settle(open.all().size(), open.empty() ? nullptr : &open.all().front(), now());
  ++runtime.sequence;
  auto c = context();
  auto step = begin_step(c);
  if (from)
    add_status_change(step, c, *from, c.now);
  take(std::move(step));
}

} // namespace gochron::actors
