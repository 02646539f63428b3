#include "actors/timers.hpp"

#include <algorithm>
#include <utility>

namespace gochron::actors {

wheel_thread::wheel_thread(std::uint32_t shards, sink to) : to_(std::move(to)), letters_(shards), batches_(shards) {}

void wheel_thread::start() {
  thread_ = std::thread([this] { run(); });
}

void wheel_thread::stop() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
  for (auto& x : letters_)
    x.clear(); // they hold actors, which must not outlive their system
}

std::uint64_t wheel_thread::tick_at(monotonic_time t) const {
  return static_cast<std::uint64_t>((t - zero_) / tick);
}

void wheel_thread::arm(leaf_address whom, milliseconds delay, std::uint32_t token) {
  auto due = std::chrono::steady_clock::now() + std::max(delay, milliseconds{0});
  std::lock_guard guard{mutex_};
  inbox_.push_back({tick_at(due) + 1, whom.shard, whom.slot, token}); // + 1: never early
  armed_.fetch_add(1, std::memory_order_relaxed);
}

void wheel_thread::post(std::uint32_t shard, letter x) {
  std::lock_guard guard{mutex_};
  if (!stopping_)
    letters_[shard].push_back(std::move(x));
}

void wheel_thread::run() {
  std::vector<timer_entry> arrived, due;
  for (auto next = zero_ + tick;; next = std::max(next + tick, std::chrono::steady_clock::now())) {
    {
      std::unique_lock lock{mutex_};
      if (wake_.wait_until(lock, next, [this] { return stopping_; }))
        return;
      arrived.swap(inbox_);
      for (std::size_t i = 0; i < batches_.size(); ++i)
        batches_[i].letters.swap(letters_[i]);
    }
    for (auto& x : arrived)
      wheel_.arm(x);
    if (arrived.size() > 10'000)
      arrived = {}; // a start arms every monitor at once, and never again
    arrived.clear();
    wheel_.advance(tick_at(std::chrono::steady_clock::now()), due);
    fire(due);
    due.clear();
  }
}

void wheel_thread::fire(const std::vector<timer_entry>& due) {
  armed_.fetch_sub(due.size(), std::memory_order_relaxed);
  for (auto& x : due)
    batches_[x.shard].timers.push_back({x.slot, x.token});
  for (std::uint32_t i = 0; i < batches_.size(); ++i)
    if (auto& x = batches_[i]; !x.timers.empty() || !x.letters.empty())
      to_(i, std::exchange(x, {}));
}

} // namespace gochron::actors
