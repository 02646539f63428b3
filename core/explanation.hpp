#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gochron/alert_rule.hpp"
#include "gochron/incident.hpp"

/// Why somebody was told of an incident, or was not. What was recorded when it happened is kept apart from what the
/// present configuration says of it: the two may differ, since rules are edited.
namespace gochron::core {

/// All that is looked at.
struct explanation_input {
  incident about;                      ///< with its escalations
  std::optional<monitor_spec> monitor; ///< as it is now; unset: deleted
  std::vector<alert_rule_record> rules;
  std::vector<channel_record> channels;
  std::vector<escalation_policy_record> policies;
  std::vector<timeline_entry> timeline; ///< oldest first
  std::vector<delivery> deliveries;
  bool truncated = false; ///< some of these lists have more
  timestamp at{};         ///< now
};

enum class rule_outcome : std::uint8_t {
  tells,        ///< it is about the incident, and may tell
  monitor_gone, ///< nobody can say whether it would be about it
  disabled,
  other_monitors,
  other_events,  ///< it does not listen to incident.opened
  muted,         ///< itself or the monitor, when the incident opened
  outside_hours, ///< likewise
  tells_nobody,  ///< it names neither channel nor policy
};

enum class channel_outcome : std::uint8_t { told, not_told, disabled, event_not_taken, gone };

struct explained_channel {
  channel_id id;
  std::string name; ///< empty: gone
  channel_outcome outcome = channel_outcome::not_told;
};

struct explained_rule {
  rule_id id;
  std::string name;
  rule_outcome outcome = rule_outcome::tells; ///< by its present configuration, for the instant of the opening
  std::string detail;                         ///< a sentence
  bool waiting = false;                       ///< recorded: it has still to tell of the opening
  std::vector<explained_channel> channels;
  std::optional<policy_id> policy;
  bool escalates = false; ///< recorded: its policy climbs or climbed because of it
};

struct explained_escalation {
  escalation row;
  std::string policy_name; ///< empty: gone
  std::vector<timeline_entry> steps;
};

struct explanation {
  incident_id incident;
  timestamp at{};
  bool monitor_exists = false;
  std::vector<explained_rule> rules;
  std::vector<explained_escalation> escalations;
  std::vector<delivery> deliveries;
  bool truncated = false;
};

explanation explain(const explanation_input& x);

} // namespace gochron::core
