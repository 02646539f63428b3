#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

/// Token buckets by the generic cell rate algorithm (ITU-T I.371): a bucket is one instant, and the policy says what
/// that instant means. Nothing here reads a clock.
namespace gochron::core {

/// Since any fixed instant of a clock that does not go back.
using rate_time = std::chrono::nanoseconds;

/// A full bucket holds `quota` requests, and an empty one fills in `window`.
struct rate_policy {
  std::int64_t quota = 0; ///< 0: no limit
  std::chrono::nanoseconds window{std::chrono::seconds{1}};

  /// So many a second, and at once up to `burst`, or as many as come in a second when that is 0.
  static rate_policy per_second(std::int64_t rate, std::int64_t burst = 0);

  bool limits() const { return quota > 0; }
  /// What one request takes: this long until the bucket is as full as before it.
  std::chrono::nanoseconds one() const { return std::max(window / quota, std::chrono::nanoseconds{1}); }
  friend bool operator==(const rate_policy&, const rate_policy&) = default;
};

/// When it will be full, or was. At the epoch and before: full.
struct rate_bucket {
  rate_time full_at{};

  bool is_full(rate_time now) const { return full_at <= now; }
};

/// A bucket that began empty at `start` and was left alone since: what is known of a caller's past when a process has
/// just begun. No sequence of restarts lets more through than one life would.
rate_bucket begun(const rate_policy& p, rate_time start);

struct rate_verdict {
  bool allowed = true;
  std::int64_t remaining = 0;             ///< requests that would be let in now
  std::chrono::nanoseconds until_full{};  ///< when nothing more is asked
  std::chrono::nanoseconds retry_after{}; ///< until one would be let in; zero when this one was
};

/// Takes one request out of the bucket, or nothing when there is none. The policy must limit.
rate_verdict take(rate_bucket& b, const rate_policy& p, rate_time now);

/// What take() would find, without taking.
rate_verdict look(const rate_bucket& b, const rate_policy& p, rate_time now);

/// A request that cost nothing after all.
void give_back(rate_bucket& b, const rate_policy& p);

} // namespace gochron::core
