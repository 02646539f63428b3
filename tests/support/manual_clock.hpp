#pragma once
#include <atomic>

#include "gochron/clock.hpp"

namespace gochron::test {

/// Wall time that moves only when told to. Thread-safe.
class manual_clock final : public wall_clock {
public:
  explicit manual_clock(timestamp at) : at_(at.time_since_epoch().count()) {}
  timestamp now() const override { return timestamp{milliseconds{at_.load()}}; }
  void advance(milliseconds by) { at_ += by.count(); }

private:
  std::atomic<std::int64_t> at_;
};

} // namespace gochron::test
