#pragma once
#include <memory>
#include <mutex>
#include <unordered_map>

#include "gochron/messages.hpp"
#include "gochron/probe.hpp"

namespace gochron::actors {

/// The tests under way, by organisation: whoever may test is not to make a proxy of us.
struct monitor_tests {
  static constexpr int most = 20; ///< of one organisation at once
  std::mutex mutex;
  std::unordered_map<org_id, int> under_way;
};

/// One attempt through `with`, answered on its thread. `x.what` is a spec. Thread-safe; keeps nothing.
void run_test(const std::shared_ptr<monitor_tests>& all, prober& with, test_monitor x);

} // namespace gochron::actors
