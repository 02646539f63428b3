#pragma once
#include <cstddef>
#include <memory>
#include <optional>

#include "gochron/messages.hpp"

namespace gochron::actors {

/// Everyone who waits for a status, whatever the monitor: their number is bounded, and an engine that stops lets them
/// go at once. Thread-safe; what it gave out may outlive it.
class open_waits {
public:
  static constexpr std::size_t most = 1000;

  open_waits();
  /// What is to be answered in place of `x`. Unset when too many wait or the engine stops: then `x` has its answer.
  std::optional<reply_to<status_wait>> open(reply_to<status_wait> x);
  /// Answers all of them `unavailable`, and whoever comes later. Idempotent.
  void end();
  std::size_t size() const;

private:
  struct book;
  struct place;
  std::shared_ptr<book> book_;
};

} // namespace gochron::actors
