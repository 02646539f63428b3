#include "core/alert_matching.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/active_hours.hpp"

namespace gochron::core {
namespace {

template <class T>
bool contains(const std::vector<T>& xs, const T& x) {
  return std::ranges::find(xs, x) != xs.end();
}

bool selects(const monitor_selector& selector, const monitor_spec& monitor) {
  return std::ranges::all_of(selector.tags, [&](const auto& tag) { return contains(monitor.tags, tag); }) &&
         (selector.types.empty() || contains(selector.types, monitor.type()));
}

// Whether the rule is about the incident at all.
bool is_of(const alert_rule_record& rule, const occurrence& x) {
  bool of_it = x.rule ? rule.id == *x.rule : rule.spec.trigger == rule_trigger::incident;
  return of_it && rule.spec.enabled && concerns(rule.spec, x.id, x.monitor);
}

// Maintenance puts off whatever the rule and the monitor say.
std::optional<timestamp> told_at(const alert_rule_spec& rule, const occurrence& x) {
  return may_tell_at(rule, x.monitor, std::max(x.at, x.quiet_until.value_or(x.at)));
}

bool is_told_now(const alert_rule_spec& rule, const occurrence& x) {
  return told_at(rule, x) == x.at;
}

bool matches(const alert_rule_record& rule, const occurrence& x) {
  return listens(rule.spec.events, x.event) && is_of(rule, x);
}

bool opens_incidents(const alert_rule_record& x) {
  return x.spec.enabled && x.spec.trigger == rule_trigger::check;
}

std::size_t count_checks(const alert_book& book) {
  return static_cast<std::size_t>(std::ranges::count_if(book.rules, opens_incidents));
}

const channel_brief* find(const alert_book& book, const channel_id& id) {
  auto at = std::ranges::find(book.channels, id, &channel_brief::id);
  return at == book.channels.end() ? nullptr : &*at;
}

bool takes(const channel_brief& x, event_type event) {
  return x.enabled && (x.events.empty() || listens(x.events, event)) &&
         (event != event_type::incident_resolved || x.send_resolved);
}

void add_once(std::vector<alert_target>& targets, const channel_id& channel, std::optional<rule_id> rule) {
  if (std::ranges::find(targets, channel, &alert_target::channel) == targets.end())
    targets.push_back({channel, rule});
}

void add_channels(std::vector<alert_target>& targets, const alert_book& book, const alert_rule_record& rule,
                  event_type event) {
  for (const auto& channel : rule.spec.channel_ids)
    if (const auto* x = find(book, channel); x && takes(*x, event))
      add_once(targets, channel, rule.id);
}

} // namespace

bool takes(const alert_book& book, const channel_id& id, event_type x) {
  const auto* channel = find(book, id);
  return channel && takes(*channel, x);
}

bool listens(const std::vector<event_type>& events, event_type x) {
  return contains(events, x) ||
         (x == event_type::incident_unacknowledged && contains(events, event_type::incident_acknowledged));
}

channel_brief brief_of(const channel_record& x) {
  auto type = x.spec.type();
  bool groups = type != channel_type::pagerduty && type != channel_type::opsgenie;
  bool proved = !x.spec.user || x.proof.verified_at;
  bool enabled = x.spec.enabled && proved && x.health.state != channel_state::disabled;
  return {x.id, enabled, x.spec.events, x.spec.send_resolved, groups, x.spec.user, type, x.spec.name};
}

void put_rule(alert_book& book, const alert_rule_record& x) {
  auto at = std::ranges::find(book.rules, x.id, &alert_rule_record::id);
  if (at != book.rules.end() && at->version > x.version)
    return; // the desk and an expiring monitor may both have changed it
  at == book.rules.end() ? book.rules.push_back(x) : void(*at = x);
  if (x.spec.conditions.terms.empty())
    book.conditions.erase(x.id);
  else if (auto& held = book.conditions[x.id]; !held || held->source() != x.spec.conditions)
    held = std::make_shared<const compiled_conditions>(x.spec.conditions);
  book.check_rules = count_checks(book);
}

void erase_rule(alert_book& book, const rule_id& id) {
  std::erase_if(book.rules, [&](const auto& x) { return x.id == id; });
  book.conditions.erase(id);
  book.check_rules = count_checks(book);
}

const alert_rule_record* find_rule(const alert_book& book, const rule_id& id) {
  auto at = std::ranges::find(book.rules, id, &alert_rule_record::id);
  return at == book.rules.end() ? nullptr : &*at;
}

conditions_ptr conditions_of(const alert_book& book, const alert_rule_record& rule) {
  static const auto none = std::make_shared<const compiled_conditions>(alert_conditions{});
  if (rule.spec.conditions.terms.empty())
    return none;
  auto at = book.conditions.find(rule.id);
  return at != book.conditions.end() ? at->second : std::make_shared<const compiled_conditions>(rule.spec.conditions);
}

bool meets(const alert_book& book, const alert_rule_record& rule, const occurrence& x) {
  if (x.rule || rule.spec.conditions.terms.empty())
    return true;
  return x.facts && conditions_of(book, rule)->met(x.monitor, *x.facts);
}

bool is_about(const std::vector<monitor_id>& ids, const monitor_selector& selector, const monitor_id& id,
              const monitor_spec& monitor) {
  auto has_selector = !selector.tags.empty() || !selector.types.empty();
  if (ids.empty() && !has_selector)
    return true;
  return contains(ids, id) || (has_selector && selects(selector, monitor));
}

bool concerns(const alert_rule_spec& rule, const monitor_id& id, const monitor_spec& monitor) {
  return is_about(rule.monitor_ids, rule.selector, id, monitor);
}

std::vector<rule_id> matching_rules(const alert_book& book, const occurrence& x) {
  std::vector<rule_id> ids;
  for (const auto& rule : book.rules)
    if (matches(rule, x))
      ids.push_back(rule.id);
  return ids;
}

std::vector<rule_id> hushed_rules(const alert_book& book, const occurrence& x) {
  std::vector<rule_id> ids;
  for (const auto& rule : book.rules) {
    bool waits = matches(rule, x) && !is_told_now(rule.spec, x);
    if (waits || (is_of(rule, x) && !meets(book, rule, x)))
      ids.push_back(rule.id);
  }
  return ids;
}

std::vector<alert_target> targets_of(const alert_book& book, const occurrence& x, const alert_debts& debts) {
  std::vector<alert_target> targets;
  for (const auto& rule : book.rules)
    if (matches(rule, x) && !contains(debts.hushed, rule.id) && is_told_now(rule.spec, x))
      add_channels(targets, book, rule, x.event);
  if (x.event == event_type::incident_resolved)
    for (const auto& channel : debts.told)
      if (const auto* to = find(book, channel); to && to->enabled && to->send_resolved)
        add_once(targets, channel, std::nullopt);
  return targets;
}

overdue_alerts overdue_of(const alert_book& book, const occurrence& opening, const alert_debts& debts) {
  overdue_alerts x;
  for (const auto& rule : book.rules) {
    if (!contains(debts.hushed, rule.id) || !is_of(rule, opening))
      continue;
    if (!meets(book, rule, opening)) {
      x.hushed.push_back(rule.id);
      auto left = opening.facts ? next_age(rule.spec.conditions, *opening.facts) : std::nullopt;
      if (left)
        x.next = std::min(opening.at + *left, x.next.value_or(opening.at + *left));
      continue;
    }
    if (!matches(rule, opening))
      continue; // it tells of what follows
    auto at = told_at(rule.spec, opening);
    if (at == opening.at) {
      add_channels(x.targets, book, rule, opening.event);
      x.highest = std::max(x.highest.value_or(severity::info), rule.spec.severity);
      continue;
    }
    x.hushed.push_back(rule.id);
    if (at)
      x.next = std::min(*at, x.next.value_or(*at));
  }
  std::erase_if(x.targets, [&](const alert_target& t) { return contains(debts.told, t.channel); });
  return x;
}

severity severity_of(const alert_book& book, const occurrence& opening) {
  std::optional<severity> met, any;
  for (const auto& rule : book.rules) {
    if (!matches(rule, opening))
      continue;
    any = std::max(any.value_or(severity::info), rule.spec.severity);
    if (meets(book, rule, opening))
      met = std::max(met.value_or(severity::info), rule.spec.severity);
  }
  return met.value_or(any.value_or(severity::critical));
}

std::vector<std::size_t> check_rules_of(const alert_book& book, const monitor_id& id, const monitor_spec& monitor) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < book.rules.size(); ++i)
    if (opens_incidents(book.rules[i]) && concerns(book.rules[i].spec, id, monitor))
      places.push_back(i);
  return places;
}

