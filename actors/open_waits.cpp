#include "actors/open_waits.hpp"

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace gochron::actors {
namespace {

auto stopping() {
  return try_later(errc::unavailable, "The server is shutting down.", seconds{5});
}

} // namespace

struct open_waits::book {
  mutable std::mutex mutex;
  std::unordered_map<std::uint64_t, reply_to<status_wait>> open;
  std::uint64_t next = 0;
  bool ended = false;

  std::optional<reply_to<status_wait>> take(std::uint64_t number) {
    std::lock_guard guard{mutex};
    auto it = open.find(number);
    if (it == open.end())
      return std::nullopt;
    auto x = std::move(it->second);
    open.erase(it);
    return x;
  }
};

/// Given up when nobody can answer it any more: a monitor's actor crashed with it.
struct open_waits::place {
  std::shared_ptr<book> in;
  std::uint64_t number = 0;
  ~place() { in->take(number); }
};

open_waits::open_waits() : book_(std::make_shared<book>()) {}

std::optional<reply_to<status_wait>> open_waits::open(reply_to<status_wait> x) {
  auto mine = std::make_shared<place>();
  mine->in = book_;
  bool ended = false;
  {
    std::lock_guard guard{book_->mutex};
    mine->number = ++book_->next;
    ended = book_->ended;
    if (!ended && book_->open.size() < most) {
      book_->open.emplace(mine->number, x);
      x = {};
    }
  }
  if (x) {
    ended ? x(stopping()) : x(try_later(errc::busy, "Too many callers wait for a monitor already."));
    return std::nullopt;
  }
  return reply_to<status_wait>{[mine](result<status_wait> found) {
    if (auto asker = mine->in->take(mine->number))
      (*asker)(std::move(found));
  }};
}

void open_waits::end() {
  std::unordered_map<std::uint64_t, reply_to<status_wait>> all;
  {
    std::lock_guard guard{book_->mutex};
    book_->ended = true;
    all.swap(book_->open);
  }
  for (auto& [number, asker] : all)
    asker(stopping());
}

std::size_t open_waits::size() const {
  std::lock_guard guard{book_->mutex};
  return book_->open.size();
}

} // namespace gochron::actors
