#include "http/server/transport.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <pistache/peer.h>
#include <pistache/tcp.h>
#include <spdlog/spdlog.h>

namespace gochron::http {
namespace {
using Pistache::Polling::Mode;
using Pistache::Polling::NotifyOn;
using Pistache::Polling::Tag;

// The base class insists on a handler for what it reads; it reads nothing here.
class no_input : public Pistache::Tcp::Handler {
public:
  PROTOTYPE_OF(Pistache::Tcp::Handler, no_input)
  void onInput(const char*, size_t, const std::shared_ptr<Pistache::Tcp::Peer>&) override {}
};

std::uint64_t next_generation() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

// Bit 55 tells ours from the descriptors that Pistache uses as tags; the eight bits above belong to its reactor.
std::uint64_t tag_of(int fd, std::uint64_t generation) {
  return 1ULL << 55 | (generation & 0x7fffff) << 32 | static_cast<std::uint32_t>(fd);
}

std::chrono::milliseconds tick_for(const deadlines& d) {
  auto shortest = std::min({d.head, d.body, d.idle, d.write, d.handler, d.linger});
  return std::clamp(shortest / 4, std::chrono::milliseconds{5}, std::chrono::milliseconds{250});
}

int make_timer(std::chrono::milliseconds tick) {
  int fd = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0)
    throw std::system_error(errno, std::generic_category(), "timerfd");
  itimerspec spec{};
  spec.it_value.tv_nsec = spec.it_interval.tv_nsec = std::chrono::nanoseconds{tick}.count();
  ::timerfd_settime(fd, 0, &spec, nullptr);
  return fd;
}

NotifyOn interest(bool reads, bool writes) {
  auto wanted = NotifyOn::None;
  if (reads)
    wanted = wanted | NotifyOn::Read;
  if (writes)
    wanted = wanted | NotifyOn::Write;
  return wanted;
}

} // namespace

// The address stays with the session, where it is canonical and knows unix sockets.
transport::connection::connection(const session_context& shared, const ticket& self, const newcomer& x,
                                  session::instant now)
  : talk(shared, self, x.from, now),
    peer(Pistache::Tcp::Peer::Create(x.fd, Pistache::Address(Pistache::IP::loopback(), Pistache::Port(0)))) {}

transport::transport(const session_context& shared, admission& admitted)
  : Pistache::Tcp::Transport(std::make_shared<no_input>()), shared_(shared), admitted_(admitted) {}

transport::~transport() {
  close_all();
  if (timer_fd_ >= 0)
    ::close(timer_fd_);
}

std::shared_ptr<Pistache::Aio::Handler> transport::clone() const {
  return std::make_shared<transport>(shared_, admitted_);
}

// The base class is asked neither here nor in `onReady`: its queues are for writing and accepting through it, which
// nobody does, and their descriptors would be inherited by child processes and never closed.
void transport::registerPoller(Pistache::Polling::Epoll& poller) {
  port_ = &reply_port::open();
  timer_fd_ = make_timer(tick_for(shared_.opts.deadlines));
  for (int fd : {port_->event_fd(), timer_fd_})
    poller.addFd(fd, Pistache::Flags<NotifyOn>(NotifyOn::Read), Tag(static_cast<std::uint64_t>(fd)));
}

void transport::onReady(const Pistache::Aio::FdSet& fds) {
  now_ = std::chrono::steady_clock::now();
  reply_port::on_duty here(*port_, *this);
  bool mail = false, tick = false;
  for (const auto& event : fds) {
    auto tag = event.getTag().value();
    if (tag == static_cast<std::uint64_t>(port_->event_fd()))
      mail = true;
    else if (tag == static_cast<std::uint64_t>(timer_fd_))
      tick = true;
    else
      on_event(event);
  }
  if (tick)
    sweep();
  if (mail)
    collect_mail();
  settle_touched();
}

transport::connection* transport::find(int fd, std::uint64_t tag) {
  auto i = static_cast<std::size_t>(fd);
  if (fd < 0 || i >= by_fd_.size() || !by_fd_[i] || by_fd_[i]->talk.is_dead())
    return nullptr;
  return tag_of(fd, by_fd_[i]->talk.id().generation) == tag ? by_fd_[i].get() : nullptr;
}

// A defect in the handling of one connection costs that connection, not the thread and all its others.
template <class F>
void transport::guarded(connection& c, F f) {
  try {
    f(c.talk);
  } catch (const std::exception& e) {
    spdlog::error("http connection dropped: {}", e.what());
    c.talk.hung_up();
  }
  touched_.push_back(c.talk.id().fd);
}

