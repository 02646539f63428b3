#include "bench/harness/listeners.hpp"

#include <chrono>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "bench/harness/load.hpp"

namespace gochron::bench {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t most = 20'000, an_address = 500;

unique_fd connect_from(std::size_t number, const endpoint& to) {
  unique_fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (to.host.starts_with("127.")) {
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + static_cast<std::uint32_t>(number / an_address));
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot bind an address of this machine");
  }
  address.sin_port = htons(to.port);
  if (inet_pton(AF_INET, to.host.c_str(), &address.sin_addr) != 1 ||
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect to " + to.host + ":" + std::to_string(to.port));
  return fd;
}

} // namespace

listeners::listeners() : poller_{epoll_create1(EPOLL_CLOEXEC)} {
  lanes_.reserve(most);
  at_line_start_.assign(most, 0);
  thread_ = std::thread{[this] { run(); }};
}

listeners::~listeners() {
  done_ = true;
  thread_.join();
}

void listeners::add(const endpoint& to, const std::string& request) {
  if (lanes_.size() == most)
    throw std::runtime_error("too many listeners");
  auto fd = connect_from(lanes_.size(), to);
  if (!request.empty()) {
    pollfd answered{fd.get(), POLLIN, 0};
    char head[12];
    if (::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()) ||
        ::poll(&answered, 1, 10'000) != 1 || ::recv(fd.get(), head, sizeof head, MSG_WAITALL) != sizeof head ||
        std::memcmp(head + 9, "200", 3) != 0)
      throw std::runtime_error("a stream did not begin: " + std::string{head, sizeof head});
  }
  fcntl(fd.get(), F_SETFL, O_NONBLOCK);
  epoll_event e{EPOLLIN, {.u64 = lanes_.size()}};
  auto raw = fd.get();
  lanes_.push_back(std::move(fd)); // room is reserved: the reading thread sees no vector move
  epoll_ctl(poller_.get(), EPOLL_CTL_ADD, raw, &e);
}

bool listeners::wait_for(std::uint64_t frames, double seconds) const {
  auto until = clock::now() + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
  while (frames_ < frames && clock::now() < until)
    std::this_thread::sleep_for(std::chrono::microseconds{100});
  return frames_ >= frames;
}

void listeners::run() {
  std::vector<epoll_event> events(512);
  while (!done_) {
    auto n = epoll_wait(poller_.get(), events.data(), static_cast<int>(events.size()), 50);
    for (int i = 0; i < n; ++i)
      read(events[static_cast<std::size_t>(i)].data.u64);
  }
}

void listeners::read(std::size_t lane) {
  static char block[256 * 1024];
  auto n = ::recv(lanes_[lane].get(), block, sizeof block, 0);
  if (n <= 0) {
    if (n == 0 || errno != EAGAIN) {
      ++ended_;
      epoll_ctl(poller_.get(), EPOLL_CTL_DEL, lanes_[lane].get(), nullptr);
    }
    return;
  }
  bytes_ += static_cast<std::uint64_t>(n);
  std::uint64_t found = 0;
  auto& line_start = at_line_start_[lane];
  for (const char *at = block, *end = block + n; at < end;) {
    found += line_start && *at == 'd' ? 1 : 0;
    auto* next = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    line_start = next != nullptr;
    at = next ? next + 1 : end;
  }
  frames_ += found;
}

} // namespace gochron::bench
