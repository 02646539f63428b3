#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>
#include <vector>

#include "gochron/event_feed.hpp"

namespace gochron::storage {

/// The order of events: gives each its position when its write is handed over, and knows whose write is not answered
/// yet. Transactions commit in another order than they were given their positions; readers stay below the lowest that
/// is under way. Thread-safe.
class feed_log {
public:
  /// `clock` outlives this.
  explicit feed_log(const wall_clock& clock) : clock_(clock) {}

  /// The organisation's events end at `position`; nothing at or below it is given out.
  void start_after(org_id org, std::int64_t position);

  /// Gives the events of one write their positions. What comes back answers `done`, after the write no longer holds up
  /// readers; without events it is `done` itself. A write of which nobody can say whether it happened (`timed_out`,
  /// when the store is stopped) holds them up for good.
  template <class T>
  reply_to<T> placed(org_id org, std::vector<event>& xs, reply_to<T> done) {
    if (xs.empty())
      return done;
    auto first = begin(org, xs);
    return reply_to<T>{[this, org, first, done = std::move(done)](result<T> x) {
      if (x || x.error().code != errc::timed_out)
        end(org, first);
      done(std::move(x));
    }};
  }

  std::int64_t visible(org_id org) const;
  void on_news(std::function<void(org_id)> listener);

private:
  /// Of one organisation. What others do shows in none of its numbers.
  struct line {
    std::int64_t last = 0;            ///< given out, or found at the start
    std::set<std::int64_t> under_way; ///< of each write its first position
  };
  std::int64_t begin(org_id org, std::vector<event>& xs);
  void end(org_id org, std::int64_t first);

  const wall_clock& clock_;
  mutable std::mutex mutex_;
  std::int64_t last_ = 0;
  std::unordered_map<org_id, line> lines_;
  std::shared_ptr<const std::function<void(org_id)>> listener_;
};

} // namespace gochron::storage