std::string why_over(const alert_rule_record* rule, const monitor_id& id, const monitor_spec& monitor) {
  if (!rule)
    return "The rule was deleted.";
  if (!rule->spec.enabled)
    return fmt::format("The rule {} was disabled.", rule->spec.name);
  if (rule->spec.trigger != rule_trigger::check)
    return fmt::format("The rule {} opens no incidents of its own any more.", rule->spec.name);
  if (!concerns(rule->spec, id, monitor))
    return fmt::format("The rule {} is not about this monitor any more.", rule->spec.name);
  return {};
}

alert_rule_record without(alert_rule_record rule, const monitor_id& gone, timestamp at) {
  std::erase(rule.spec.monitor_ids, gone);
  const auto& selector = rule.spec.selector;
  bool selects = !rule.spec.monitor_ids.empty() || !selector.tags.empty() || !selector.types.empty();
  rule.spec.enabled = rule.spec.enabled && selects;
  ++rule.version;
  rule.updated_at = at;
  return rule;
}

std::vector<alert_target> targets_of_window(const alert_book& book, event_type event, timestamp at) {
  std::vector<alert_target> targets;
  for (const auto& x : book.channels)
    if (!x.user && contains(x.events, event) && takes(x, event))
      targets.push_back({x.id, std::nullopt});
  static const monitor_spec any; // that is not muted
  for (const auto& rule : book.rules)
    if (rule.spec.enabled && contains(rule.spec.events, event) && may_tell(rule.spec, any, at))
      for (const auto& channel : rule.spec.channel_ids)
        if (const auto* x = find(book, channel); x && takes(*x, event))
          targets.push_back({channel, rule.id});
  return targets;
}

std::vector<alert_target> neighbours_of(const alert_book& book, const channel_id& disabled) {
  std::vector<alert_target> targets;
  if (const auto* gone = find(book, disabled); gone && gone->user)
    for (const auto& x : book.channels)
      if (x.user == gone->user && x.id != disabled && takes(x, event_type::channel_disabled))
        add_once(targets, x.id, std::nullopt);
  for (const auto& rule : book.rules)
    if (rule.spec.enabled && contains(rule.spec.channel_ids, disabled))
      for (const auto& channel : rule.spec.channel_ids)
        if (const auto* x = find(book, channel); x && channel != disabled && takes(*x, event_type::channel_disabled))
          add_once(targets, channel, rule.id);
  return targets;
}

} // namespace gochron::core
