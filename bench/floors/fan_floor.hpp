#pragma once
#include <string>

namespace gochron::bench {

struct fan_plan {
  std::string frame; ///< what everybody gets
  std::size_t streams = 1000;
  double seconds = 3;
  int core = 0;
};

struct fan_floor_cost {
  double frames = 0; ///< to one client each
  double seconds = 0;
  double cpu_seconds = 0;

  double us_per_frame() const { return cpu_seconds / frames * 1e6; }
  double rate() const { return frames / seconds; }
};

/// The cheapest way to tell many clients the same: an epoll loop that writes the same bytes to each socket, the next
/// round when all have taken the last. In a process of its own, pinned; the clients read on this one. Throws
/// std::runtime_error.
fan_floor_cost run_fan_floor(const fan_plan& plan);

} // namespace gochron::bench
