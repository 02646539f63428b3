#include "chaos/leavers/crowd.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gochron::chaos {
namespace {

// Longer than any deadline of the server that concerns a client who reads.
constexpr std::chrono::seconds patience{30};

sockaddr_in loopback(std::uint32_t address, std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(address);
  at.sin_port = htons(port);
  return at;
}

int connect_from(std::uint32_t source, std::uint16_t port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    throw std::runtime_error(fmt::format("no socket: {}", std::strerror(errno)));
  int on = 1;
  ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto from = loopback(source, 0), to = loopback(INADDR_LOOPBACK, port);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0 ||
      (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS))
    throw std::runtime_error(fmt::format("cannot connect to port {}: {}", port, std::strerror(errno)));
  return fd;
}

} // namespace

crowd::crowd(std::uint16_t port, planner thinks, std::size_t at_once)
  : port_(port), thinks_(std::move(thinks)), clients_(at_once), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

crowd::~crowd() {
  for (auto& c : clients_)
    if (c.fd >= 0)
      ::close(c.fd);
  ::close(epoll_);
}

const tally& crowd::run(std::uint64_t requests) {
  std::array<epoll_event, 256> events;
  bool busy = true;
  while (busy && done_.wrong.empty()) {
    busy = false;
    auto now = std::chrono::steady_clock::now();
    for (auto& c : clients_) {
      if (c.fd < 0 && done_.requests < requests)
        come(c);
      else if (c.fd >= 0)
        look_at_clock(c, now);
      busy = busy || c.fd >= 0;
    }
    auto n = ::epoll_wait(epoll_, events.data(), events.size(), 1);
    for (int i = 0; i < n && done_.wrong.empty(); ++i) {
      auto& c = clients_[events[static_cast<std::size_t>(i)].data.u64];
      auto what = events[static_cast<std::size_t>(i)].events;
      if (what & EPOLLOUT)
        on_writable(c);
      if (c.fd >= 0 && what & (EPOLLIN | EPOLLHUP | EPOLLERR))
        on_readable(c);
    }
  }
  return done_;
}

void crowd::watch(client& c, bool writes, int operation) const {
  epoll_event e{};
  e.events = EPOLLIN | (writes ? EPOLLOUT : 0U);
  e.data.u64 = static_cast<std::uint64_t>(&c - clients_.data());
  ::epoll_ctl(epoll_, operation, c.fd, &e);
}

void crowd::come(client& c) {
  c = {};
  c.todo = thinks_.next();
  c.fd = connect_from(thinks_.source(), port_);
  c.since = std::chrono::steady_clock::now();
  ++done_.connections;
  watch(c, true, EPOLL_CTL_ADD);
}

void crowd::on_writable(client& c) {
  bool leaves = c.todo.what == fate::leave_sending;
  auto until = leaves ? c.todo.after_bytes : c.todo.bytes.size();
  while (c.sent < until) {
    auto n = ::send(c.fd, c.todo.bytes.data() + c.sent, until - c.sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN)
      return;
    if (n < 0)
      return fail(c, fmt::format("cannot send: {}", std::strerror(errno)));
    c.sent += static_cast<std::size_t>(n);
  }
  if (leaves)
    return leave(c);
  done_.requests += c.todo.owed.size();
  if (c.todo.what == fate::leave_waiting)
    c.leaves_at = std::chrono::steady_clock::now() + c.todo.after;
  watch(c, false, EPOLL_CTL_MOD);
}

void crowd::on_readable(client& c) {
  std::array<char, 32 * 1024> buffer;
  auto room = buffer.size();
  if (c.todo.what == fate::leave_reading)
    room = std::min(room, c.todo.after_bytes - c.received + 1);
  auto n = ::recv(c.fd, buffer.data(), room, 0);
  if (n < 0 && errno == EAGAIN)
    return;
  if (n <= 0)
    return fail(c, n == 0 ? "the server closed before every answer" : std::strerror(errno));
  c.received += static_cast<std::size_t>(n);
  c.input.append(buffer.data(), static_cast<std::size_t>(n));
  take_answers(c);
  if (c.fd >= 0 && c.todo.what == fate::leave_reading && c.received > c.todo.after_bytes)
    leave(c);
}

void crowd::take_answers(client& c) {
  while (!c.todo.owed.empty() && done_.wrong.empty()) {
    auto v = judge(c.input, c.todo.owed.front());
    if (!v.whole)
      return;
    if (!v.wrong.empty())
      return fail(c, v.wrong);
    c.todo.owed.pop_front();
    ++done_.answered;
    done_.busy += v.busy ? 1 : 0;
  }
  if (!c.input.empty())
    return fail(c, "an answer to nothing: " + c.input);
  if (c.todo.owed.empty())
    leave(c);
}

void crowd::leave(client& c) {
  if (!c.todo.owed.empty()) {
    done_.left_sending += c.todo.what == fate::leave_sending ? 1 : 0;
    done_.left_waiting += c.todo.what == fate::leave_waiting ? 1 : 0;
    done_.left_reading += c.todo.what == fate::leave_reading ? 1 : 0;
  }
  linger hard{1, 0};
  if (c.todo.reset)
    ::setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(std::exchange(c.fd, -1));
}

void crowd::look_at_clock(client& c, instant now) {
  if (now >= c.leaves_at)
    leave(c);
  else if (now - c.since > patience)
    fail(c, fmt::format("{} answers did not come", c.todo.owed.size()));
}

void crowd::fail(const client& c, std::string what) {
  if (done_.wrong.empty())
    done_.wrong = fmt::format("{} (connection {}, {} bytes sent)", what, done_.connections, c.sent);
}

} // namespace gochron::chaos
