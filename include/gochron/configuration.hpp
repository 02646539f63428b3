#pragma once
#include <cstdint>
#include <vector>

#include "gochron/alert_rule.hpp"
#include "gochron/channel.hpp"
#include "gochron/escalation.hpp"
#include "gochron/maintenance.hpp"
#include "gochron/monitor.hpp"
#include "gochron/people.hpp"
#include "gochron/schedule.hpp"

namespace gochron {

/// The nouns that carry a key of the client's choice.
enum class keyed_noun : std::uint8_t {
  monitor,
  channel,
  alert_rule,
  schedule,
  escalation_policy,
  maintenance_window,
  contact_method,
  notification_rule,
  team,
};

/// All that an organisation has configured, as of one moment.
struct configuration {
  std::vector<channel_record> channels;
  std::vector<monitor_record> monitors;
  std::vector<alert_rule_record> alert_rules;
  std::vector<schedule_record> schedules;
  std::vector<escalation_policy_record> escalation_policies;
  std::vector<maintenance_window_record> maintenance_windows;
  std::vector<contact_method_record> contact_methods;
  std::vector<notification_rule_record> notification_rules;
  std::vector<team_record> teams;

  /// More than this in all is neither exported nor applied in one piece.
  static constexpr std::size_t most = 2'500;
};

} // namespace gochron
