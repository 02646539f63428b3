#pragma once
#include <string>
#include <string_view>

#include "gochron/alert_rule.hpp"
#include "gochron/channel.hpp"
#include "gochron/error.hpp"
#include "gochron/escalation.hpp"
#include "gochron/maintenance.hpp"
#include "gochron/monitor.hpp"
#include "gochron/people.hpp"
#include "gochron/schedule.hpp"

/// The stored form of what users configure: the same JSON properties as in the API, from the same property tables.
namespace gochron::core {

/// `plain` is a JSON object without the sealed properties; `secret` a JSON object of only those, or empty when there
/// are none. Storage seals `secret` before it leaves the process.
struct stored_document {
  std::string plain;
  std::string secret;
};

stored_document to_document(const monitor_spec& x);
stored_document to_document(const channel_spec& x);
stored_document to_document(const alert_rule_spec& x);
stored_document to_document(const schedule_spec& x);
stored_document to_document(const escalation_policy_spec& x);
stored_document to_document(const maintenance_window_spec& x);
stored_document to_document(const team_spec& x);

/// Errors: `malformed` or `invalid` for a document that this version cannot have written. Properties added since it
/// was written take their defaults.
result<monitor_spec> monitor_spec_of(std::string_view plain, std::string_view secret);
result<channel_spec> channel_spec_of(std::string_view plain, std::string_view secret);
result<alert_rule_spec> alert_rule_spec_of(std::string_view plain, std::string_view secret);
result<schedule_spec> schedule_spec_of(std::string_view plain, std::string_view secret);
result<escalation_policy_spec> escalation_policy_spec_of(std::string_view plain, std::string_view secret);
result<maintenance_window_spec> maintenance_window_spec_of(std::string_view plain, std::string_view secret);
result<team_spec> team_spec_of(std::string_view plain, std::string_view secret);

/// The pages that an escalation still owes, as a JSON array.
std::string pending_document(const std::vector<pending_page>& x);
result<std::vector<pending_page>> pending_of(std::string_view json);

} // namespace gochron::core
