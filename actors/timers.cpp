#include "actors/timers.hpp"

#include <algorithm>

namespace gochron::actors {

wheel_thread::wheel_thread(sink to) : to_(std::move(to)) {}

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

void wheel_thread::run() {
  std::vector<timer_entry> arrived, due;
  for (auto next = zero_ + tick;; next = std::max(next + tick, std::chrono::steady_clock::now())) {
    {
      std::unique_lock lock{mutex_};
      if (wake_.wait_until(lock, next, [this] { return stopping_; }))
        return;
      arrived.swap(inbox_);
    }
    for (auto& x : arrived)
      wheel_.arm(x);
    arrived.clear();
    wheel_.advance(tick_at(std::chrono::steady_clock::now()), due);
    fire(due);
  }
}

void wheel_thread::fire(std::vector<timer_entry>& due) {
  if (due.empty())
    return;
  armed_.fetch_sub(due.size(), std::memory_order_relaxed);
  std::stable_sort(due.begin(), due.end(), [](auto& a, auto& b) { return a.shard < b.shard; });
  for (auto it = due.begin(); it != due.end();) {
    auto end = std::find_if(it, due.end(), [shard = it->shard](auto& x) { return x.shard != shard; });
    std::vector<due_timer> batch;
    batch.reserve(static_cast<std::size_t>(end - it));
    std::transform(it, end, std::back_inserter(batch), [](auto& x) { return due_timer{x.slot, x.token}; });
    to_(it->shard, std::move(batch));
    it = end;
  }
  due.clear();
}

} // namespace gochron::actors
