#include "core/rule_match.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/active_hours.hpp"
#include "core/alert_matching.hpp"
#include "core/names.hpp"
#include "core/schema/time.hpp"

namespace gochron::core {
namespace {

void add(rule_match& to, match_obstacle code, std::string message) {
  to.reasons.push_back({code, std::move(message), {}, {}});
}

// With `any`, each term is in the way; with `all`, those that do not hold.
void check_conditions(rule_match& to, const alert_rule_spec& rule, const match_question& x) {
  compiled_conditions conditions{rule.conditions};
  if (conditions.met(x.monitor, x.facts))
    return;
  for (std::size_t i = 0; i < rule.conditions.terms.size(); ++i) {
    const auto& term = rule.conditions.terms[i];
    if (!conditions.holds(i, x.monitor, x.facts))
      to.reasons.push_back({match_obstacle::condition_false,
                            fmt::format("{}: {}.", spell(term), spell_fact(term.field, x.monitor, x.facts)),
                            static_cast<std::int64_t>(i),
                            {}});
  }
}

std::string until(std::string_view what, timestamp at) {
  return fmt::format("{} until {}.", what, to_rfc3339(at));
}

void check_quiet(rule_match& to, const alert_rule_spec& rule, const match_question& x) {
  if (x.maintenance)
    to.reasons.push_back(
        {match_obstacle::maintenance,
         until(fmt::format("Maintenance window {} is in force", x.maintenance->name), x.maintenance->to),
         {},
         x.maintenance->to});
  if (rule.muted_until && *rule.muted_until > x.at)
    to.reasons.push_back({match_obstacle::muted, until("The rule is muted", *rule.muted_until), {}, rule.muted_until});
  if (x.monitor.muted_until && *x.monitor.muted_until > x.at)
    to.reasons.push_back({match_obstacle::muted,
                          until("The monitor is muted", *x.monitor.muted_until),
                          {},
                          std::optional{*x.monitor.muted_until}});
  auto active = next_active(rule.active_hours, x.at);
  if (active != x.at)
    to.reasons.push_back({match_obstacle::outside_hours,
                          active ? until("It is outside of the rule's hours", *active)
                                 : std::string{"The rule has no hours in the years to come."},
                          {},
                          active});
}

} // namespace

rule_match match(const alert_rule_record& rule, const match_question& x) {
  const auto& spec = rule.spec;
  rule_match out;
  out.rule = rule.id;
  out.name = spec.name;
  out.channel_ids = spec.channel_ids;
  out.policy = spec.escalation_policy_id;
  if (!spec.enabled)
    add(out, match_obstacle::disabled, "The rule is disabled.");
  bool of_it = x.opened_by ? rule.id == *x.opened_by : spec.trigger == rule_trigger::incident;
  if (!of_it)
    add(out, match_obstacle::other_trigger,
        x.opened_by ? "Another rule opened this incident: it alone tells of it."
                    : "The rule opens incidents of its own (trigger `check`).");
  if (!concerns(spec, x.id, x.monitor))
    add(out, match_obstacle::not_concerned, "The rule is not about this monitor.");
  if (!listens(spec.events, x.event))
    add(out, match_obstacle::event_not_listened_to, fmt::format("The rule does not listen to {}.", name_of(x.event)));
  if (!x.opened_by)
    check_conditions(out, spec, x);
  check_quiet(out, spec, x);
  out.matches = out.reasons.empty();
  return out;
}

} // namespace gochron::core
