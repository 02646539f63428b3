#pragma once
#include <string>

#include "bench/harness/load.hpp"

namespace gochron::bench {

/// What one run of a bare loop cost.
struct floor_cost {
  double checks = 0;
  double seconds = 0;
  double cpu_seconds = 0;

  double us_per_check() const { return cpu_seconds / checks * 1e6; }
  double rate() const { return checks / seconds; }
};

struct floor_plan {
  endpoint to;
  double seconds = 3;
  int in_flight = 128;
  int core = 0;
  std::string root_pem; ///< TLS, verified against it, when set
};

/// The cheapest honest check there is: an epoll loop (and OpenSSL with one shared context) that connects, asks, reads
/// the answer to its end and closes; nothing is scheduled, judged or stored. Runs in a process of its own, pinned.
/// Throws std::runtime_error when checks fail.
floor_cost run_floor(const floor_plan& plan);

} // namespace gochron::bench
