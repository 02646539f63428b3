#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "gochron/alert_rule.hpp"
#include "gochron/escalation.hpp"
#include "gochron/incident.hpp"

/// Who is told what: the alert rules and channels of one organisation as a function of an event.
namespace gochron::core {

/// What the rules need to know of a channel. `enabled` is false as well for one that we disabled (its health).
struct channel_brief {
  channel_id id;
  bool enabled = true;
  std::vector<event_type> events; ///< a set; empty: all of them
  bool send_resolved = true;
  friend bool operator==(const channel_brief&, const channel_brief&) = default;
};

channel_brief brief_of(const channel_record& x);

/// Everything of one organisation, rules in their order of evaluation.
struct alert_book {
  std::vector<alert_rule_record> rules;
  std::vector<channel_brief> channels;
  std::vector<std::shared_ptr<const escalation_policy_record>> policies = {};
};

/// One channel to tell, with the first rule that named it. No rule: it is owed the message by a promise.
struct alert_target {
  channel_id channel;
  std::optional<rule_id> rule;
  friend bool operator==(const alert_target&, const alert_target&) = default;
};

/// Whether the rule is about this monitor: its id is listed, or the selector is not empty and takes it, or both are
/// empty. A selector takes a monitor that carries all its tags and is of one of its types (none: any).
bool concerns(const alert_rule_spec& rule, const monitor_id& id, const monitor_spec& monitor);

/// The enabled rules about this monitor that listen to `event`, in order.
std::vector<rule_id> matching_rules(const alert_book& book, event_type event, const monitor_id& id,
                                    const monitor_spec& monitor);

/// The channels to tell, each once, in the order in which rules name them. A channel must exist, be enabled and take
/// the event (`events`, and `send_resolved` for `incident.resolved`).
/// For `incident.resolved`, `told` (incident::told) is appended: an open that was told is followed by its resolve
/// whatever became of the rules and of the channel's `events`, as long as the channel is enabled and has send_resolved.
std::vector<alert_target> targets_of(const alert_book& book, event_type event, const monitor_id& id,
                                     const monitor_spec& monitor, const std::vector<channel_id>& told = {});

/// Of an incident of this monitor: the highest among the rules that match `incident.opened`; `critical` without any.
severity severity_of(const alert_book& book, const monitor_id& id, const monitor_spec& monitor);

/// Who hears that `disabled` was disabled: the other channels of the enabled rules that name it, where they take
/// `channel.disabled`. Each once, in the order of the rules.
std::vector<alert_target> neighbours_of(const alert_book& book, const channel_id& disabled);

} // namespace gochron::core