void transport::on_event(const Pistache::Aio::FdSet::Entry& event) {
  auto tag = event.getTag().value();
  auto* c = find(static_cast<int>(tag & 0xffffffff), tag);
  if (!c)
    return;
  guarded(*c, [&](session& s) {
    if (event.isWritable())
      s.writable(now_);
    // A hang-up with reading on may have bytes before it (unix sockets say so at once); reading finds out.
    if (!s.is_dead() && s.wants_read() && (event.isReadable() || !event.isWritable()))
      s.readable(now_);
    else if (!event.isReadable() && (event.isHangup() || !event.isWritable()))
      s.hung_up();
  });
}

void transport::take(letter x) {
  auto i = static_cast<std::size_t>(x.to.fd);
  auto* c = x.to.fd >= 0 && i < by_fd_.size() ? by_fd_[i].get() : nullptr;
  if (!c || c->talk.is_dead() || c->talk.id().generation != x.to.generation) {
    shared_.counts.stale_replies += std::holds_alternative<knock>(x.what) ? 0 : 1;
    return;
  }
  if (std::holds_alternative<knock>(x.what)) {
    touched_.push_back(x.to.fd); // `resume` looks, once for all that was sent meanwhile
    return;
  }
  guarded(*c, [&](session& s) {
    if (auto* delay = std::get_if<std::chrono::milliseconds>(&x.what))
      s.extend(x.to.slot, now_ + *delay);
    else if (auto* start = std::get_if<stream_start>(&x.what))
      shared_.counts.stale_replies += s.deliver(x.to.slot, std::move(start->head), now_, start->sink) ? 0 : 1;
    else if (!s.deliver(x.to.slot, std::move(std::get<response>(x.what)), now_))
      ++shared_.counts.stale_replies;
  });
}

void transport::collect_mail() {
  auto mail = port_->collect();
  for (auto& x : mail.letters)
    take(std::move(x));
  if (mail.drain)
    drain();
  // What has died gives its descriptor back before a newcomer may come with the same one.
  settle_touched();
  for (const auto& x : mail.newcomers)
    welcome(x);
}

void transport::welcome(const newcomer& x) {
  auto i = static_cast<std::size_t>(x.fd);
  ticket self{port_, next_generation(), x.fd, 0, false, false};
  int on = 1;
  ::setsockopt(x.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  try {
    if (i >= by_fd_.size())
      by_fd_.resize(i + 64);
    by_fd_[i] = std::make_unique<connection>(shared_, self, x, now_);
    handleNewPeer(by_fd_[i]->peer);
    reactor()->modifyFd(key(), x.fd, NotifyOn::Read, Tag(tag_of(x.fd, self.generation)), Mode::Level);
    if (draining_)
      guarded(*by_fd_[i], [&](session& s) { s.drain(now_); });
  } catch (const std::exception& e) {
    spdlog::error("http connection not taken: {}", e.what());
    if (i < by_fd_.size())
      by_fd_[i].reset();
    peers.erase(x.fd);
    ::close(x.fd);
    admitted_.leave(x.from);
  }
}

void transport::drain() {
  draining_ = true;
  for (auto& c : by_fd_)
    if (c && !c->talk.is_dead())
      guarded(*c, [&](session& s) { s.drain(now_); });
}

void transport::sweep() {
  std::uint64_t ticks = 0;
  [[maybe_unused]] auto n = ::read(timer_fd_, &ticks, sizeof ticks);
  for (auto& c : by_fd_)
    if (c && !c->talk.is_dead())
      guarded(*c, [&](session& s) { s.sweep(now_); });
}

// In rounds: a handler that is called by `resume` may answer for other connections.
void transport::settle_touched() {
  while (!touched_.empty()) {
    settling_.swap(touched_);
    for (int fd : settling_)
      if (auto& c = by_fd_[static_cast<std::size_t>(fd)])
        settle(*c);
    settling_.clear();
  }
}

void transport::settle(connection& c) {
  auto fd = c.talk.id().fd;
  try {
    c.talk.resume(now_);
    if (c.talk.is_dead())
      return remove(fd);
    if (c.reads == c.talk.wants_read() && c.writes == c.talk.wants_write())
      return;
    c.reads = c.talk.wants_read();
    c.writes = c.talk.wants_write();
    reactor()->modifyFd(key(), fd, interest(c.reads, c.writes), Tag(tag_of(fd, c.talk.id().generation)), Mode::Level);
  } catch (const std::exception& e) {
    spdlog::error("http connection dropped: {}", e.what());
    remove(fd);
  }
}

void transport::remove(int fd) {
  auto c = std::move(by_fd_[static_cast<std::size_t>(fd)]);
  removePeer(c->peer); // leaves epoll and closes
  admitted_.leave(c->talk.from());
}

void transport::close_all() {
  if (!port_)
    return;
  for (const auto& x : std::exchange(port_, nullptr)->close().newcomers) {
    ::close(x.fd);
    admitted_.leave(x.from);
  }
  for (auto& c : by_fd_) {
    if (!c)
      continue;
    ::close(c->talk.id().fd);
    admitted_.leave(c->talk.from());
    c.reset();
  }
}

} // namespace gochron::http
