#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/rate_bucket.hpp"
#include "gochron/clock.hpp"
#include "gochron/error.hpp"
#include "gochron/ids.hpp"
#include "http/server/response.hpp"

namespace gochron::http {

/// Whose bucket: an id or an address, and what of it.
struct rate_key {
  uuid whose;
  std::uint64_t part = 0;
  friend bool operator==(const rate_key&, const rate_key&) = default;
};

/// Buckets in memory, and only those that are not full. Thread-safe; the lock is that of one in 64 parts. Bounded:
/// while a part holds `most_in_part` buckets that are not full, newcomers to it share one.
class rate_table {
public:
  static constexpr std::size_t most_in_part = 16'384;

  rate_table();
  /// `first`: the bucket of a key that is not here.
  core::rate_verdict take(const rate_key& k, const core::rate_policy& p, core::rate_time now, core::rate_bucket first);
  core::rate_verdict look(const rate_key& k, const core::rate_policy& p, core::rate_time now);
  core::rate_verdict give_back(const rate_key& k, const core::rate_policy& p, core::rate_time now);
  std::size_t size() const;

private:
  struct hash {
    std::uint64_t seed; ///< of this process: nobody outside can choose keys that collide
    std::size_t operator()(const rate_key& k) const;
  };
  struct part {
    mutable std::mutex mutex;
    std::unordered_map<rate_key, core::rate_bucket, hash> buckets;
    std::size_t sweep_at = 256; ///< buckets
    core::rate_time swept_at{};
  };
  core::rate_bucket& bucket(part& p, const rate_key& k, core::rate_time now, core::rate_bucket first);

  hash hash_{};
  std::array<part, 64> parts_;
};

/// How much each caller may ask; a policy without a quota does not limit.
struct rate_options {
  core::rate_policy token;     ///< each token
  core::rate_policy anonymous; ///< each address, for what is asked without a valid token
  core::rate_policy pings;     ///< each address, for pings
};

/// One request, as the buckets took it: what its answer says of them.
struct rate_charge {
  struct line {
    std::string_view name; ///< of the policy
    rate_key key;
    core::rate_policy policy;
    core::rate_verdict verdict;
  };
  std::vector<line> lines;
};

/// All buckets of a server. Thread-safe.
class rate_limits {
public:
  /// `started` is the wall time of this life: a token that was made before it may have spent its bucket in an earlier
  /// one, see core::begun.
  rate_limits(const rate_options& options, timestamp started);

  /// A request of this token, and where `writes_a_minute` is given a write to that noun of its organisation. The error
  /// is `rate_limited`; the charge then shows the bucket that is empty.
  std::optional<error> charge(rate_charge& to, token_id whose, timestamp made_at);
  std::optional<error> charge_write(rate_charge& to, org_id org, std::string_view noun, std::int64_t writes_a_minute);

  /// A request without a valid token, or a ping, from an address as text. A socket file is nobody's address.
  std::optional<error> charge_anonymous(std::string_view ip);
  std::optional<error> charge_ping(std::string_view ip);
  /// Whether the next anonymous request from there would be refused.
  bool is_exhausted(std::string_view ip);

  /// The request was answered with 304: it has cost nothing.
  void give_back(rate_charge& x);

  std::size_t size() const { return tokens_.size() + writes_.size() + addresses_.size() + pings_.size(); }

private:
  std::optional<error> charge_address(rate_table& of, const core::rate_policy& p, std::string_view ip);

  const rate_options options_;
  const timestamp started_;
  const core::rate_time start_;
  rate_table tokens_, writes_, addresses_, pings_;
};

/// `RateLimit-Policy`, `RateLimit` (draft-ietf-httpapi-ratelimit-headers) and `X-RateLimit-*`, which show the policy
/// with the least left. Nothing for an empty charge.
void add_rate_headers(std::vector<header>& to, const rate_charge& x);

/// IPv4 as mapped into IPv6; IPv6 by its /64, which is what one subscriber has. Unset for what is no address.
std::optional<uuid> rate_address(std::string_view ip);

} // namespace gochron::http
