#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gochron/alert_rule.hpp"
#include "gochron/check.hpp"

/// What a rule would have done with rounds that are over.
namespace gochron::core {

/// Once that a rule would have fired.
struct replayed_alert {
  timestamp opened_at{};                ///< of the incident: for trigger `incident` perhaps before the rule is met
  timestamp fired_at{};                 ///< the round in which the rule was met
  std::optional<timestamp> told_at;     ///< not before its mute and its hours; unset: it was over by then
  std::optional<timestamp> resolved_at; ///< unset: it still held in the last round
  std::string because;                  ///< the first term that held, with what was seen; or the incident's cause
};

struct rule_replay {
  timestamp from{}, to{};      ///< the first round and the last
  std::int64_t rounds = 0;     ///< that there were
  std::int64_t rounds_met = 0; ///< in which the conditions held
  std::vector<replayed_alert> alerts;
  std::vector<condition_field> unknown; ///< that the rule looks at and stored rounds say nothing of; each once
};

/// `results` of one monitor, the oldest first: the last attempt of a round concludes it. The monitor begins as pending,
/// with its thresholds of now. Only the latest `most` rounds are looked at.
rule_replay replay(const alert_rule_spec& rule, const monitor_spec& monitor, std::span<const check_result> results,
                   std::size_t most);

} // namespace gochron::core
