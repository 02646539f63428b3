#include "core/alert_matching.hpp"

#include <algorithm>

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

bool matches(const alert_rule_record& rule, event_type event, const monitor_id& id, const monitor_spec& monitor) {
  return rule.spec.enabled && contains(rule.spec.events, event) && concerns(rule.spec, id, monitor);
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

} // namespace

channel_brief brief_of(const channel_record& x) {
  return {x.id, x.spec.enabled && x.health.state != channel_state::disabled, x.spec.events, x.spec.send_resolved};
}

bool concerns(const alert_rule_spec& rule, const monitor_id& id, const monitor_spec& monitor) {
  auto has_selector = !rule.selector.tags.empty() || !rule.selector.types.empty();
  if (rule.monitor_ids.empty() && !has_selector)
    return true;
  return contains(rule.monitor_ids, id) || (has_selector && selects(rule.selector, monitor));
}

std::vector<rule_id> matching_rules(const alert_book& book, event_type event, const monitor_id& id,
                                    const monitor_spec& monitor) {
  std::vector<rule_id> ids;
  for (const auto& rule : book.rules)
    if (matches(rule, event, id, monitor))
      ids.push_back(rule.id);
  return ids;
}

std::vector<alert_target> targets_of(const alert_book& book, event_type event, const monitor_id& id,
                                     const monitor_spec& monitor, const std::vector<channel_id>& told) {
  std::vector<alert_target> targets;
  for (const auto& rule : book.rules)
    if (matches(rule, event, id, monitor))
      for (const auto& channel : rule.spec.channel_ids)
        if (const auto* x = find(book, channel); x && takes(*x, event))
          add_once(targets, channel, rule.id);
  if (event == event_type::incident_resolved)
    for (const auto& channel : told)
      if (const auto* x = find(book, channel); x && x->enabled && x->send_resolved)
        add_once(targets, channel, std::nullopt);
  return targets;
}

severity severity_of(const alert_book& book, const monitor_id& id, const monitor_spec& monitor) {
  std::optional<severity> highest;
  for (const auto& rule : book.rules)
    if (matches(rule, event_type::incident_opened, id, monitor))
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
  for (const auto& rule : book.rules)
    if (rule.spec.enabled && contains(rule.spec.channel_ids, disabled))
      for (const auto& channel : rule.spec.channel_ids)
        if (const auto* x = find(book, channel); x && channel != disabled && takes(*x, event_type::channel_disabled))
          add_once(targets, channel, rule.id);
  return targets;
}

} // namespace gochron::core
