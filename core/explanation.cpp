#include "core/explanation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/active_hours.hpp"
#include "core/alert_matching.hpp"
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

bool was_told(const explanation_input& x, const channel_id& channel) {
  return std::ranges::any_of(x.deliveries, [&](const delivery& d) {
    return d.channel == channel &&
           (d.event.type == event_type::incident_opened || d.event.type == event_type::incident_reopened);
  });
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

struct verdict_in_words {
  rule_outcome outcome;
  std::string detail;
};

verdict_in_words quiet(const explanation_input& x, const alert_rule_spec& rule) {
  auto opened = x.about.opened_at;
  auto shown = [](timestamp t) { return to_rfc3339(t); };
  if (rule.muted_until && *rule.muted_until > opened)
    return {rule_outcome::muted, fmt::format("The rule is muted until {}.", shown(*rule.muted_until))};
  if (x.monitor->muted_until && *x.monitor->muted_until > opened)
    return {rule_outcome::muted, fmt::format("The monitor is muted until {}.", shown(*x.monitor->muted_until))};
  return {rule_outcome::outside_hours, "It opened outside of the rule's hours."};
}

verdict_in_words judge(const explanation_input& x, const alert_rule_spec& rule) {
  if (!rule.enabled)
    return {rule_outcome::disabled, "The rule is disabled."};
  if (!x.monitor)
    return {rule_outcome::monitor_gone, "The monitor was deleted: what its tags were is not known any more."};
  if (!concerns(rule, x.about.monitor, *x.monitor))
    return {rule_outcome::other_monitors, "The rule is about other monitors."};
  if (!contains(rule.events, event_type::incident_opened))
    return {rule_outcome::other_events, "The rule does not listen to incident.opened."};
  if (!may_tell(rule, *x.monitor, x.about.opened_at))
    return quiet(x, rule);
  if (rule.channel_ids.empty() && !rule.escalation_policy_id)
    return {rule_outcome::tells_nobody, "The rule names neither channels nor an escalation policy."};
  return {rule_outcome::tells, "The rule tells of it."};
}

explained_rule explain_rule(const explanation_input& x, const alert_rule_record& rule) {
  explained_rule to;
  to.id = rule.id;
  to.name = rule.spec.name;
  auto judged = judge(x, rule.spec);
  to.outcome = judged.outcome;
  to.detail = std::move(judged.detail);
  to.waiting = contains(x.about.hushed, rule.id);
  for (const auto& id : rule.spec.channel_ids) {
    const auto* channel = find_by_id(x.channels, id);
    to.channels.push_back({id, channel ? channel->spec.name : std::string{}, outcome_of(x, id)});
  }
  to.policy = rule.spec.escalation_policy_id;
  to.escalates = std::ranges::any_of(x.about.escalations, [&](const escalation& e) { return e.rule == rule.id; });
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

} // namespace

explanation explain(const explanation_input& x) {
  explanation to;
  to.incident = x.about.id;
  to.at = x.at;
  to.monitor_exists = x.monitor.has_value();
  for (const auto& rule : x.rules)
    to.rules.push_back(explain_rule(x, rule));
  for (const auto& row : x.about.escalations)
    to.escalations.push_back(explain_escalation(x, row));
  to.deliveries = x.deliveries;
  to.truncated = x.truncated;
  return to;
}

} // namespace gochron::core
