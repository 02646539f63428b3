#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gochron/channel.hpp"
#include "gochron/local_time.hpp"
#include "gochron/monitor.hpp"
#include "gochron/rule_conditions.hpp"

namespace gochron {

enum class severity : std::uint8_t { info, warning, error, critical };
/// `incident`: a rule is about the monitors' own incidents. `check`: it opens one of its own while its conditions hold.
enum class rule_trigger : std::uint8_t { incident, check };

struct monitor_selector {
  std::vector<std::string> tags;   ///< a set; a monitor must carry all of them
  std::vector<monitor_type> types; ///< a set; empty: any
  friend bool operator==(const monitor_selector&, const monitor_selector&) = default;
};

/// On days that are in both sets (an empty one has them all), from `start` to `end` by the local clock; to that of the
/// next day unless `end` is later than `start`.
struct active_hours {
  std::string time_zone = "UTC";           ///< IANA
  std::vector<weekday> weekdays;           ///< a set
  std::vector<std::int32_t> days_of_month; ///< a set of 1 to 31, and of -1 (the last) to -31
  std::chrono::minutes start{0}, end{0};   ///< since midnight
  friend bool operator==(const active_hours&, const active_hours&) = default;
};

/// The life of an incident: what a rule listens to unless told otherwise.
inline const std::vector<event_type>& incident_events() {
  static const std::vector<event_type> all{event_type::incident_opened, event_type::incident_acknowledged,
                                           event_type::incident_resolved};
  return all;
}

/// What a rule tells a channel in few messages: what is alike in all of `by` goes into one.
struct alert_grouping {
  std::vector<std::string> by;   ///< a set of `monitor`, `severity`, `type` and `tag:<name>`; empty: all of the rule
  seconds wait{30};              ///< from the first of a group to its message
  std::optional<seconds> repeat; ///< an incident that nobody has taken is told again after so long
  friend bool operator==(const alert_grouping&, const alert_grouping&) = default;
};

/// Which events of which monitors go to which channels. `monitor_ids` and `selector` both empty: every monitor.
struct alert_rule_spec {
  std::string name;
  std::optional<std::string> key; ///< client-chosen, unique in the organisation
  bool enabled = true;
  rule_trigger trigger = rule_trigger::incident;
  std::vector<monitor_id> monitor_ids; ///< a set
  monitor_selector selector;
  std::vector<event_type> events = incident_events(); ///< a set
  gochron::severity severity = gochron::severity::critical;
  std::vector<channel_id> channel_ids;             ///< in order, no duplicates
  std::vector<gochron::active_hours> active_hours; ///< outside of them nobody is told; empty: always
  std::optional<timestamp> muted_until;            ///< nor before this
  std::optional<policy_id> escalation_policy_id;   ///< begun when the opening of an incident is told
  std::optional<std::string> managed_by;
  alert_conditions conditions;
  std::uint32_t for_rounds = 1;           ///< of `check`: conditions must hold in so many rounds in a row
  std::optional<alert_grouping> grouping; ///< unset: each event is a message
  friend bool operator==(const alert_rule_spec&, const alert_rule_spec&) = default;
};

struct alert_rule_record : record<rule_id, alert_rule_spec> {};

} // namespace gochron
