#pragma once
#include <optional>
#include <vector>

#include "core/rule_match.hpp"
#include "core/rule_replay.hpp"
#include "core/schema/object.hpp"

/// Bodies and answers of `test` and `match` of alert rules.
namespace gochron::core {

/// `POST /api/alert-rules/{id}/test`.
struct rule_test_request {
  std::optional<monitor_id> monitor;
  std::uint32_t rounds = 200;
};
object_ptr<rule_test_request> rule_test_request_schema();

/// `POST /api/alert-rules/test`.
struct rule_trial_request : rule_test_request {
  alert_rule_spec rule;
};
object_ptr<rule_trial_request> rule_trial_request_schema();

/// The answer to both.
struct rule_test_answer {
  monitor_id monitor;
  rule_replay replay;
};
object_ptr<rule_test_answer> rule_test_answer_schema();

/// `POST /api/alert-rules/match`. Exactly one of `incident` and `monitor`.
struct rule_match_request {
  std::optional<incident_id> incident;
  std::optional<monitor_id> monitor;
  event_type event = event_type::incident_opened;
  std::optional<timestamp> at;
  std::optional<condition_facts> facts;
};
object_ptr<rule_match_request> rule_match_request_schema();

object_ptr<match_reason> match_reason_schema();

struct rule_match_answer {
  std::vector<rule_match> data;
  bool truncated = false;
};
object_ptr<rule_match_answer> rule_match_answer_schema();

} // namespace gochron::core
