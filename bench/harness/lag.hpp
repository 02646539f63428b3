#pragma once
#include <map>
#include <string>

namespace gochron::bench {

/// The server's histogram of schedule lag, as /metrics shows it.
class lag_histogram {
public:
  lag_histogram() = default;
  explicit lag_histogram(const std::map<std::string, double>& metrics);

  lag_histogram operator-(const lag_histogram& earlier) const;
  /// The upper bound, in milliseconds, of the bucket that holds it. Infinite past the last bound, not a number while
  /// empty.
  double quantile(double p) const;

private:
  std::map<double, double> cumulative_; ///< by upper bound in ms
};

} // namespace gochron::bench
