#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/opening_record.hpp"
#include "core/rule_match.hpp"
#include "core/user_routes.hpp"
#include "gochron/alert_rule.hpp"
#include "gochron/incident.hpp"
#include "gochron/people.hpp"

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
  std::vector<notification_rule_record> notification_rules;
  std::vector<contact_method_record> contact_methods;
  std::vector<paged_user> users; ///< those that users_of() names, and who is still there
  bool truncated = false;        ///< some of these lists have more
  timestamp at{};                ///< now
};

/// In the order in which they are asked: the first that is so counts.
enum class rule_outcome : std::uint8_t {
  tells,        ///< it is about the incident, and may tell
  monitor_gone, ///< nobody can say whether it would be about it
  disabled,
  other_trigger, ///< another rule opened the incident, or it opens incidents of its own
  other_monitors,
  other_events,       ///< it does not listen to incident.opened
  conditions_not_met, ///< by what was seen when the incident opened
  maintenance,        ///< a window was in force then
  muted,              ///< itself or the monitor, when the incident opened
  outside_hours,      ///< likewise
  held,               ///< recorded: it waits, since a dependency or flapping explains the failure
  tells_nobody,       ///< it names neither channel nor policy
};

enum class channel_outcome : std::uint8_t { told, not_told, disabled, event_not_taken, gone };

struct explained_channel {
  channel_id id;
  std::string name; ///< empty: gone
  channel_outcome outcome = channel_outcome::not_told;
};

enum class term_verdict : std::uint8_t { holds, does_not_hold, unknown };

/// A term of the rule's conditions, by what was seen when the incident opened.
struct explained_term {
  std::string term; ///< `latency_ms gt 500`
  std::string seen; ///< `latency_ms is 812`
  term_verdict verdict = term_verdict::unknown;
};

struct explained_rule {
  rule_id id;
  std::string name;
  rule_outcome outcome = rule_outcome::tells; ///< by its present configuration, for the instant of the opening
  std::string detail;                         ///< a sentence
  bool edited_since = false;                  ///< then it may have been another one when the incident opened
  std::vector<match_reason> reasons;          ///< all that is in the way
  std::vector<explained_term> conditions;
  std::vector<timeline_entry> recorded;   ///< the lines of the timeline about it
  bool waiting = false;                   ///< recorded: it has still to tell of the opening
  std::optional<timestamp> told_at;       ///< recorded: when the first message of the opening was owed because of it
  std::optional<timestamp> grouped_until; ///< recorded: that message waits for its group until then
  std::vector<explained_channel> channels;
  std::optional<policy_id> policy;
  bool escalates = false; ///< recorded: its policy climbs or climbed because of it
};

struct explained_escalation {
  escalation row;
  std::string policy_name; ///< empty: gone
  std::vector<timeline_entry> steps;
};

struct explained_person {
  user_id id;
  std::string name; ///< empty: gone
  urgency hurry = urgency::high;
  std::vector<user_route> routes; ///< by their notification rules of now
};

struct explanation {
  incident_id incident;
  timestamp at{};
  bool monitor_exists = false;
  std::optional<opening_record> opening; ///< unset: from before it was kept
  std::vector<timeline_entry> holds;     ///< why nobody was told yet, whatever the rules said
  std::optional<monitor_id> suppressed_by;
  std::vector<explained_rule> rules;
  std::vector<explained_person> people;
  std::vector<explained_escalation> escalations;
  std::vector<delivery> deliveries;
  bool truncated = false;
};

/// Who was told, or is to be, by contact methods; each once.
std::vector<user_id> users_of(const explanation_input& x);

explanation explain(const explanation_input& x);

} // namespace gochron::core
