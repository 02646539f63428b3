#include "bench/peers/target.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "bench/harness/socket.hpp"
#include "bench/peers/tls.hpp"

namespace gochron::bench {
namespace {

struct visitor {
  unique_fd fd;
  ssl_ptr ssl;
  std::string in;
};

class http_loop {
public:
  http_loop(int listener, target_board& board, ssl_ctx_ptr tls)
    : listener_(listener), board_(board), tls_(std::move(tls)) {
    watch(listener_, EPOLLIN);
  }

  void run() {
    std::vector<epoll_event> events(512);
    while (true) {
      auto n = epoll_wait(poller_.get(), events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < n; ++i)
        if (auto fd = events[static_cast<std::size_t>(i)].data.fd; fd == listener_)
          accept_all();
        else
          serve(fd);
    }
  }

private:
  void watch(int fd, std::uint32_t what) {
    epoll_event e{what, {.fd = fd}};
    epoll_ctl(poller_.get(), EPOLL_CTL_ADD, fd, &e);
  }

  void accept_all() {
    for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      watch(fd, EPOLLIN);
      visitors_[fd] = {unique_fd{fd}, tls_ ? server_side(tls_.get(), fd) : nullptr, {}};
    }
  }

  static long receive(visitor& v, char* block, std::size_t size) {
    return v.ssl ? receive_tls(v.ssl.get(), block, size) : ::recv(v.fd.get(), block, size, 0);
  }

  void serve(int fd) {
    auto& v = visitors_[fd];
    char block[16384];
    while (true) {
      auto n = receive(v, block, sizeof block);
      if (n < 0 && errno == EAGAIN)
        return;
      if (n <= 0)
        return leave(fd);
      v.in.append(block, static_cast<std::size_t>(n));
      if (!answer_all(v))
        return leave(fd);
      if (static_cast<std::size_t>(n) < sizeof block && !v.ssl)
        return;
    }
  }

  // False: the conversation is over.
  bool answer_all(visitor& v) {
    for (std::size_t end; (end = v.in.find("\r\n\r\n")) != std::string::npos;) {
      std::string_view head{v.in.data(), end + 2};
      std::size_t length = 0;
      if (auto at = head.find("Content-Length: "); at != std::string_view::npos)
        length = std::strtoul(head.data() + at + 16, nullptr, 10);
      if (v.in.size() < end + 4 + length)
        return true;
      auto keep = head.find("Connection: close") == std::string_view::npos;
      v.in.erase(0, end + 4 + length);
      board_.requests.fetch_add(1, std::memory_order_relaxed);
      if (!send(v, keep) || !keep)
        return false;
    }
    return true;
  }

  bool send(visitor& v, bool keep) {
    auto status = board_.status.load(std::memory_order_relaxed);
    auto n = snprintf(out_, sizeof out_, "HTTP/1.1 %d X\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n%s\r\nok",
                      status, keep ? "" : "Connection: close\r\n");
    auto size = static_cast<std::size_t>(n);
    return v.ssl ? send_tls(v.ssl.get(), out_, size) == n : ::send(v.fd.get(), out_, size, MSG_NOSIGNAL) == n;
  }

  void leave(int fd) {
    if (auto& v = visitors_[fd]; v.ssl)
      say_goodbye(v.ssl.get());
    visitors_.erase(fd);
  }

  int listener_;
  target_board& board_;
  ssl_ctx_ptr tls_;
  unique_fd poller_{epoll_create1(EPOLL_CLOEXEC)};
  std::unordered_map<int, visitor> visitors_;
  char out_[256];
};

std::shared_ptr<target_board> shared_board() {
  auto* memory = mmap(nullptr, sizeof(target_board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return {new (memory) target_board, [](target_board* x) { munmap(x, sizeof *x); }};
}

child start(const target_options& options, target_board& board, std::uint16_t& port) {
  auto listener = listen_anywhere(port);
  return child::fork(options.core, [&] {
    std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes to visitors who have left
    auto tls = options.cert_pem.empty() ? nullptr : server_context(options.cert_pem, options.key_pem);
    http_loop{listener.get(), board, std::move(tls)}.run();
  });
}

} // namespace

target::target(const target_options& options)
  : board_(shared_board()), scheme_(options.cert_pem.empty() ? "http" : "https"),
    process_(start(options, *board_, port_)) {}

std::string target::url(std::uint64_t n) const {
  return fmt::format("{}://127.0.{}.{}:{}/", scheme_, n / 250 % 4, n % 250 + 1, port_);
}

} // namespace gochron::bench
