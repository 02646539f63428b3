#include "net/readiness.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include <sys/epoll.h>

namespace gochron::net {

readiness::readiness(asio::io_context& io) : poller_(io), clock_(io) {
  auto fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0)
    throw std::runtime_error("no epoll instance for the sockets of checks");
  poller_.assign(fd);
  listen();
}

void readiness::listen() {
  poller_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code ec) {
    if (ec || closed_)
      return;
    drain();
    listen();
  });
}

void readiness::drain() {
  std::array<epoll_event, 256> events;
  for (int n = static_cast<int>(events.size()); n == static_cast<int>(events.size()) && !closed_;) {
    n = ::epoll_wait(poller_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < n; ++i) {
      const auto& seen = events[static_cast<std::size_t>(i)];
      auto& of = places_[seen.data.u64 & 0xffff'ffffU];
      if (of.owner && of.generation == static_cast<std::uint32_t>(seen.data.u64 >> 32U))
        of.owner->report(seen.events);
    }
  }
}

void readiness::tick_on() {
  if (ticking_ || closed_)
    return;
  ticking_ = true;
  clock_.expires_after(tick);
  clock_.async_wait([this](error_code ec) {
    ticking_ = false;
    if (ec || closed_)
      return;
    drain(); // what has come is not late, however late we look
    wake_late();
    if (waiting_ > 0)
      tick_on();
  });
}

// Whoever is woken may enter or leave places: look at each anew.
void readiness::wake_late() {
  auto now = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < places_.size(); ++i)
    if (auto* x = places_[i].owner; x && x->waiter_ && x->deadline_ <= now)
      x->end(wake::late);
}

void readiness::close() {
  closed_ = true;
  clock_.cancel();
  poller_.cancel();
  for (std::size_t i = 0; i < places_.size(); ++i)
    if (places_[i].owner)
      places_[i].owner->end(wake::aborted);
}

std::uint32_t readiness::enter(watch& x) {
  if (free_.empty()) {
    places_.push_back({});
    free_.push_back(static_cast<std::uint32_t>(places_.size() - 1));
  }
  auto at = free_.back();
  free_.pop_back();
  places_[at].owner = &x;
  return at;
}

void readiness::leave(std::uint32_t at) {
  places_[at].owner = nullptr;
  ++places_[at].generation;
  free_.push_back(at);
}

bool watch::attach(int fd) {
  auto& place = ready_.places_[place_];
  signaled_ = readable_ = failed_ = false;
  epoll_event e{};
  e.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | static_cast<std::uint32_t>(EPOLLET);
  e.data.u64 = std::uint64_t{++place.generation} << 32U | place_;
  return ::epoll_ctl(ready_.poller_.native_handle(), EPOLL_CTL_ADD, fd, &e) == 0;
}

asio::awaitable<wake> watch::until(monotonic_time deadline) {
  if (ready_.closed_)
    co_return wake::aborted;
  if (std::exchange(signaled_, false))
    co_return wake::ready;
  deadline_ = deadline;
  ++ready_.waiting_;
  ready_.tick_on();
  asio::use_awaitable_t<> token;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(wake)>(
      [this](auto&& h) { waiter_.emplace(std::forward<decltype(h)>(h)); }, token);
}

void watch::report(std::uint32_t events) {
  constexpr std::uint32_t failure = EPOLLERR | EPOLLHUP;
  signaled_ = true;
  failed_ = failed_ || (events & failure) != 0;
  readable_ = readable_ || (events & (EPOLLIN | EPOLLRDHUP | failure)) != 0;
  end(wake::ready);
}

void watch::end(wake how) {
  if (!waiter_)
    return;
  signaled_ = false;
  --ready_.waiting_;
  auto h = std::move(*waiter_);
  waiter_.reset();
  h(how); // may destroy this
}

} // namespace gochron::net
