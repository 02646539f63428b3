#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "actors/timers.hpp"
#include "core/rate_bucket.hpp"
#include "gochron/messages.hpp"
#include "gochron/monitor.hpp"

namespace gochron::actors {

class ping_on_its_way;

/// Which heartbeat a ping token names, and the pings that need no actor to be answered. Thread-safe; sharded, so that
/// pings do not queue behind each other.
///
/// While a heartbeat is open here, a plain success (no body, no run id) that is received before `until` changes nothing
/// of it but its last ping, and so it is enough to remember its time. Only the heartbeat's actor opens it; and it takes
/// what was heard before it decides anything, so every ping heard here lies before that decision, which knows of it.
/// Any other ping closes it until the actor has seen that ping, or it is lost: pings never overtake each other. See
/// docs/adr/0034.
class ping_index {
public:
  struct listener {
    monitor_id id;
    org_id org;
    leaf_address where;
    bool heard = false; ///< remembered here; otherwise the ping is to go to the actor
    bool first = false; ///< the first one heard since the actor took them
    /// Not zero: this heartbeat is pinged too often, and this ping is to be refused for so long. Nothing has happened.
    std::chrono::nanoseconds refused_for{};
    std::shared_ptr<ping_on_its_way> way{}; ///< to travel with a ping that goes to the actor
  };

  /// `rate` is that of each heartbeat. A bucket begins full, after a restart too: a ping that is refused might be the
  /// one that was waited for.
  explicit ping_index(core::rate_policy rate = {}) : rate_(rate) {}

  /// The heartbeat, closed. What was heard for an earlier life of its actor stays. Its token before, too, if it has
  /// one.
  void put(const monitor_record& x, leaf_address where);
  /// Both.
  void erase(const monitor_record& x);
  void erase(std::string_view token);

  /// A ping has arrived; unset when the token is not known.
  std::optional<listener> arrived(std::string_view token, const ping& x);

  /// Something that is no ping has come with this token at `at`; likewise unset, and `refused_for` as above.
  std::optional<listener> spoken(std::string_view token, timestamp at);

  void open(std::string_view token, timestamp until);
  /// Closes it. The last ping heard since the last call, if any.
  std::optional<timestamp> take(std::string_view token);

private:
  friend class ping_on_its_way;
  using key = std::array<char, 32>; ///< of our tokens 26 are used: a string would take an allocation each
  struct key_hash {
    std::size_t operator()(const key& x) const { return std::hash<std::string_view>{}({x.data(), x.size()}); }
  };
  struct entry {
    monitor_id id;
    org_id org;
    leaf_address where;
    std::uint32_t on_their_way = 0; ///< pings that the actor has not seen yet
    timestamp open_until{};
    timestamp good_until = timestamp::max(); ///< of a token that was replaced; from then on it is not known
    timestamp heard{};                       ///< the epoch: none
    core::rate_bucket bucket;
  };
  struct part {
    std::mutex mutex;
    std::unordered_map<key, entry, key_hash> entries;
  };
  static key key_of(std::string_view token);
  void put(std::string_view token, const monitor_record& x, leaf_address where, timestamp good_until);
  /// Calls `f` on the entry, under its lock.
  template <class F>
  void with(const key& k, F f);
  const core::rate_policy rate_;
  std::array<part, 64> parts_;
};

/// Says that a ping has come to its heartbeat's actor, at the latest when the last message that carries it is dropped:
/// by a crash, or because nobody could take it. Thread-safe; the index outlives it.
class ping_on_its_way {
public:
  ping_on_its_way(ping_index& index, const ping_index::key& token) : index_(index), token_(token) {}
  ~ping_on_its_way() { arrive(); }
  ping_on_its_way(const ping_on_its_way&) = delete;
  ping_on_its_way& operator=(const ping_on_its_way&) = delete;

  void arrive(); ///< only the first time counts

private:
  ping_index& index_;
  const ping_index::key token_;
  std::atomic<bool> arrived_{false};
};

} // namespace gochron::actors
