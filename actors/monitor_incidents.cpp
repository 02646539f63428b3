#include <algorithm>

#include "actors/incident_steps.hpp"
#include "actors/monitor.hpp"
#include "core/active_hours.hpp"
#include "core/audit_entries.hpp"
#include "core/escalation.hpp"

namespace gochron::actors {
namespace {

audit_action action_of(incident_verb x) {
  constexpr audit_action all[] = {audit_action::acknowledge, audit_action::resolve, audit_action::unacknowledge,
                                  audit_action::escalate};
  return all[static_cast<std::size_t>(x)];
}

// Whether the incident is already as this would make it.
bool changes_nothing(const handle_incident& x, const incident& now) {
  return (x.verb == incident_verb::acknowledge && now.state == incident_state::acknowledged) ||
         (x.verb == incident_verb::unacknowledge && now.state == incident_state::triggered);
}

bool has_running(const incident& x) {
  return std::ranges::any_of(x.escalations, [](auto& e) { return e.state == escalation_state::running; });
}

std::vector<escalation> hurried_rows(const handle_incident& x, const incident& now, timestamp at) {
  std::vector<escalation> rows;
  for (const auto& e : now.escalations)
    if (auto moved = core::hurried(e, x.as_of, at))
      rows.push_back(std::move(*moved));
  return rows;
}

} // namespace

void monitor_state::on(const handle_incident& x) {
  if (editing && !lane.refuses())
    return behind_the_edit(x);
  if (!open || open->id != x.id)
    return x.reply(fail(errc::conflict, "The incident is already resolved."));
  if (changes_nothing(x, *open))
    return x.reply(*open);
  if (x.verb == incident_verb::escalate && !has_running(*open))
    return x.reply(fail(errc::conflict, open->state == incident_state::acknowledged
                                            ? "The incident is acknowledged: take that back first."
                                            : "No escalation of this incident is running."));
  auto hurried = x.verb == incident_verb::escalate ? hurried_rows(x, *open, now()) : std::vector<escalation>{};
  if (x.verb == incident_verb::escalate && hurried.empty())
    return x.reply(*open); // it has moved since
  if (lane.refuses())
    return x.reply(not_taken());
  if (x.by.dry)
    return x.reply(*open);
  write_handling(x, hurried);
}

void monitor_state::write_handling(const handle_incident& x, const std::vector<escalation>& hurried) {
  keep_shown();
  ++runtime.sequence;
  if (x.verb == incident_verb::resolve)
    runtime.open_incident.reset();
  auto c = context();
  auto step = begin_step(c);
  switch (x.verb) {
  case incident_verb::acknowledge:
    add_acknowledged(step, c, *open, x.by.who(), x.note);
    break;
  case incident_verb::resolve:
    add_resolved(step, c, *open, x.by.who(), x.note, std::nullopt, nullptr);
    break;
  case incident_verb::unacknowledge:
    add_unacknowledged(step, c, *open, x.by.who(), x.note);
    break;
  case incident_verb::escalate:
    add_hurried(step, c, *open, hurried, x.by.who(), x.note);
    break;
  }
  auto after = *step.incident;
  const incident& before = *open;
  step.note = std::make_shared<const write_note>(
      x.by.note(core::entry_of(x.by.origin(), action_of(x.verb), c.now, &before, &after), &after));
  take(std::move(step));
  // Behind the commit in the lane: the answer is given when the step is durable.
  answer_in_turn<handle_incident>(x.reply, result<incident>{std::move(after)});
}

turn_taker monitor_state::turns() const {
  return [all = &deps->turns](policy_id of) { return all->next(of); };
}

// Whether its rule may not tell now, or the monitor is muted.
bool monitor_state::is_muted(const escalation& x) const {
  auto rule = x.rule ? deps->alerts.rule(record->org, *x.rule) : std::nullopt;
  return !core::may_tell(rule ? rule->spec : alert_rule_spec{}, record->spec, now());
}

// The row here is the one that counts: what was decided on an older one is refused, with the row as it is.
void monitor_state::on(const escalate_incident& x) {
  if (editing && !lane.refuses())
    return behind_the_edit(x);
  const auto& wanted = x.move->after;
  auto* rows = open && open->id == wanted.incident ? &open->escalations : nullptr;
  auto mine = rows ? std::ranges::find(*rows, wanted.id, &escalation::id) : std::vector<escalation>::iterator{};
  if (!rows || mine == rows->end())
    return x.reply(escalation_answer{false, std::nullopt});
  if (mine->version + 1 != wanted.version || is_muted(*mine))
    return x.reply(escalation_answer{false, *mine}); // of a muted one the policy asks again
  if (lane.refuses())
    return x.reply(not_taken());
  keep_shown();
  ++runtime.sequence;
  auto c = context();
  auto step = begin_step(c);
  add_move(step, c, *open, *x.move);
  auto after = *std::ranges::find(step.incident->escalations, wanted.id, &escalation::id);
  take(std::move(step));
  answer_in_turn<escalate_incident>(x.reply, result<escalation_answer>{escalation_answer{true, after}});
}

} // namespace gochron::actors
