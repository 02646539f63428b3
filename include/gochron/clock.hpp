#pragma once
#include <chrono>

namespace gochron {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Wall time, UTC, to the millisecond: what the API shows and Postgres keeps.
using timestamp = std::chrono::sys_time<milliseconds>;

/// Time that never jumps, for deadlines and the timing wheel.
using monotonic_time = std::chrono::steady_clock::time_point;

/// Where wall time comes from. SQL never calls now(): every timestamp is a parameter taken from here.
class wall_clock {
public:
  virtual ~wall_clock() = default;
  /// Thread-safe.
  virtual timestamp now() const = 0;
};

class system_wall_clock final : public wall_clock {
public:
  timestamp now() const override { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }
};

} // namespace gochron
