#pragma once
#include <string>

#include "bench/harness/load.hpp"

namespace gochron::bench {

struct post_plan {
  endpoint to;
  std::string path, body;
  std::string secret; ///< signs each body as webhooks are when set
  int connections = 16;
  double seconds = 3;
  int core = 0;
};

struct post_floor_cost {
  double posts = 0;
  double seconds = 0;
  double cpu_seconds = 0;

  double us_per_post() const { return cpu_seconds / posts * 1e6; }
  double rate() const { return posts / seconds; }
};

/// The cheapest sender there is: an epoll loop over connections that stay open; nothing is claimed, logged or retried.
/// Runs in a process of its own, pinned. Throws std::runtime_error when posts fail.
post_floor_cost run_post_floor(const post_plan& plan);

} // namespace gochron::bench
