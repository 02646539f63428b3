#include <algorithm>

#include "actors/incident_steps.hpp"
#include "actors/monitor.hpp"
#include "actors/raised_steps.hpp"
#include "core/active_hours.hpp"
#include "core/audit_entries.hpp"
#include "core/escalation.hpp"
#include "core/incident_text.hpp"

namespace gochron::actors {
namespace {

audit_action action_of(incident_verb x) {
  constexpr audit_action all[] = {audit_action::acknowledge, audit_action::resolve, audit_action::unacknowledge,
                                  audit_action::escalate,    audit_action::reopen,  audit_action::snooze,
                                  audit_action::merge,       audit_action::update,  audit_action::reassign};
  return all[static_cast<std::size_t>(x)];
}

// Whether the incident is already as this would make it.
bool changes_nothing(const handle_incident& x, const incident& now) {
  bool awake = !now.snoozed_until;
  return (x.verb == incident_verb::acknowledge && now.state == incident_state::acknowledged && awake) ||
         (x.verb == incident_verb::unacknowledge && now.state == incident_state::triggered && awake) ||
         (x.verb == incident_verb::snooze && now.snoozed_until == x.until) ||
         (x.verb == incident_verb::change && x.title.value_or(now.title) == now.title &&
          x.severity.value_or(now.severity) == now.severity);
}

const std::shared_ptr<const escalation_policy_record>* policy_of(const handle_incident& x,
                                                                 const core::alert_book& book) {
  auto it = std::ranges::find_if(book.policies, [&](const auto& p) { return x.policy && p->id == *x.policy; });
  return it == book.policies.end() ? nullptr : &*it;
}

// To whom it is handed.
std::string named(const handle_incident& x, const core::alert_book& book) {
  if (const auto* policy = policy_of(x, book))
    return "the escalation policy " + (*policy)->spec.name;
  std::string all;
  for (const auto& user : x.users)
    all += (all.empty() ? "" : ", ") + user.name;
  return all;
}

// The escalation as it goes on, or why it cannot.
result<escalation> handed_on(const handle_incident& x, const incident& now, const core::alert_book& book,
                             const turn_taker& next_turn, timestamp at) {
  if (x.policy) {
    const auto* policy = policy_of(x, book);
    if (!policy)
      return fail({errc::invalid,
                   "The request body is not valid.",
                   {{"/escalation_policy_id", "unknown_id", "No such id."}},
                   {},
                   {}});
    auto before = std::ranges::find(now.escalations, *x.policy, &escalation::policy);
    return core::reassigned(before == now.escalations.end() ? nullptr : &*before, *policy, now, next_turn(*x.policy),
                            at);
  }
  const auto* row = core::to_hand_over(now);
  if (!row)
    return fail(errc::conflict, "The incident has no escalation: reassign it to an escalation policy.");
  return core::handed_to(*row, x.users, core::find_policy(book, row->policy), at);
}

incident changed(const handle_incident& x, incident y) {
  y.title = x.title.value_or(y.title);
  y.severity = x.severity.value_or(y.severity);
  return y;
}

const escalation* find_escalation(const incident& of, const escalation_id& id) {
  auto it = std::ranges::find(of.escalations, id, &escalation::id);
  return it == of.escalations.end() ? nullptr : &*it;
}

// The escalations that it moves on; none where they have moved since.
result<std::vector<escalation>> moved_rows(const handle_incident& x, const incident& now, const core::alert_book& book,
                                           const turn_taker& next_turn, timestamp at) {
  std::vector<escalation> rows;
  if (x.verb == incident_verb::reassign) {
    auto row = handed_on(x, now, book, next_turn, at);
    if (!row)
      return fail(row.error());
    rows.push_back(std::move(*row));
  }
  if (x.verb != incident_verb::escalate)
    return rows;
  if (std::ranges::none_of(now.escalations, [at](auto& e) { return core::hurried(e, {}, at).has_value(); }))
    return fail(errc::conflict, "No escalation of this incident has a further step.");
  for (const auto& e : now.escalations)
    if (auto moved = core::hurried(e, x.as_of, at))
      rows.push_back(std::move(*moved));
  return rows;
}

} // namespace

void monitor_state::on(const handle_incident& x) {
  if (editing && !lane.refuses())
    return behind_the_edit(x);
  if (x.verb == incident_verb::reopen)
    return reopen(x);
  const auto* before = open.find(x.id);
  if (!before)
    return x.reply(fail(errc::conflict, "The incident is already resolved."));
  if (changes_nothing(x, *before))
    return x.reply(*before);
  auto rows = moved_rows(x, *before, *deps->alerts.of(record->org), turns(), now());
  if (!rows)
    return x.reply(fail(rows.error()));
  if (x.verb == incident_verb::escalate && rows->empty())
    return x.reply(*before); // it has moved since
  if (lane.refuses())
    return x.reply(not_taken());
  if (x.by.dry)
    return x.reply(*before);
  if (x.verb == incident_verb::merge)
    return lane.push([this, x] { write_merge(x); }, give_up(x.reply));
  write_handling(x, *before, *rows);
}

// The one exception to memory being ahead: another monitor's incident has a say. It is written while that one is open,
// and only then is it so here; meanwhile all that may change this monitor waits, as for an edit.
void monitor_state::write_merge(const handle_incident& x) {
  const auto* before = open.find(x.id);
  if (gone || !before) {
    x.reply(gone ? no_longer<handle_incident>() : fail(errc::conflict, "The incident is already resolved."));
    return lane.done();
  }
  catch_up();
  auto unchanged = runtime;
  auto step = handling_step(x, *before, {});
  editing = merging = true;
  auto done = [this, x, step, unchanged](status s) {
    editing = merging = false;
    if (s) {
      for (const auto& merged : step.incidents)
        open.put(merged);
      note_hushed();
      committed(step);
      x.reply(step.incidents.back());
    } else {
      runtime = unchanged;
      x.reply(fail(s.error()));
    }
    look_at_windows();
    announce();
    lane.done();
  };
  deps->monitors.commit_if_open(step, x.into->id, reply_to<void>{later(std::move(done))});
}

void monitor_state::write_handling(const handle_incident& x, const incident& before,
                                   const std::vector<escalation>& rows) {
  auto step = handling_step(x, before, rows);
  auto after = step.incidents.back();
  take(std::move(step));
  // Behind the commit in the lane: the answer is given when the step is durable.
  answer_in_turn<handle_incident>(x.reply, result<incident>{std::move(after)});
}

transition monitor_state::handling_step(const handle_incident& x, const incident& before,
                                        const std::vector<escalation>& rows) {
  keep_shown();
  ++runtime.sequence;
  bool ends = x.verb == incident_verb::resolve || x.verb == incident_verb::merge;
  if (ends && runtime.open_incident == x.id)
    runtime.open_incident.reset();
  auto from = settle(open.all().size() - (ends ? 1 : 0), nullptr, now());
  auto c = context();
  c.by = core::said(x.by.origin());
  auto step = begin_step(c);
  if (from)
    add_status_change(step, c, *from, c.now);
  switch (x.verb) {
  case incident_verb::acknowledge:
    add_acknowledged(step, c, before, x.by.who(), x.note);
    break;
  case incident_verb::resolve:
    add_resolved(step, c, before, x.by.who(), x.note, std::nullopt, nullptr);
    break;
  case incident_verb::unacknowledge:
    add_unacknowledged(step, c, before, x.by.who(), x.note);
    break;
  case incident_verb::escalate:
    add_hurried(step, c, before, rows, x.by.who(), x.note);
    break;
  case incident_verb::reassign:
    add_reassigned(step, c, before, rows.front(), named(x, *c.alerts), x.by.who(), x.note);
    break;
  case incident_verb::snooze:
    add_snoozed(step, c, before, *x.until, x.by.who(), x.note);
    break;
  case incident_verb::merge:
    add_merged(step, c, before, *x.into, x.by.who(), x.note);
    break;
  case incident_verb::change:
    add_changed(step, c, before, changed(x, before), x.by.who());
    break;
  case incident_verb::reopen: // reopen() does that
    break;
  }
  auto after = step.incidents.back();
  step.note = std::make_shared<const write_note>(
      x.by.note(core::entry_of(x.by.origin(), action_of(x.verb), c.now, &before, &after), &after));
  put_in_order(step.timeline);
  return step;
}

turn_taker monitor_state::turns() const {
  return [all = &deps->turns](policy_id of) { return all->next(of); };
}

// Whether its rule may not tell now, or the monitor is muted or in maintenance, or something explains the failure.
bool monitor_state::is_muted(const escalation& x) const {
  auto rule = x.rule ? deps->alerts.rule(record->org, *x.rule) : std::nullopt;
  const auto* of = open.find(x.incident);
  auto hold = of ? held_by_parents(of->started_at) : std::nullopt;
  auto t = now();
  return maintenance(t).quiet || !core::may_tell(rule ? rule->spec : alert_rule_spec{}, record->spec, t) ||
         (hold && hold->why == core::hold_reason::parent_failing);
}

// The row here is the one that counts: what was decided on an older one is refused, with the row as it is.
void monitor_state::on(const escalate_incident& x) {
  if (editing && !lane.refuses())
    return behind_the_edit(x);
  const auto& wanted = x.move->after;
  const auto* of = open.find(wanted.incident);
  const auto* mine = of ? find_escalation(*of, wanted.id) : nullptr;
  auto refuse = [&](std::optional<escalation> now) {
    answer_in_turn<escalate_incident>(x.reply, result<escalation_answer>{escalation_answer{false, std::move(now)}});
  };
  if (!mine)
    return refuse(std::nullopt);
  if (mine->version + 1 != wanted.version || is_muted(*mine))
    return refuse(*mine); // of a muted one the policy asks again
  if (lane.refuses())
    return x.reply(not_taken());
  keep_shown();
  ++runtime.sequence;
  auto c = context();
  auto step = begin_step(c);
  add_move(step, c, *of, *x.move);
  auto after = *find_escalation(step.incidents.back(), wanted.id);
  take(std::move(step));
  answer_in_turn<escalate_incident>(x.reply, result<escalation_answer>{escalation_answer{true, after}});
}

// The monitor is not watched any longer, for whatever reason: so nothing of it goes on.
void monitor_state::resolve_all(transition& step, const step_context& c, const actor_name& who, const char* why) const {
  for (const auto& x : open.all())
    add_resolved(step, c, x, who, why, std::nullopt, nullptr);
}

} // namespace gochron::actors
