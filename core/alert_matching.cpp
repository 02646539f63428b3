#include "core/alert_matching.hpp"

#include <algorithm>

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

bool matches(const alert_rule_record& rule, const occurrence& x) {
  return rule.spec.enabled && contains(rule.spec.events, x.event) && concerns(rule.spec, x.id, x.monitor);
}

const channel_brief* find(const alert_book& book, const channel_id& id) {
  auto at = std::ranges::find(book.channels, id, &channel_brief::id);
  return at == book.channels.end() ? nullptr : &*at;
}

bool takes(const channel_brief& x, event_type event) {
  return x.enabled && (x.events.empty() || contains(x.events, event)) &&
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

channel_brief brief_of(const channel_record& x) {
  bool proved = !x.spec.user || x.proof.verified_at;
  bool enabled = x.spec.enabled && proved && x.health.state != channel_state::disabled;
  return {x.id, enabled, x.spec.events, x.spec.send_resolved, x.spec.user, x.spec.type()};
}

bool concerns(const alert_rule_spec& rule, const monitor_id& id, const monitor_spec& monitor) {
  auto has_selector = !rule.selector.tags.empty() || !rule.selector.types.empty();
  if (rule.monitor_ids.empty() && !has_selector)
    return true;
  return contains(rule.monitor_ids, id) || (has_selector && selects(rule.selector, monitor));
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
  for (const auto& rule : book.rules)
    if (matches(rule, x) && !may_tell(rule.spec, x.monitor, x.at))
      ids.push_back(rule.id);
  return ids;
}

std::vector<alert_target> targets_of(const alert_book& book, const occurrence& x, const alert_debts& debts) {
  std::vector<alert_target> targets;
  for (const auto& rule : book.rules)
    if (matches(rule, x) && !contains(debts.hushed, rule.id) && may_tell(rule.spec, x.monitor, x.at))
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
    if (!contains(debts.hushed, rule.id) || !matches(rule, opening))
      continue;
    auto at = may_tell_at(rule.spec, opening.monitor, opening.at);
    if (at == opening.at) {
      add_channels(x.targets, book, rule, opening.event);
      continue;
    }
    x.hushed.push_back(rule.id);
    if (at)
      x.next = std::min(*at, x.next.value_or(*at));
  }
  std::erase_if(x.targets, [&](const alert_target& t) { return contains(debts.told, t.channel); });
  return x;
}

severity severity_of(const alert_book& book, const monitor_id& id, const monitor_spec& monitor) {
  std::optional<severity> highest;
  for (const auto& rule : book.rules)
    if (matches(rule, {event_type::incident_opened, id, monitor}))
      highest = std::max(highest.value_or(severity::info), rule.spec.severity);
  return highest.value_or(severity::critical);
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
