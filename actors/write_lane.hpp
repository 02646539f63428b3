#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "gochron/error.hpp"

namespace gochron::actors {

/// What a request is told that would have to wait for the database too long. Nothing of it was or will be written.
inline tl::unexpected<error> not_taken() {
  return try_later(errc::unavailable, "The database is not taking changes.");
}

/// The writes of one actor, one at a time and in order: the next begins when the one before has said `done`.
/// Belongs to its actor; not thread-safe.
class write_lane {
public:
  /// Past this many the owner refuses new work (edits with 503, rounds by skipping their slot).
  static constexpr std::size_t full_at = 64;
  /// A write that takes longer than this says that the database is away: who asks now is told so at once.
  static constexpr std::chrono::seconds patience{3};
  /// Who asked this long ago has gone, or is about to be told that it is not known what became of his request.
  static constexpr std::chrono::seconds too_late{8};

  std::function<void()> when_idle; ///< called when nothing is left to write

  void push(std::function<void()> write) {
    waiting_.push_back(std::move(write));
    if (!busy_)
      next();
  }

  /// A write that somebody waits for. When its turn comes too late, `give_up` is called instead; it says done() too.
  void push(std::function<void()> write, std::function<void()> give_up) {
    push([asked = now(), write = std::move(write), give_up = std::move(give_up)] {
      now() - asked > too_late ? give_up() : write();
    });
  }

  void done() {
    busy_ = false;
    if (!waiting_.empty())
      next();
    else if (when_idle)
      when_idle();
  }

  bool idle() const { return !busy_ && waiting_.empty(); }
  bool full() const { return waiting_.size() >= full_at; }
  /// Whether requests are refused.
  bool refuses() const { return full() || (busy_ && now() - since_ > patience); }

private:
  static std::chrono::steady_clock::time_point now() { return std::chrono::steady_clock::now(); }

  void next() {
    busy_ = true;
    since_ = now();
    auto write = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    write();
  }

  std::vector<std::function<void()>> waiting_;
  bool busy_ = false;
  std::chrono::steady_clock::time_point since_; ///< of the write in front
};

} // namespace gochron::actors
