#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/maintenance/book.hpp"
#include "core/rule_conditions.hpp"
#include "gochron/alert_rule.hpp"

/// Which rules an incident meets, and why others do not.
namespace gochron::core {

enum class match_obstacle : std::uint8_t {
  disabled,
  other_trigger,
  not_concerned,
  event_not_listened_to,
  condition_false,
  maintenance,
  muted,
  outside_hours,
};

struct match_reason {
  match_obstacle code = match_obstacle::disabled;
  std::string message;
  std::optional<std::int64_t> term;    ///< the place of the term that does not hold
  std::optional<timestamp> until = {}; ///< when the mute or the quiet hours end
};

struct rule_match {
  rule_id rule;
  std::string name;
  bool matches = false;              ///< nothing stands in the way
  std::vector<match_reason> reasons; ///< all that does
  std::vector<channel_id> channel_ids;
  std::optional<policy_id> policy;
};

/// What is asked about.
struct match_question {
  event_type event = event_type::incident_opened;
  monitor_id id;
  const monitor_spec& monitor;
  timestamp at{};
  condition_facts facts;
  std::optional<rule_id> opened_by;                     ///< of an incident that a rule opened
  std::optional<maintenance_in_force> maintenance = {}; ///< nobody is told before its end
};

rule_match match(const alert_rule_record& rule, const match_question& x);

} // namespace gochron::core
