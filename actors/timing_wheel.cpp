#include "actors/timing_wheel.hpp"

#include <algorithm>

namespace gochron::actors {

timing_wheel::timing_wheel(std::size_t buckets) : buckets_(buckets) {}

void timing_wheel::arm(timer_entry x) {
  x.due = std::max(x.due, now_ + 1);
  buckets_[x.due % buckets_.size()].push_back(x);
  ++size_;
}

void timing_wheel::advance(std::uint64_t tick, std::vector<timer_entry>& out) {
  auto first = out.size();
  // After a long stall one turn of the wheel sees every bucket; more turns would see nothing new.
  auto last = std::min<std::uint64_t>(tick, now_ + buckets_.size());
  for (auto t = now_ + 1; t <= last; ++t) {
    auto& bucket = buckets_[t % buckets_.size()];
    auto due = std::partition(bucket.begin(), bucket.end(), [tick](const timer_entry& x) { return x.due > tick; });
    out.insert(out.end(), due, bucket.end());
    bucket.erase(due, bucket.end());
  }
  now_ = std::max(now_, tick);
  size_ -= out.size() - first;
  std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
                   [](const timer_entry& a, const timer_entry& b) { return a.due < b.due; });
}

} // namespace gochron::actors
