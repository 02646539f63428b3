#include "http/server/reply_queue.hpp"

#include <utility>

namespace gochron::http {

std::uint32_t reply_queue::add(entry e) {
  unsafe_ += e.safe ? 0 : 1;
  held_ += e.body_size;
  entries_.push_back(std::move(e));
  return first_ + static_cast<std::uint32_t>(entries_.size() - 1);
}

reply_queue::entry* reply_queue::waiting(std::uint32_t slot) {
  std::uint32_t i = slot - first_; // far out of range for a slot that is gone
  return i < entries_.size() && !entries_[i].answer ? &entries_[i] : nullptr;
}

bool reply_queue::answer(std::uint32_t slot, response r, std::shared_ptr<stream_sink> stream) {
  auto* e = waiting(slot);
  if (!e)
    return false;
  held_ -= std::exchange(e->body_size, r.body.size());
  held_ += r.body.size();
  e->answer = std::move(r);
  e->stream = std::move(stream);
  return true;
}

bool reply_queue::extend(std::uint32_t slot, instant due) {
  auto* e = waiting(slot);
  if (e)
    e->due = due;
  return e != nullptr;
}

std::vector<std::uint32_t> reply_queue::overdue(instant now) const {
  std::vector<std::uint32_t> slots;
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (!entries_[i].answer && entries_[i].due <= now)
      slots.push_back(first_ + static_cast<std::uint32_t>(i));
  return slots;
}

std::optional<reply_queue::entry> reply_queue::pop() {
  if (entries_.empty() || !entries_.front().answer)
    return std::nullopt;
  auto e = std::move(entries_.front());
  entries_.pop_front();
  ++first_;
  unsafe_ -= e.safe ? 0 : 1;
  held_ -= e.body_size;
  return e;
}

void reply_queue::clear() {
  first_ += static_cast<std::uint32_t>(entries_.size());
  entries_.clear();
  unsafe_ = held_ = 0;
}

} // namespace gochron::http
