#include "actors/engine_clock.hpp"

#include <spdlog/spdlog.h>

namespace gochron::actors {
namespace {

using std::chrono::steady_clock;

constexpr milliseconds beat{200};
constexpr seconds rest_after_jump{5};

monotonic_time instant(monotonic_time::rep x) {
  return monotonic_time{monotonic_time::duration{x}};
}

void report(const core::time_change& x) {
  if (x.gap)
    spdlog::warn("nothing was observed for {} ms: the host's clock was set, or it or this process stood still",
                 (x.gap->to - x.gap->from).count());
  if (x.went_back)
    spdlog::error(
        "the host's clock was set back by more than a day: times go back with it, histories are out of order");
  else if (x.next.ahead > milliseconds{0} && !x.gap)
    spdlog::warn("the host's clock was set back: our time is {} ms ahead of it and goes slower until they meet",
                 x.next.ahead.count());
}

} // namespace

// Not at one moment, but if the thread was away between the two clocks we see it and read again.
core::clock_reading engine_clock::read_host() {
  core::clock_reading x;
  for (int i = 0; i < 100; ++i) {
    x.steady = steady_clock::now();
    x.wall = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    if (steady_clock::now() - x.steady < milliseconds{5})
      break;
  }
  return x;
}

engine_clock::engine_clock(gap_log& gaps, host read) : gaps_(gaps), read_(std::move(read)) {
  auto now = read_();
  use(core::start_line(now, {}));
  seen_ = now.steady.time_since_epoch().count();
}

void engine_clock::use(const core::time_line& x) const {
  auto& place = lines_[used_++ % lines_.size()];
  place = x;
  line_.store(&place, std::memory_order_release);
}

void engine_clock::not_before(timestamp floor) {
  std::lock_guard lock{changing_};
  auto now = read_();
  use(core::start_line(now, std::max(floor, line_.load()->time(now.steady))));
}

timestamp engine_clock::now() const {
  auto reading = read_();
  const auto& line = *line_.load(std::memory_order_acquire);
  auto seen = instant(seen_.load(std::memory_order_relaxed));
  if (core::follow(line, seen, reading)) {
    reading = look();
    return line_.load(std::memory_order_acquire)->time(reading.steady);
  }
  if (reading.steady - seen > beat / 2)
    seen_.store(reading.steady.time_since_epoch().count(), std::memory_order_relaxed);
  return line.time(reading.steady);
}

// Another thread may have been first: then there is nothing left to see. The clocks are read again under the lock, as
// the line may be younger than what the caller read.
core::clock_reading engine_clock::look() const {
  std::lock_guard lock{changing_};
  auto reading = read_();
  auto seen = instant(seen_.load(std::memory_order_relaxed));
  auto change = core::follow(*line_.load(std::memory_order_relaxed), seen, reading);
  if (!change)
    return reading;
  report(*change);
  if (change->gap) {
    gaps_.notice(*change->gap);
    ++jumps_;
  }
  use(change->next);
  seen_.store(reading.steady.time_since_epoch().count(), std::memory_order_relaxed);
  return reading;
}

void engine_clock::watch(std::function<void()> jumped) {
  jumped_ = std::move(jumped);
  thread_ = std::thread([this] { run(); });
}

void engine_clock::run() {
  std::uint64_t told = 0;
  auto may_tell = steady_clock::now();
  std::unique_lock lock{mutex_};
  while (!wake_.wait_for(lock, beat, [this] { return stopping_; })) {
    now();
    auto jumps = jumps_.load();
    if (jumps == told || steady_clock::now() < may_tell)
      continue;
    told = jumps;
    may_tell = steady_clock::now() + rest_after_jump;
    jumped_();
  }
}

void engine_clock::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

} // namespace gochron::actors
