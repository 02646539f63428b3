#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gochron::actors {

/// One armed timer: whom to wake, when, and a word for the woken to know what it was about.
struct timer_entry {
  std::uint64_t due = 0; ///< tick
  std::uint32_t shard = 0;
  std::uint32_t slot = 0;
  std::uint32_t token = 0;
};
static_assert(sizeof(timer_entry) == 24);

/// A hashed timing wheel (Varghese and Lauck, 1987, scheme 6): arming is a push, a tick looks at one bucket. A timer is
/// never cancelled: its owner ignores tokens that it no longer waits for. Knows no clock and no thread.
class timing_wheel {
public:
  explicit timing_wheel(std::size_t buckets = 8192);

  /// A tick that has passed already fires at the next advance.
  void arm(timer_entry x);

  /// Moves to `tick` and appends all that is due by then to `out`, in order of tick.
  void advance(std::uint64_t tick, std::vector<timer_entry>& out);

  std::uint64_t now() const { return now_; }
  std::size_t size() const { return size_; }

private:
  std::vector<std::vector<timer_entry>> buckets_;
  std::uint64_t now_ = 0;
  std::size_t size_ = 0;
};

} // namespace gochron::actors
