#include "actors/step_parts.hpp"

#include <algorithm>

#include "core/active_hours.hpp"
#include "core/alert_grouping.hpp"
#include "core/alert_matching.hpp"
#include "core/escalation.hpp"
#include "core/event_body.hpp"
#include "core/incident_text.hpp"
#include "core/opening_record.hpp"

namespace gochron::actors {
namespace step_parts {

timeline_entry line(const step_context& c, const incident& of, timeline_kind kind, const actor_name& who,
                    std::string message) {
  timeline_entry x;
  x.id = timeline_id::make(c.now);
  x.incident = of.id;
  x.org = of.org;
  x.at = c.now;
  x.kind = kind;
  x.actor = who;
  x.message = std::move(message);
  return x;
}

const std::string& voice(const step_context& c, const actor_name& who) {
  return c.by.empty() ? who : c.by;
}

bool keeps_apart(const step_context& c, const channel_id& channel) {
  auto at = std::ranges::find(c.alerts->channels, channel, &core::channel_brief::id);
  return at != c.alerts->channels.end() && !at->groups;
}

// What the target's rule groups waits for others.
void let_wait(delivery& d, const step_context& c, const incident* about) {
  const auto* rule = d.rule && about ? core::find_rule(*c.alerts, *d.rule) : nullptr;
  if (!rule || keeps_apart(c, d.channel))
    return;
  d.group = core::group_of(*rule, *about, c.monitor.spec, d.event.type);
  if (!d.group.empty())
    d.next_attempt_at = c.now + rule->spec.grouping->wait;
}

void owe(transition& step, const step_context& c, event e, const std::vector<core::alert_target>& targets,
         const incident* about) {
  for (auto& t : targets) {
    delivery d;
    d.id = delivery_id::make(c.now);
    d.org = e.org;
    d.channel = t.channel;
    d.rule = t.rule;
    if (auto to = std::ranges::find(c.alerts->channels, t.channel, &core::channel_brief::id);
        to != c.alerts->channels.end())
      d.user = to->user;
    d.event = e;
    d.created_at = c.now;
    d.next_attempt_at = c.now;
    let_wait(d, c, about);
    step.deliveries.push_back(std::move(d));
  }
  step.events.push_back(std::move(e));
}

core::occurrence occurrence_of(const step_context& c, event_type type, std::optional<rule_id> rule) {
  return {
      type, c.monitor.id, c.monitor.spec, c.now, rule, c.facts, c.quiet ? std::optional{c.quiet->to} : std::nullopt};
}

// The event of this step and one delivery for each of `targets`; `x` takes the next sequence.
void tell(transition& step, const step_context& c, incident& x, event_type type,
          const std::vector<core::alert_target>& targets, const check_result* evidence,
          const std::vector<paged_user>* paged) {
  event e;
  e.id = event_id::make(c.now);
  e.org = x.org;
  e.type = type;
  e.incident = x.id;
  e.sequence = ++x.sequence;
  e.at = c.now;
  e.body = std::make_shared<const std::string>(
      core::render_event(e, x, c.monitor, c.runtime, evidence, c.base_url, paged, c.by));
  owe(step, c, std::move(e), targets, &x);
}

std::vector<core::alert_target> targets_of(const step_context& c, const incident& x, event_type type) {
  return core::targets_of(*c.alerts, occurrence_of(c, type, x.rule), {x.told, x.hushed});
}

// To whom the rules say.
void tell(transition& step, const step_context& c, incident& x, event_type type, const check_result* evidence) {
  tell(step, c, x, type, targets_of(c, x, type), evidence);
}

// They are owed the resolve.
void remember(incident& x, const std::vector<core::alert_target>& told) {
  for (const auto& t : told)
    if (std::ranges::find(x.told, t.channel) == x.told.end())
      x.told.push_back(t.channel);
}

void tell_opened(transition& step, const step_context& c, incident& x, const std::vector<core::alert_target>& targets,
                 const check_result* evidence) {
  remember(x, targets);
  tell(step, c, x, event_type::incident_opened, targets, evidence);
}

// A step of a policy: its channels, and those that the rules say.
void page(transition& step, const step_context& c, incident& x, const std::vector<channel_id>& channels,
          const std::vector<paged_user>& people) {
  auto targets = targets_of(c, x, event_type::incident_escalated);
  std::vector<core::alert_target> paged;
  for (const auto& channel : channels)
    paged.push_back({channel, std::nullopt});
  remember(x, paged);
  for (const auto& t : paged)
    if (std::ranges::find(targets, t.channel, &core::alert_target::channel) == targets.end())
      targets.push_back(t);
  tell(step, c, x, event_type::incident_escalated, targets, nullptr, people.empty() ? nullptr : &people);
}

std::string why_hushed(const step_context& c, const incident& x, const alert_rule_record& rule) {
  if (!core::meets(*c.alerts, rule, occurrence_of(c, event_type::incident_opened, x.rule)))
    return core::unmet_message(
        rule.spec.name, core::spell(rule.spec.conditions),
        core::spell_facts(rule.spec.conditions, c.monitor.spec, c.facts ? *c.facts : core::condition_facts{}));
  if (c.quiet)
    return core::maintenance_message(rule.spec.name, *c.quiet);
  return core::muted_message(rule.spec.name, core::may_tell_at(rule.spec, c.monitor.spec, c.now));
}

// For whoever asks later why somebody was told, or was not.
void keep_seen(const step_context& c, incident& x) {
  core::opening_record seen;
  if (c.facts)
    seen.facts = *c.facts;
  seen.type = c.monitor.spec.type();
  seen.tags = c.monitor.spec.tags;
  seen.muted_until = c.monitor.spec.muted_until;
  seen.maintenance = c.quiet;
  x.seen = core::to_text(seen);
}

void keep_hold(incident& x, const core::opening_hold& why) {
  if (auto seen = core::opening_record_of(x.seen)) {
    seen->hold = why;
    x.seen = core::to_text(*seen);
  }
}

// The rules that may not tell of the opening yet, a line each.
void hush(transition& step, const step_context& c, incident& x) {
  keep_seen(c, x);
  x.hushed = core::hushed_rules(*c.alerts, occurrence_of(c, event_type::incident_opened, x.rule));
  for (const auto& rule : c.alerts->rules)
    if (std::ranges::find(x.hushed, rule.id) != x.hushed.end()) {
      auto entry = line(c, x, timeline_kind::muted, "system", why_hushed(c, x, rule));
      entry.rule = rule.id;
      step.timeline.push_back(std::move(entry));
    }
}

// No rule may tell of the opening yet. Where none would, there is nothing to hold back.
void hold_back(transition& step, const step_context& c, incident& x, const core::opening_hold& why) {
  auto held = core::matching_rules(*c.alerts, occurrence_of(c, event_type::incident_opened, x.rule));
  if (held.empty())
    return;
  for (const auto& rule : held)
    if (std::ranges::find(x.hushed, rule) == x.hushed.end())
      x.hushed.push_back(rule);
  if (why.why == core::hold_reason::parent_failing)
    x.suppressed_by = why.parent;
  keep_hold(x, why);
  step.timeline.push_back(line(c, x, timeline_kind::held, "system", core::held_message(why)));
}

// Of the rules that may tell, all but those in `without`, a policy each. One that climbs already is not begun again,
// one that had ended is; and of an incident that somebody has taken it waits as if it had been begun before.
void begin_escalations(const step_context& c, incident& x, timestamp from, const turn_taker& next_turn,
                       const std::vector<rule_id>& without) {
  auto opening = occurrence_of(c, event_type::incident_opened, x.rule);
  for (const auto& with : core::policies_of(*c.alerts, opening, without)) {
    auto before = std::ranges::find(x.escalations, with.policy->id, &escalation::policy);
    if (before != x.escalations.end() && before->state != escalation_state::ended)
      continue;
    auto turn = next_turn(with.policy->id);
    auto row = before == x.escalations.end() ? core::begin_escalation(with, x, turn, from)
                                             : core::begun_again(*before, with, x, turn, from);
    if (x.snoozed_until)
      row = core::at_rest(std::move(row), c.now);
    else if (x.state == incident_state::acknowledged)
      row = core::acknowledged(std::move(row), &with.policy->spec, c.now);
    before == x.escalations.end() ? x.escalations.push_back(std::move(row)) : void(*before = std::move(row));
  }
}

void follow_severity(incident& x) {
  for (auto& e : x.escalations)
    e = core::with_urgency(std::move(e), core::urgency_of(x.severity));
}

escalation* find(incident& x, const escalation_id& id) {
  auto it = std::ranges::find(x.escalations, id, &escalation::id);
  return it == x.escalations.end() ? nullptr : &*it;
}

void open(transition& step, const step_context& c, incident x, const check_result* evidence,
          const turn_taker& next_turn, const std::optional<core::opening_hold>& hold) {
  x.severity = core::severity_of(*c.alerts, occurrence_of(c, event_type::incident_opened, x.rule));
  step.timeline.push_back(line(c, x, timeline_kind::opened, "system", core::opened_message(x)));
  hush(step, c, x);
  if (hold)
    hold_back(step, c, x, *hold);
  begin_escalations(c, x, x.opened_at, next_turn, x.hushed);
  tell_opened(step, c, x, targets_of(c, x, event_type::incident_opened), evidence);
  step.incidents.push_back(std::move(x));
}

// Nobody has it, and it is not snoozed.
void set_triggered(incident& x) {
  x.state = incident_state::triggered;
  x.acknowledged_at.reset();
  x.acknowledged_by.clear();
  x.snoozed_until.reset();
}

void take_back(const step_context& c, incident& x) {
  set_triggered(x);
  for (auto& e : x.escalations)
    e = core::unacknowledged(std::move(e), c.now);
}

void wake(transition& step, const step_context& c, incident& x) {
  bool slept = x.state == incident_state::acknowledged || x.snoozed_until;
  set_triggered(x);
  for (auto& e : x.escalations)
    e = core::left_behind(std::move(e), c.now);
  if (slept)
    tell(step, c, x, event_type::incident_unacknowledged, nullptr);
}

// Where it stands still it is taken up again first: the policy's time-out counts for whoever takes it now.
escalation taken(const step_context& c, const incident& of, escalation x) {
  if (of.snoozed_until)
    x = core::unacknowledged(std::move(x), c.now);
  return core::acknowledged(std::move(x), core::find_policy(*c.alerts, x.policy), c.now);
}

} // namespace step_parts

using namespace step_parts;

transition begin_step(const step_context& c) {
  transition step;
  step.org = c.monitor.org;
  step.monitor = c.monitor.id;
  step.runtime = c.runtime;
  return step;
}

void put_in_order(std::vector<timeline_entry>& lines) {
  std::vector<timeline_id> ids;
  for (const auto& x : lines)
    ids.push_back(x.id);
  std::ranges::sort(ids);
  for (std::size_t i = 0; i < ids.size(); ++i)
    lines[i].id = ids[i];
}

void add_status_change(transition& step, const step_context& c, monitor_status from, timestamp at) {
  status_change x;
  x.monitor = c.monitor.id;
  x.org = c.monitor.org;
  x.at = at;
  x.decided_at = c.now;
  x.from = from;
  x.to = c.runtime.state.status;
  x.cause = c.runtime.cause;
  x.incident = c.runtime.open_incident;
  step.change = std::move(x);
}

void add_opened(transition& step, const step_context& c, std::int64_t number, timestamp started_at, timestamp opened_at,
                const check_result* evidence, const turn_taker& next_turn,
                const std::optional<core::opening_hold>& hold) {
  incident x;
  x.id = *c.runtime.open_incident;
  x.org = c.monitor.org;
  x.number = number;
  x.monitor = c.monitor.id;
  x.monitor_name = c.monitor.spec.name;
  x.cause = c.runtime.cause;
  x.title = core::incident_title(x.monitor_name, x.cause);
  x.started_at = started_at;
  x.opened_at = opened_at;
  open(step, c, std::move(x), evidence, next_turn, hold);
}

void add_rule_opened(transition& step, const step_context& c, std::int64_t number, incident_id id,
                     const alert_rule_record& rule, timestamp at, const std::string& because,
                     const check_result* evidence, const turn_taker& next_turn,
                     const std::optional<core::opening_hold>& hold) {
  incident x;
  x.id = id;
  x.org = c.monitor.org;
  x.number = number;
  x.monitor = c.monitor.id;
  x.monitor_name = c.monitor.spec.name;
  x.rule = rule.id;
  x.cause = {reason::rule_condition, because + "."};
  x.title = core::rule_incident_title(x.monitor_name, rule.spec.name);
  x.started_at = at;
  x.opened_at = c.now;
  open(step, c, std::move(x), evidence, next_turn, hold);
  for (auto& entry : step.timeline)
    if (entry.incident == id && entry.kind == timeline_kind::opened)
      entry.rule = rule.id;
}

void add_repeated(transition& step, const step_context& c, incident x, const std::vector<rule_id>& by) {
  std::vector<core::alert_target> targets;
  for (const auto& t : targets_of(c, x, event_type::incident_opened))
    if (t.rule && std::ranges::find(by, *t.rule) != by.end())
      targets.push_back(t);
  if (!targets.empty())
    tell_opened(step, c, x, targets, nullptr);
  step.incidents.push_back(std::move(x));
}

void add_acknowledged(transition& step, const step_context& c, incident x, const actor_name& who,
                      const std::string& note) {
  x.state = incident_state::acknowledged;
  x.acknowledged_at = c.now;
  x.acknowledged_by = who;
  for (auto& e : x.escalations)
    e = taken(c, x, std::move(e));
  x.snoozed_until.reset();
  step.timeline.push_back(
      line(c, x, timeline_kind::acknowledged, who, note.empty() ? core::acknowledged_message(voice(c, who)) : note));
  tell(step, c, x, event_type::incident_acknowledged, nullptr);
  step.incidents.push_back(std::move(x));
}

void add_resolved(transition& step, const step_context& c, incident x, const actor_name& who,
                  const std::string& message, std::optional<timestamp> recovered_at, const check_result* evidence) {
  x.state = incident_state::resolved;
  x.recovered_at = recovered_at;
  x.resolved_at = c.now;
  x.resolved_by = who;
  x.snoozed_until.reset();
  for (auto& e : x.escalations)
    e = core::ended(std::move(e), c.now);
  step.timeline.push_back(
      line(c, x, timeline_kind::resolved, who, message.empty() ? core::resolved_message(x, voice(c, who)) : message));
  tell(step, c, x, event_type::incident_resolved, evidence);
  step.incidents.push_back(std::move(x));
}

void add_announced(transition& step, const step_context& c, incident x, const core::overdue_alerts& due,
                   const turn_taker& next_turn) {
  auto without = due.hushed;
  for (const auto& rule : c.alerts->rules) // those that had no reason to wait have had their time
    if (std::ranges::find(x.hushed, rule.id) == x.hushed.end())
      without.push_back(rule.id);
  x.hushed = due.hushed;
  x.suppressed_by.reset();
  if (due.highest)
    x.severity = std::max(x.severity, *due.highest);
  follow_severity(x);
  begin_escalations(c, x, c.now, next_turn, without);
  if (!due.targets.empty())
    tell_opened(step, c, x, due.targets, nullptr);
  step.incidents.push_back(std::move(x));
}

void add_held(transition& step, const step_context& c, incident x, const core::opening_hold& why) {
  x.suppressed_by = why.parent;
  step.timeline.push_back(line(c, x, timeline_kind::held, "system", core::held_message(why)));
  step.incidents.push_back(std::move(x));
}

void add_unacknowledged(transition& step, const step_context& c, incident x, const actor_name& who,
                        const std::string& message) {
  take_back(c, x);
  step.timeline.push_back(line(c, x, timeline_kind::unacknowledged, who,
                               message.empty() ? core::unacknowledged_message(voice(c, who)) : message));
  tell(step, c, x, event_type::incident_unacknowledged, nullptr);
  step.incidents.push_back(std::move(x));
}

void add_move(transition& step, const step_context& c, incident x, const escalation_move& move) {
  if (move.unacknowledges) {
    add_unacknowledged(step, c, std::move(x), "system",
                       move.lines.empty() ? std::string{} : move.lines.front().message);
    step.timeline.back().policy = move.after.policy;
    return;
  }
  if (auto* row = find(x, move.after.id))
    *row = move.after;
  for (const auto& l : move.lines) {
    step.timeline.push_back(line(c, x, l.kind, "system", l.message));
    step.timeline.back().policy = move.after.policy;
    step.timeline.back().rule = move.after.rule;
  }
  if (!move.channels.empty())
    page(step, c, x, move.channels, move.people);
  step.incidents.push_back(std::move(x));
}

void add_hurried(transition& step, const step_context& c, incident x, const std::vector<escalation>& rows,
                 const actor_name& who, const std::string& note) {
  for (const auto& row : rows)
    if (auto* mine = find(x, row.id))
      *mine = row;
  step.timeline.push_back(
      line(c, x, timeline_kind::escalated, who, note.empty() ? core::hurried_message(voice(c, who)) : note));
  wake(step, c, x);
  step.incidents.push_back(std::move(x));
}

void add_expired(transition& step, const step_context& c) {
  event e;
  e.id = event_id::make(c.now);
  e.org = c.monitor.org;
  e.type = event_type::monitor_expired;
  e.at = c.now;
  e.body = std::make_shared<const std::string>(core::render_monitor_event(e, c.monitor, c.runtime, c.base_url));
  auto targets = core::targets_of(*c.alerts, occurrence_of(c, e.type));
  owe(step, c, std::move(e), targets, nullptr);
}

} // namespace gochron::actors
