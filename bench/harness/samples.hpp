#pragma once
#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace gochron::bench {

/// Measurements of one thing, and what to say of them.
class samples {
public:
  void add(double x) { all_.push_back(x); }
  void add(const samples& more) { all_.insert(all_.end(), more.all_.begin(), more.all_.end()); }
  std::size_t size() const { return all_.size(); }

  /// Nearest rank; not a number while empty. `p` in [0, 1].
  double quantile(double p) {
    if (all_.empty())
      return std::numeric_limits<double>::quiet_NaN();
    auto rank = static_cast<std::ptrdiff_t>(p * static_cast<double>(all_.size() - 1) + 0.5);
    std::ranges::nth_element(all_, all_.begin() + rank);
    return all_[static_cast<std::size_t>(rank)];
  }
  double median() { return quantile(0.5); }
  double min() { return quantile(0); }
  double max() { return quantile(1); }

private:
  std::vector<double> all_;
};

} // namespace gochron::bench
