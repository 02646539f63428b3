#pragma once
#include <algorithm>
#include <chrono>

namespace gochron::storage {

/// Waits between attempts to reach the database: 0.1 s, doubling, at most 5 s.
class backoff {
public:
  std::chrono::milliseconds next() {
    auto now = wait_;
    wait_ = std::min(wait_ * 2, std::chrono::milliseconds{5000});
    return now;
  }
  void reset() { wait_ = std::chrono::milliseconds{100}; }

private:
  std::chrono::milliseconds wait_{100};
};

} // namespace gochron::storage
