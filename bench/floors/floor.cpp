#include "bench/floors/floor.hpp"

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "bench/floors/apart.hpp"
#include "bench/harness/socket.hpp"
#include "bench/peers/tls.hpp"

namespace gochron::bench {
namespace {

struct attempt {
  unique_fd fd;
  ssl_ptr ssl;
  bool sent = false;
  std::string in;
};

class check_loop {
public:
  explicit check_loop(const floor_plan& plan)
    : plan_(plan), attempts_(static_cast<std::size_t>(plan.in_flight)),
      tls_(plan.root_pem.empty() ? nullptr : client_context(plan.root_pem)) {
    request_ = "GET / HTTP/1.1\r\nHost: target.test\r\nUser-Agent: floor\r\nAccept: */*\r\nConnection: close\r\n\r\n";
  }

  floor_cost run() {
    for (auto& x : attempts_)
      begin(x);
    std::vector<epoll_event> events(attempts_.size());
    floor_cost cost;
    measure(plan_.seconds, cost, [&] {
      auto n = epoll_wait(poller_.get(), events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < n; ++i)
        step(*static_cast<attempt*>(events[static_cast<std::size_t>(i)].data.ptr));
    });
    cost.checks = static_cast<double>(done_);
    return cost;
  }

private:
  void begin(attempt& x) {
    // Many addresses of the same target, as a fleet has: each has its own ports.
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(plan_.to.port);
    auto n = static_cast<std::uint32_t>(begun_++ % 1000);
    address.sin_addr.s_addr = htonl(0x7f000000U + (n / 250U << 8U) + n % 250U + 1U);
    x.fd = unique_fd{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    int on = 1;
    setsockopt(x.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(x.fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS)
      throw std::runtime_error("the floor cannot connect");
    x.ssl = tls_ ? client_side(tls_.get(), x.fd.get(), tls_name) : nullptr;
    x.sent = false;
    x.in.clear();
    epoll_event e{EPOLLIN | EPOLLOUT | EPOLLRDHUP | static_cast<std::uint32_t>(EPOLLET), {.ptr = &x}};
    epoll_ctl(poller_.get(), EPOLL_CTL_ADD, x.fd.get(), &e);
  }

  long send(attempt& x) {
    return x.ssl ? send_tls(x.ssl.get(), request_.data(), request_.size())
                 : ::send(x.fd.get(), request_.data(), request_.size(), MSG_NOSIGNAL);
  }

  long receive(attempt& x, char* block, std::size_t size) {
    return x.ssl ? receive_tls(x.ssl.get(), block, size) : ::recv(x.fd.get(), block, size, 0);
  }

  void step(attempt& x) {
    if (!x.sent) {
      if (auto n = send(x); n < 0) {
        if (errno != EAGAIN && errno != ENOTCONN)
          throw std::runtime_error("the floor cannot send");
        return;
      }
      x.sent = true;
    }
    char block[4096];
    while (true) {
      auto n = receive(x, block, sizeof block);
      if (n < 0 && errno == EAGAIN)
        return;
      if (n <= 0)
        return finish(x);
      x.in.append(block, static_cast<std::size_t>(n));
    }
  }

  void finish(attempt& x) {
    if (!x.in.starts_with("HTTP/1.1 200"))
      throw std::runtime_error("the floor got no 200");
    ++done_;
    begin(x);
  }

  const floor_plan& plan_;
  std::vector<attempt> attempts_;
  ssl_ctx_ptr tls_;
  unique_fd poller_{epoll_create1(EPOLL_CLOEXEC)};
  std::string request_;
  std::uint64_t begun_ = 0, done_ = 0;
};

} // namespace

floor_cost run_floor(const floor_plan& plan) {
  auto cost = apart<floor_cost>(plan.core, plan.seconds, [&] {
    std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes to targets that have left
    return check_loop{plan}.run();
  });
  if (cost.checks == 0)
    throw std::runtime_error("the floor made no check");
  return cost;
}

} // namespace gochron::bench
