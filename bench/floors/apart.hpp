#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <type_traits>

#include <sys/mman.h>
#include <sys/resource.h>

#include "bench/harness/process.hpp"

/// What every floor is: a loop in a process of its own, so many seconds long, and what it cost.
namespace gochron::bench {

/// User and system time of this process.
inline double cpu_seconds_now() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Calls `round` again and again until `seconds` are over, and writes down what passed and what was used.
template <class Cost, class Round>
void measure(double seconds, Cost& cost, Round round) {
  using clock = std::chrono::steady_clock;
  auto began = clock::now();
  auto cpu = cpu_seconds_now();
  auto until = began + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
  while (clock::now() < until)
    round();
  cost.seconds = std::chrono::duration<double>(clock::now() - began).count();
  cost.cpu_seconds = cpu_seconds_now() - cpu;
}

/// What `work` says in a fork, pinned to `core`, that may take `seconds` and half a minute. `beside` runs here
/// meanwhile. A cost that was never written is all zeros.
template <class Cost>
Cost apart(int core, double seconds, const std::function<Cost()>& work,
           const std::function<void(child&)>& beside = {}) {
  static_assert(std::is_trivially_copyable_v<Cost>);
  auto release = [](Cost* x) { munmap(x, sizeof(Cost)); };
  void* memory = mmap(nullptr, sizeof(Cost), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  std::unique_ptr<Cost, decltype(release)> cost{new (memory) Cost, release};
  auto process = child::fork(core, [&] { *cost = work(); });
  if (beside)
    beside(process);
  process.wait(seconds + 30);
  return *cost;
}

} // namespace gochron::bench
