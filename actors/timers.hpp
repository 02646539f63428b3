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

/// Wakes leaves. Thread-safe.
class timer_service {
public:
  virtual ~timer_service() = default;
  /// `token` comes back after `delay`, never earlier, at most a tick (10 ms) and the load of the machine later.
  virtual void arm(leaf_address whom, milliseconds delay, std::uint32_t token) = 0;
  virtual std::size_t armed() const = 0;
};

/// The wheel on its own thread: ticks of 10 ms, one call a shard and tick.
class wheel_thread final : public timer_service {
public:
  using sink = std::function<void(std::uint32_t shard, std::vector<due_timer>)>;
  explicit wheel_thread(sink to);
  ~wheel_thread() override { stop(); }
  void start();
  void stop(); ///< No call of the sink begins after this returns. Idempotent.

  void arm(leaf_address whom, milliseconds delay, std::uint32_t token) override;
  std::size_t armed() const override { return armed_.load(std::memory_order_relaxed); }

  static constexpr milliseconds tick{10};

private:
  void run();
  std::uint64_t tick_at(monotonic_time t) const;
  void fire(std::vector<timer_entry>& due);

  sink to_;
  monotonic_time zero_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<timer_entry> inbox_;
  bool stopping_ = false;
  std::atomic<std::size_t> armed_{0};
  timing_wheel wheel_; ///< of the thread alone
  std::thread thread_;
};

} // namespace gochron::actors
