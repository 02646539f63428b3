#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/harness/load.hpp"
#include "bench/harness/report.hpp"
#include "bench/harness/server.hpp"

namespace gochron::bench {

/// A load on one route and what it cost the server.
struct route_cost {
  load_result load;
  double engine_us = 0;    ///< CPU a request
  double postgres_us = 0;  ///< CPU a request
  double client_share = 0; ///< of the load generator's core: near 1 it, not the server, is the limit
};

/// Runs the plan and waits `settle_seconds` for what the server still owes its database before it looks at the cost.
route_cost measure(const server& of, const load_plan& plan, double settle_seconds = 0);

/// A kind of request. `request` is called with 0, 1, 2, ... over all loads.
struct route {
  std::string name;
  std::function<std::string(std::uint64_t)> request;
  double settle_seconds = 0;
};

/// What one route did with so many connections: medians over the repeats, which take turns with the other routes.
struct rung {
  std::string name;
  int connections = 0;
  samples rate, p50, p99, engine_us, postgres_us, client_share;
  samples ratio; ///< of its rate to the first route's, of the same repeat
  std::uint64_t failed = 0;
};

struct ladder_plan {
  std::vector<int> connections{1, 4, 16, 64};
  double seconds = 2;
  int repeats = 3;
};

/// Each route at each number of connections, closed loop. The first route is the constant that others are compared to.
std::vector<rung> climb(const server& of, const std::vector<route>& routes, const ladder_plan& plan);

table table_of(std::string title, std::vector<rung>& rungs);

/// Half of the route's best rate, open loop: late answers are timed from when they were due.
route_cost at_half_load(const server& of, const route& what, const std::vector<rung>& rungs, double seconds);

} // namespace gochron::bench
