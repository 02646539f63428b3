#pragma once
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gochron/ids.hpp"

namespace gochron::core {

/// What each monitor depends on; one that is not in here depends on nothing.
using dependencies = std::unordered_map<monitor_id, std::vector<monitor_id>>;

/// Monitors so that what each depends on stands before it.
struct dependency_order {
  std::unordered_map<monitor_id, std::size_t> place;
  std::unordered_set<monitor_id> circular; ///< that depend on themselves, by whatever way
};

dependency_order order_of(const dependencies& all);

} // namespace gochron::core
