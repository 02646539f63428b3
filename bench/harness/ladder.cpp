#include "bench/harness/ladder.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

namespace gochron::bench {
namespace {

load_plan plan_for(const server& of, const route& what, std::uint64_t& next, int connections, double seconds) {
  load_plan plan{.to = of.at(), .connections = connections, .seconds = seconds};
  plan.request = [&](std::uint64_t) { return what.request(next++); };
  return plan;
}

void note(rung& x, route_cost& cost, double constant_rate) {
  x.rate.add(cost.load.rate());
  x.p50.add(cost.load.ms.quantile(.5));
  x.p99.add(cost.load.ms.quantile(.99));
  x.engine_us.add(cost.engine_us);
  x.postgres_us.add(cost.postgres_us);
  x.client_share.add(cost.client_share);
  x.ratio.add(cost.load.rate() / constant_rate);
  x.failed += cost.load.failed + cost.load.lost;
}

} // namespace

route_cost measure(const server& of, const load_plan& plan, double settle_seconds) {
  auto before = of.spent();
  auto own_before = usage_of(getpid()).cpu_seconds;
  route_cost x;
  x.load = run(plan);
  x.client_share = (usage_of(getpid()).cpu_seconds - own_before) / x.load.seconds;
  std::this_thread::sleep_for(std::chrono::duration<double>(settle_seconds));
  auto after = of.spent();
  auto each = 1e6 / static_cast<double>(std::max<std::uint64_t>(x.load.done, 1));
  x.engine_us = (after.engine_cpu - before.engine_cpu) * each;
  x.postgres_us = (after.postgres_cpu - before.postgres_cpu) * each;
  return x;
}

std::vector<rung> climb(const server& of, const std::vector<route>& routes, const ladder_plan& plan) {
  std::vector<rung> all;
  std::vector<std::uint64_t> next(routes.size());
  for (auto connections : plan.connections) {
    auto first = all.size();
    for (auto& x : routes) {
      all.emplace_back().name = x.name;
      all.back().connections = connections;
    }
    for (int i = 0; i < plan.repeats; ++i) {
      progress(fmt::format("{} connections, turn {} of {}", connections, i + 1, plan.repeats));
      double constant = 0;
      for (std::size_t r = 0; r < routes.size(); ++r) {
        auto cost = measure(of, plan_for(of, routes[r], next[r], connections, plan.seconds), routes[r].settle_seconds);
        constant = r == 0 ? cost.load.rate() : constant;
        note(all[first + r], cost, constant);
      }
    }
  }
  std::ranges::stable_sort(
      all, {}, [&](const rung& x) { return std::ranges::find(routes, x.name, &route::name) - routes.begin(); });
  return all;
}

table table_of(std::string title, std::vector<rung>& rungs) {
  table t{std::move(title),
          {"request", "connections", "requests/s", "of constant", "p50 ms", "p99 ms", "engine us", "postgres us",
           "client core", "failed"},
          {},
          {}};
  for (auto& x : rungs)
    t.rows.push_back({x.name, std::to_string(x.connections), figure(x.rate.median()), figure(x.ratio.median()),
                      figure(x.p50.median()), figure(x.p99.median()), figure(x.engine_us.median()),
                      figure(x.postgres_us.median()), figure(x.client_share.median()), std::to_string(x.failed)});
  t.notes = {"medians of turns; engine and Postgres share one core, the load generator has the other (its share of it: "
             "`client core`)",
             "us: CPU a request, user and system"};
  return t;
}

route_cost at_half_load(const server& of, const route& what, const std::vector<rung>& rungs, double seconds) {
  double best = 0;
  for (auto x : rungs)
    if (x.name == what.name)
      best = std::max(best, x.rate.median());
  std::uint64_t next = 0;
  auto plan = plan_for(of, what, next, 64, seconds);
  plan.rate = best / 2;
  return measure(of, plan, what.settle_seconds);
}

} // namespace gochron::bench
