#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gochron/channel.hpp"
#include "gochron/monitor.hpp"

namespace gochron {

enum class severity : std::uint8_t { info, warning, error, critical };
enum class rule_trigger : std::uint8_t { incident };

struct monitor_selector {
  std::vector<std::string> tags;   ///< a set; a monitor must carry all of them
  std::vector<monitor_type> types; ///< a set; empty: any
  friend bool operator==(const monitor_selector&, const monitor_selector&) = default;
};

/// The life of an incident: what a rule listens to unless told otherwise.
inline const std::vector<event_type>& incident_events() {
  static const std::vector<event_type> all{event_type::incident_opened, event_type::incident_acknowledged,
                                           event_type::incident_resolved};
  return all;
}

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
  std::vector<channel_id> channel_ids;           ///< in order, no duplicates
  std::optional<policy_id> escalation_policy_id; ///< begun when an incident opens
  std::optional<std::string> managed_by;
  friend bool operator==(const alert_rule_spec&, const alert_rule_spec&) = default;
};

struct alert_rule_record : record<rule_id, alert_rule_spec> {};

} // namespace gochron
