#pragma once
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/rule_conditions.hpp"
#include "gochron/alert_rule.hpp"
#include "gochron/escalation.hpp"
#include "gochron/incident.hpp"
#include "gochron/people.hpp"

/// Who is told what: the alert rules and channels of one organisation as a function of an event.
namespace gochron::core {

/// What the rules need to know of a channel. `enabled` is false as well for one that we disabled (its health), and for
/// a contact method that is not verified.
struct channel_brief {
  channel_id id;
  bool enabled = true;
  std::vector<event_type> events; ///< a set; empty: all of them
  bool send_resolved = true;
  bool groups = true;               ///< false: its receiver keeps incidents apart by itself
  std::optional<user_id> user = {}; ///< whose contact method it is
  channel_type type = channel_type::webhook;
  std::string name = {};
  friend bool operator==(const channel_brief&, const channel_brief&) = default;
};

channel_brief brief_of(const channel_record& x);

/// Everything of one organisation, rules in their order of evaluation.
struct alert_book {
  std::vector<alert_rule_record> rules;
  std::vector<channel_brief> channels;
  std::vector<std::shared_ptr<const escalation_policy_record>> policies = {};
  std::unordered_map<rule_id, conditions_ptr> conditions = {};   ///< of the rules that have any, by put_rule
  std::size_t check_rules = 0;                                   ///< enabled rules with trigger `check`, by put_rule
  std::vector<notification_rule_record> notification_rules = {}; ///< in the order of their delays
  std::vector<std::shared_ptr<const team_record>> teams = {};
};

/// Whether who lists `events` hears of `x`: of what they list, and who hears that somebody has taken an incident hears,
/// too, that nobody has it any longer.
bool listens(const std::vector<event_type>& events, event_type x);

/// Whether the channel is there, enabled, and wants this event.
bool takes(const alert_book& book, const channel_id& id, event_type x);

/// Adds the rule, or replaces it where it is not newer. Its conditions are compiled here, once a version.
void put_rule(alert_book& book, const alert_rule_record& x);
void erase_rule(alert_book& book, const rule_id& id);
const alert_rule_record* find_rule(const alert_book& book, const rule_id& id);
/// Those of the rule, compiled; an empty set for a rule without.
conditions_ptr conditions_of(const alert_book& book, const alert_rule_record& rule);

/// One channel to tell, with the first rule that named it. No rule: it is owed the message by a promise.
struct alert_target {
  channel_id channel;
  std::optional<rule_id> rule;
  friend bool operator==(const alert_target&, const alert_target&) = default;
};

/// Whether these mean this monitor: its id is listed, or the selector is not empty and takes it, or both are empty. A
/// selector takes a monitor that carries all its tags and is of one of its types (none: any).
bool is_about(const std::vector<monitor_id>& ids, const monitor_selector& selector, const monitor_id& id,
              const monitor_spec& monitor);

/// Whether the rule does.
bool concerns(const alert_rule_spec& rule, const monitor_id& id, const monitor_spec& monitor);

/// What happens, to which monitor, and when.
struct occurrence {
  event_type event = event_type::incident_opened;
  monitor_id id;
  const monitor_spec& monitor;
  timestamp at{};
  std::optional<rule_id> rule = {};          ///< of an incident that a rule opened: that rule alone is about it
  const condition_facts* facts = nullptr;    ///< of the last round; null: nothing is known
  std::optional<timestamp> quiet_until = {}; ///< maintenance: nobody is told before
};

/// The enabled rules about this monitor that listen to the event, in order. Those with trigger `check` are about the
/// incidents that they opened, and about nothing else.
std::vector<rule_id> matching_rules(const alert_book& book, const occurrence& x);

/// Whether the facts meet the rule's conditions. Those of a rule that opened the incident have been met.
bool meets(const alert_book& book, const alert_rule_record& rule, const occurrence& x);

/// The rules that may not tell of an opening now: muted, not in their hours, or their conditions are not met. The last
/// also when they do not listen to the opening: an incident is theirs from when it meets them.
std::vector<rule_id> hushed_rules(const alert_book& book, const occurrence& x);

/// What an incident owes, and what is owed of it (incident::told, incident::hushed).
struct alert_debts {
  std::vector<channel_id> told;
  std::vector<rule_id> hushed;
};

/// The channels to tell, each once, in the order in which rules that may tell name them. A channel must exist, be
/// enabled and take the event (`events`, and `send_resolved` for `incident.resolved`). A rule in `debts.hushed` has not
/// told of the opening, so it does not tell of what follows either.
/// For `incident.resolved`, `debts.told` is appended: an open that was told is followed by its resolve whatever became
/// of the rules and of the channel's `events`, as long as the channel is enabled and has send_resolved.
std::vector<alert_target> targets_of(const alert_book& book, const occurrence& x, const alert_debts& debts = {});

/// What becomes of rules that could not tell of an opening when it happened.
struct overdue_alerts {
  std::vector<alert_target> targets; ///< to be told of the opening now; none that was told before
  std::vector<rule_id> hushed;       ///< still not: those that exist, are enabled and are about the monitor
  std::optional<timestamp> next;     ///< when the first of them may, or may be met since the failure is old enough
  std::optional<severity> highest;   ///< of those that tell now
};
overdue_alerts overdue_of(const alert_book& book, const occurrence& opening, const alert_debts& debts);

/// Of an incident that opens: the highest among the rules that match and whose conditions are met; without any of
/// those, among the rules that match; `critical` when there is none.
severity severity_of(const alert_book& book, const occurrence& opening);

/// The enabled rules with trigger `check` that are about this monitor, as places in `book.rules`.
std::vector<std::size_t> check_rules_of(const alert_book& book, const monitor_id& id, const monitor_spec& monitor);

/// Why an incident that the rule opened must end, as a sentence; empty while the rule is still about it. `rule`: as it
/// is now, null when it was deleted.
std::string why_over(const alert_rule_record* rule, const monitor_id& id, const monitor_spec& monitor);

/// The next version of a rule that names `gone`: it names it no longer, and is disabled when that leaves it neither
/// monitors nor a selector: it would be about every monitor.
alert_rule_record without(alert_rule_record rule, const monitor_id& gone, timestamp at);

/// Who hears of a maintenance window: the channels of the organisation that list the event by name, without a rule,
/// then those that take it of each enabled rule that listens to it and may tell at `at`. Rules are about monitors:
/// whether one is about a monitor of the window is for whoever knows them all to see, so a channel may be there several
/// times.
std::vector<alert_target> targets_of_window(const alert_book& book, event_type event, timestamp at);

/// Who hears that `disabled` was disabled: the other channels of the enabled rules that name it, where they take
/// `channel.disabled`. Each once, in the order of the rules. Of a contact method: its user's others.
std::vector<alert_target> neighbours_of(const alert_book& book, const channel_id& disabled);

} // namespace gochron::core
