#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "actors/timing_wheel.hpp"
#include "gochron/clock.hpp"

namespace gochron::actors {

/// Where a leaf of the tree sits: its shard and its place there.
struct leaf_address {
  std::uint32_t shard = 0;
  std::uint32_t slot = 0;
};

/// A timer that fired.
struct due_timer {
  std::uint32_t slot = 0;
  std::uint32_t token = 0;
};

/// Something to be done by a shard's actor.
using letter = std::function<void()>;

/// All that a shard has to hear of at one tick.
struct tick_batch {
  std::vector<due_timer> timers;
  std::vector<letter> letters;
};

/// Wakes leaves. Thread-safe.
class timer_service {
public:
  virtual ~timer_service() = default;
  /// `token` comes back after `delay`, never earlier, at most a tick (5 ms) and the load of the machine later.
  virtual void arm(leaf_address whom, milliseconds delay, std::uint32_t token) = 0;
  /// Brings `x` to the shard at the next tick, together with all else that has come for it: for what arrives from
  /// other threads by the thousand, a wake-up for each would cost more than the work.
  virtual void post(std::uint32_t shard, letter x) = 0;
  virtual std::size_t armed() const = 0;
};

/// The wheel on its own thread: one call a shard and tick.
class wheel_thread final : public timer_service {
public:
  using sink = std::function<void(std::uint32_t shard, tick_batch)>;
  wheel_thread(std::uint32_t shards, sink to);
  ~wheel_thread() override { stop(); }
  void start();
  void stop(); ///< No call of the sink begins after this returns; letters are dropped. Idempotent.

  void arm(leaf_address whom, milliseconds delay, std::uint32_t token) override;
  void post(std::uint32_t shard, letter x) override;
  std::size_t armed() const override { return armed_.load(std::memory_order_relaxed); }

  static constexpr milliseconds tick{5};

private:
  void run();
  std::uint64_t tick_at(monotonic_time t) const;
  void fire(const std::vector<timer_entry>& due);

  sink to_;
  monotonic_time zero_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<timer_entry> inbox_;
  std::vector<std::vector<letter>> letters_; ///< by shard
  bool stopping_ = false;
  std::atomic<std::size_t> armed_{0};
  timing_wheel wheel_;              ///< of the thread alone
  std::vector<tick_batch> batches_; ///< likewise; by shard, empty between ticks
  std::thread thread_;
};

} // namespace gochron::actors
