#include "bench/harness/lag.hpp"

#include <cstdlib>
#include <limits>
#include <string_view>

namespace gochron::bench {

lag_histogram::lag_histogram(const std::map<std::string, double>& metrics) {
  constexpr std::string_view prefix = "gochron_schedule_lag_seconds_bucket{le=\"";
  for (auto& [name, value] : metrics)
    if (name.starts_with(prefix)) // strtod knows +Inf
      cumulative_[std::strtod(name.c_str() + prefix.size(), nullptr) * 1000] = value;
}

lag_histogram lag_histogram::operator-(const lag_histogram& earlier) const {
  auto out = *this;
  for (auto& [bound, value] : earlier.cumulative_)
    out.cumulative_[bound] -= value;
  return out;
}

double lag_histogram::quantile(double p) const {
  if (cumulative_.empty() || cumulative_.rbegin()->second <= 0)
    return std::numeric_limits<double>::quiet_NaN();
  auto rank = p * cumulative_.rbegin()->second;
  for (auto& [bound, value] : cumulative_)
    if (value >= rank)
      return bound;
  return cumulative_.rbegin()->first;
}

} // namespace gochron::bench
