#include "http/server/stream.hpp"

#include <algorithm>
#include <utility>

#include "http/server/reply_port.hpp"
#include "http/server/stream_sink.hpp"

namespace gochron::http {
namespace {

// A burst leaves no large vector behind.
constexpr std::size_t kept_capacity = 4;

std::size_t size_of(const std::vector<frame>& frames) {
  std::size_t n = 0;
  for (const auto& x : frames)
    n += x->size();
  return n;
}

} // namespace

stream stream::begin(const ticket& to, response head, std::shared_ptr<stream_watcher> watcher, std::size_t limit) {
  auto state = std::make_shared<stream_state>(to, limit);
  state->watcher = std::move(watcher);
  auto sink = std::make_shared<stream_sink>(state);
  if (to.port)
    to.port->send({to, stream_start{std::move(head), std::move(sink)}});
  return stream{std::move(state)};
}

bool stream::send(frame x) const {
  if (!state_)
    return false;
  {
    std::lock_guard guard(state_->mutex);
    if (state_->ended || state_->bytes > state_->limit)
      return false;
    if (x->empty())
      return true;
    state_->bytes += x->size();
    state_->waiting.push_back(std::move(x));
    if (std::exchange(state_->knocked, true))
      return true;
  }
  state_->to.port->send({state_->to, knock{}});
  return true;
}

void stream::end(frame last) const {
  finish(std::move(last), false);
}

void stream::cut(frame last) const {
  finish(std::move(last), true);
}

void stream::finish(frame last, bool at_once) const {
  if (!state_)
    return;
  {
    std::lock_guard guard(state_->mutex);
    if (std::exchange(state_->ended, true))
      return;
    if (at_once) {
      state_->bytes -= size_of(state_->waiting);
      state_->waiting.clear();
      state_->cut = true;
    }
    if (last && !last->empty()) {
      state_->bytes += last->size();
      state_->waiting.push_back(std::move(last));
    }
    if (std::exchange(state_->knocked, true))
      return;
  }
  state_->to.port->send({state_->to, knock{}});
}

stream_sink::~stream_sink() {
  std::shared_ptr<stream_watcher> watcher;
  {
    std::lock_guard guard(state_->mutex);
    state_->ended = true;
    state_->waiting = {};
    watcher = std::exchange(state_->watcher, nullptr);
  }
  if (watcher)
    watcher->gone();
}

bool stream_sink::has_news() const {
  std::lock_guard guard(state_->mutex);
  return state_->knocked;
}

void stream_sink::collect() {
  std::lock_guard guard(state_->mutex);
  state_->knocked = false;
  ended_ = state_->ended;
  if (std::exchange(state_->cut, false) && pending()) {
    auto keep = next_ + (offset_ > 0 ? 1 : 0);
    for (auto i = keep; i < frames_.size(); ++i)
      state_->bytes -= frames_[i]->size();
    frames_.resize(keep);
  }
  if (!pending()) {
    frames_.clear();
    next_ = 0;
  }
  std::ranges::move(state_->waiting, std::back_inserter(frames_));
  state_->waiting.clear();
  if (state_->waiting.capacity() > kept_capacity)
    state_->waiting = {};
}

void stream_sink::close() {
  std::lock_guard guard(state_->mutex);
  state_->ended = true;
}

std::size_t stream_sink::view(std::span<iovec> parts) const {
  std::size_t n = 0;
  for (auto i = next_; i < frames_.size() && n < parts.size(); ++i, ++n) {
    auto skipped = i == next_ ? offset_ : 0;
    parts[n] = {const_cast<char*>(frames_[i]->data()) + skipped, frames_[i]->size() - skipped};
  }
  return n;
}

void stream_sink::written(std::size_t n) {
  offset_ += n;
  while (pending() && offset_ >= frames_[next_]->size()) {
    offset_ -= frames_[next_]->size();
    frames_[next_++].reset();
  }
  if (!pending()) {
    frames_.clear();
    if (frames_.capacity() > kept_capacity)
      frames_ = {};
    next_ = 0;
  }
  std::shared_ptr<stream_watcher> watcher;
  {
    std::lock_guard guard(state_->mutex);
    state_->bytes -= n;
    if (state_->bytes == 0)
      watcher = state_->watcher;
  }
  if (watcher)
    watcher->drained();
}

} // namespace gochron::http
