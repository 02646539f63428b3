#pragma once
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace gochron::actors {

/// The writes of one actor, one at a time and in order: the next begins when the one before has said `done`.
/// Belongs to its actor; not thread-safe.
class write_lane {
public:
  /// Past this many the owner refuses new work (edits with 503, rounds by skipping their slot).
  static constexpr std::size_t full_at = 64;

  void push(std::function<void()> write) {
    waiting_.push_back(std::move(write));
    if (!busy_)
      next();
  }

  void done() {
    busy_ = false;
    if (!waiting_.empty())
      next();
  }

  bool idle() const { return !busy_ && waiting_.empty(); }
  bool full() const { return waiting_.size() >= full_at; }

private:
  void next() {
    busy_ = true;
    auto write = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    write();
  }

  std::vector<std::function<void()>> waiting_;
  bool busy_ = false;
};

} // namespace gochron::actors
