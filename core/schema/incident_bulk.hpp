#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/schema/incident_requests.hpp"
#include "core/schema/read_models.hpp"

/// The bodies of `POST /api/incidents/bulk/<verb>`, and the answer to them.
namespace gochron::core {

/// The same for each of these. They differ, and their order is that of the results.
template <class Action>
struct bulk_of_incidents {
  std::vector<incident_id> incidents;
  Action how;

  static constexpr std::size_t most = 100;
};

/// To acknowledge, to take that back, and to resolve.
object_ptr<bulk_of_incidents<incident_action>> incident_bulk_action_schema();
object_ptr<bulk_of_incidents<snooze_action>> incident_bulk_snooze_schema();

/// What came of one. `shown` and `failure` are JSON, of which one is empty: null.
struct incident_bulk_result {
  std::int64_t index = 0;
  std::int32_t status = 0;
  incident_id id;
  std::string shown, failure;
};

struct incident_bulk_answer {
  std::vector<incident_bulk_result> results;
};
object_ptr<incident_bulk_answer> incident_bulk_answer_schema();

} // namespace gochron::core
