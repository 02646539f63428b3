#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gochron/schedule.hpp"

namespace gochron::core {

struct ical_input {
  schedule_id id;
  std::string name;
  timestamp updated_at{};
  std::vector<on_call_shift> shifts;      ///< of one user each
  std::map<user_id, std::string> names{}; ///< who is not in there is shown by id
};

/// An iCalendar object (RFC 5545) with an event for each shift, in UTC. The same input gives the same bytes; an event's
/// UID follows of its schedule, user and beginning, so that one whose end changes stays the same event.
std::string ical_feed(const ical_input& x);

/// Several schedules in one object of that name.
std::string ical_feed(std::string_view name, const std::vector<ical_input>& parts);

} // namespace gochron::core
