#include "core/explanation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/alert_matching.hpp"
#include "core/paging.hpp"
#include "core/schema/time.hpp"

namespace gochron::core {
namespace {

template <class T, class Id>
const T* find_by_id(const std::vector<T>& all, const Id& id) {
  auto it = std::ranges::find(all, id, &T::id);
  return it == all.end() ? nullptr : &*it;
}

template <class T>
bool contains(const std::vector<T>& xs, const T& x) {
  return std::ranges::find(xs, x) != xs.end();
}

bool tells_of_opening(const delivery& d) {
  return d.event.type == event_type::incident_opened || d.event.type == event_type::incident_reopened;
}

bool was_told(const explanation_input& x, const channel_id& channel) {
  return std::ranges::any_of(x.deliveries,
                             [&](const delivery& d) { return d.channel == channel && tells_of_opening(d); });
}

channel_outcome outcome_of(const explanation_input& x, const channel_id& id) {
  if (was_told(x, id))
    return channel_outcome::told;
  const auto* channel = find_by_id(x.channels, id);
  if (!channel)
    return channel_outcome::gone;
  auto brief = brief_of(*channel);
  if (!brief.enabled)
    return channel_outcome::disabled;
  if (!brief.events.empty() && !contains(brief.events, event_type::incident_opened))
    return channel_outcome::event_not_taken;
  return channel_outcome::not_told;
}

// What the rules are judged by: the monitor and the round as they were, where that is known.
struct judged_by {
  std::optional<opening_record> opening;
  std::optional<monitor_spec> monitor;
  condition_facts facts;
};

judged_by basis_of(const explanation_input& x) {
  judged_by by;
  by.opening = opening_record_of(x.about.seen);
  by.monitor = x.monitor;
  if (by.opening) {
    by.monitor = monitor_then(*by.opening, x.monitor ? &*x.monitor : nullptr);
    by.facts = by.opening->facts.value_or(condition_facts{});
  }
  return by;
}

std::vector<match_reason> reasons_of(const explanation_input& x, const judged_by& by, const alert_rule_record& rule) {
  match_question q{event_type::incident_opened, x.about.monitor, *by.monitor, x.about.opened_at, by.facts, {}};
  q.opened_by = x.about.rule;
  if (by.opening)
    q.maintenance = by.opening->maintenance;
  auto all = match(rule, q).reasons;
  if (!by.opening) // what was seen was not kept: nothing can be said of it
    std::erase_if(all, [](const match_reason& r) { return r.code == match_obstacle::condition_false; });
  return all;
}

rule_outcome outcome_of(match_obstacle x) {
  switch (x) {
  case match_obstacle::disabled:
    return rule_outcome::disabled;
  case match_obstacle::other_trigger:
    return rule_outcome::other_trigger;
  case match_obstacle::not_concerned:
    return rule_outcome::other_monitors;
  case match_obstacle::event_not_listened_to:
    return rule_outcome::other_events;
  case match_obstacle::condition_false:
    return rule_outcome::conditions_not_met;
  case match_obstacle::maintenance:
    return rule_outcome::maintenance;
  case match_obstacle::muted:
    return rule_outcome::muted;
  case match_obstacle::outside_hours:
    break;
  }
  return rule_outcome::outside_hours;
}

std::vector<explained_term> terms_of(const alert_rule_spec& rule, const judged_by& by) {
  std::vector<explained_term> all;
  compiled_conditions conditions{rule.conditions};
  for (std::size_t i = 0; i < rule.conditions.terms.size(); ++i) {
    const auto& term = rule.conditions.terms[i];
    explained_term to{spell(term), {}, term_verdict::unknown};
    if (by.monitor && by.opening) {
      to.seen = spell_fact(term.field, *by.monitor, by.facts);
      if (is_known(term.field, *by.monitor, by.facts))
        to.verdict = conditions.holds(i, *by.monitor, by.facts) ? term_verdict::holds : term_verdict::does_not_hold;
    } else
      to.seen = "what was seen then was not kept";
    all.push_back(std::move(to));
  }
  return all;
}

// What was written down of it: lines, messages, and what it still owes.
void add_recorded(explained_rule& to, const explanation_input& x) {
  to.waiting = contains(x.about.hushed, to.id);
  to.escalates = std::ranges::any_of(x.about.escalations, [&](const escalation& e) { return e.rule == to.id; });
  for (const auto& line : x.timeline)
    if (line.rule == to.id)
      to.recorded.push_back(line);
  for (const auto& d : x.deliveries) {
    if (d.rule != to.id || !tells_of_opening(d))
      continue;
    to.told_at = std::min(d.created_at, to.told_at.value_or(d.created_at));
    if (d.state == delivery_state::pending && d.attempts == 0 && !d.group.empty())
      to.grouped_until = d.next_attempt_at;
  }
}

std::string told_in_words(const explained_rule& x) {
  if (x.grouped_until)
    return fmt::format("The rule tells of it: its message waits for its group until {}.", to_rfc3339(*x.grouped_until));
  return "The rule tells of it.";
}

void judge(explained_rule& to, const explanation_input& x, const judged_by& by, const alert_rule_record& rule) {
  auto say = [&to](rule_outcome outcome, std::string detail) {
    to.outcome = outcome;
    to.detail = std::move(detail);
  };
  if (!by.monitor && rule.spec.enabled)
    return say(rule_outcome::monitor_gone, "The monitor was deleted: what its tags were is not known any more.");
  if (!by.monitor)
    return say(rule_outcome::disabled, "The rule is disabled.");
  to.reasons = reasons_of(x, by, rule);
  if (!to.reasons.empty())
    return say(outcome_of(to.reasons.front().code), to.reasons.front().message);
  bool held = to.waiting && by.opening && by.opening->hold;
  if (held)
    return say(rule_outcome::held, held_message(*by.opening->hold));
  if (rule.spec.channel_ids.empty() && !rule.spec.escalation_policy_id)
    return say(rule_outcome::tells_nobody, "The rule names neither channels nor an escalation policy.");
  say(rule_outcome::tells, told_in_words(to));
}

explained_rule explain_rule(const explanation_input& x, const judged_by& by, const alert_rule_record& rule) {
  explained_rule to;
  to.id = rule.id;
  to.name = rule.spec.name;
  to.edited_since = rule.updated_at > x.about.opened_at;
  add_recorded(to, x);
  judge(to, x, by, rule);
  to.conditions = terms_of(rule.spec, by);
  for (const auto& id : rule.spec.channel_ids) {
    const auto* channel = find_by_id(x.channels, id);
    to.channels.push_back({id, channel ? channel->spec.name : std::string{}, outcome_of(x, id)});
  }
  to.policy = rule.spec.escalation_policy_id;
  return to;
}

explained_escalation explain_escalation(const explanation_input& x, const escalation& row) {
  explained_escalation to{row, {}, {}};
  if (const auto* policy = find_by_id(x.policies, row.policy))
    to.policy_name = policy->spec.name;
  for (const auto& line : x.timeline)
    if (line.policy == row.policy)
      to.steps.push_back(line);
  return to;
}

explained_person explain_person(const explanation_input& x, const user_id& id) {
  explained_person to;
  to.id = id;
  if (const auto* user = find_by_id(x.users, id))
    to.name = user->name;
  to.hurry = urgency_of(x.about.severity);
  to.routes = routes_of(id, to.hurry, x.notification_rules, x.contact_methods);
  return to;
}

} // namespace

std::vector<user_id> users_of(const explanation_input& x) {
  std::vector<user_id> all;
  auto add = [&all](const user_id& id) {
    if (!contains(all, id))
      all.push_back(id);
  };
  for (const auto& d : x.deliveries)
    if (d.user)
      add(*d.user);
  for (const auto& e : x.about.escalations)
    for (const auto& page : e.pending)
      add(page.user);
  return all;
}

explanation explain(const explanation_input& x) {
  explanation to;
  to.incident = x.about.id;
  to.at = x.at;
  to.monitor_exists = x.monitor.has_value();
  to.suppressed_by = x.about.suppressed_by;
  auto by = basis_of(x);
  for (const auto& rule : x.rules)
    to.rules.push_back(explain_rule(x, by, rule));
  to.opening = std::move(by.opening);
  for (const auto& line : x.timeline)
    if (line.kind == timeline_kind::held)
      to.holds.push_back(line);
  for (const auto& id : users_of(x))
    to.people.push_back(explain_person(x, id));
  for (const auto& row : x.about.escalations)
    to.escalations.push_back(explain_escalation(x, row));
  to.deliveries = x.deliveries;
  to.truncated = x.truncated;
  return to;
}

} // namespace gochron::core
