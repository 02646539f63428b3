#include "core/listening.hpp"

#include <algorithm>

namespace gochron::core {
namespace {

// Those that end after `t`: the only ones that can matter to what happens from there on.
gaps ending_after(gaps all, timestamp t) {
  auto first = std::ranges::partition_point(all, [t](const observation_gap& x) { return x.to <= t; });
  return {first, all.end()};
}

} // namespace

milliseconds unobserved(gaps all, timestamp from, timestamp to) {
  milliseconds sum{0};
  for (const auto& x : ending_after(all, from)) {
    if (x.from >= to)
      break;
    sum += std::min(x.to, to) - std::max(x.from, from);
  }
  return sum;
}

timestamp after_observed(gaps all, timestamp from, milliseconds length) {
  auto at = from + length;
  for (const auto& x : ending_after(all, from)) {
    if (x.from >= at)
      break;
    at += x.to - std::max(x.from, from);
  }
  return at;
}

timestamp fails_at(gaps all, const expectation& x) {
  auto at = after_observed(all, x.since, x.allowed);
  auto lost = ending_after(all, x.expected);
  if (lost.empty() || lost.front().from >= at)
    return at;
  return std::max(at, after_observed(all, lost.front().to, x.chance));
}

} // namespace gochron::core
