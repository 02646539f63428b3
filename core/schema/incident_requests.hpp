#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/schema/object.hpp"
#include "gochron/incident_messages.hpp"

/// The bodies of actions on incidents, and what is said and answered at inbound URLs.
namespace gochron::core {

/// `POST /api/incidents`.
struct incident_request {
  monitor_id monitor;
  std::string title;
  std::optional<gochron::severity> severity;
  std::optional<std::string> message, dedup_key, runbook_url;
  std::optional<std::string> details; ///< a JSON object
};
object_ptr<incident_request> incident_request_schema();

/// `PATCH /api/incidents/{id}`.
struct incident_change {
  std::optional<std::string> title;
  std::optional<gochron::severity> severity;
};
object_ptr<incident_change> incident_change_schema();

/// `POST /api/incidents/{id}/snooze`. Exactly one of the two.
struct snooze_action {
  std::optional<timestamp> until;
  std::optional<seconds> length;
  std::optional<std::string> note;
};
object_ptr<snooze_action> snooze_action_schema();
constexpr seconds longest_snooze = std::chrono::hours{24 * 7};
/// When it is over. Error: `invalid` when that is not within the seven days after `now`.
result<timestamp> end_of(const snooze_action& x, timestamp now);

/// `POST /api/incidents/{id}/merge`.
struct merge_action {
  incident_id into;
  std::optional<std::string> note;
};
object_ptr<merge_action> merge_action_schema();

/// `POST /api/incidents/{id}/reassign`. Exactly one of the two.
struct reassign_action {
  std::optional<policy_id> policy;
  std::vector<user_id> users;
  std::optional<std::string> note;
};
object_ptr<reassign_action> reassign_action_schema();
constexpr std::size_t most_reassigned = 20;

/// `POST /in/{key}` in our own format.
struct signal_request {
  signal_verb action = signal_verb::trigger;
  std::optional<std::string> dedup_key, title;
  std::optional<gochron::severity> severity;
  std::optional<std::string> message, runbook_url;
  std::optional<std::string> details; ///< a JSON object
};
object_ptr<signal_request> signal_request_schema();

/// The answer to it, whatever the format.
struct signal_report {
  std::vector<signal_answer> incidents; ///< in the order of the signals
};
object_ptr<signal_report> signal_report_schema();

constexpr std::size_t longest_dedup_key = 255, longest_title = 255, longest_message = 4'096;

} // namespace gochron::core
