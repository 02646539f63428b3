#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/schema/object.hpp"
#include "gochron/incident.hpp"
#include "gochron/people.hpp"

/// By what a user is told, as the rows of their notification rules and contact methods say: for explanations and tests.
/// Escalations decide the same in core/paging.hpp.
namespace gochron::core {

struct user_route {
  std::optional<notification_rule_id> rule; ///< unset: they have none for this urgency that leads anywhere
  contact_method_id method;
  channel_type type = channel_type::webhook;
  seconds delay{0};
  bool usable = false; ///< verified, enabled, and not disabled by us
  friend bool operator==(const user_route&, const user_route&) = default;
};

/// Their rules for the urgency, by delay; where none of these is usable, then everything of theirs that is, at once.
std::vector<user_route> routes_of(const user_id& user, urgency hurry,
                                  const std::vector<notification_rule_record>& rules,
                                  const std::vector<contact_method_record>& methods);

/// `POST /api/users/{id}/test`.
struct user_test_request {
  gochron::urgency urgency = gochron::urgency::high;
};
object_ptr<user_test_request> user_test_request_schema();

/// What came of one route of a test.
struct tested_route {
  user_route route;
  std::optional<delivery_attempt> attempt; ///< unset: nothing was sent
  std::string why_not;                     ///< a sentence; empty with an attempt
};
struct user_test {
  user_id user;
  gochron::urgency urgency = gochron::urgency::high;
  std::vector<tested_route> routes;
};
object_ptr<user_test> user_test_schema();

object_ptr<user_route> user_route_schema();

} // namespace gochron::core
