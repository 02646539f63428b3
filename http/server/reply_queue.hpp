#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/server/response.hpp"
#include "http/server/stream_sink.hpp"

namespace gochron::http {

/// The requests of one connection that are in work, in the order of their arrival, which is the order of the answers.
/// Not thread-safe.
class reply_queue {
public:
  using instant = std::chrono::steady_clock::time_point;

  struct entry {
    std::string request_id;
    bool head = false;
    bool keep = true;
    bool safe = true;
    std::size_t body_size = 0; ///< of the request, which the handler may still hold
    instant due{};             ///< the handler deadline
    std::optional<response> answer;
    std::shared_ptr<stream_sink> stream; ///< what follows the answer's head; null: it is whole
  };

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  /// Every request in work is safe, so that another safe one may run beside them.
  bool all_safe() const { return unsafe_ == 0; }
  /// Bytes held by requests in work and by answers that wait for their turn.
  std::size_t held() const { return held_; }

  /// The new entry's slot number.
  std::uint32_t add(entry e);
  /// False when that slot is answered or gone.
  bool answer(std::uint32_t slot, response r, std::shared_ptr<stream_sink> stream = nullptr);
  bool extend(std::uint32_t slot, instant due);
  /// Slots without an answer at their deadline.
  std::vector<std::uint32_t> overdue(instant now) const;
  /// The request id of an entry that is there.
  const std::string& request_id(std::uint32_t slot) const { return entries_[slot - first_].request_id; }

  /// The first entry, if it is answered.
  std::optional<entry> pop();
  void clear();

private:
  entry* waiting(std::uint32_t slot);

  std::deque<entry> entries_;
  std::uint32_t first_ = 0; ///< slot number of the first entry; may wrap round
  std::size_t unsafe_ = 0, held_ = 0;
};

} // namespace gochron::http
