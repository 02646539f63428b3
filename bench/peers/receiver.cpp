#include "bench/peers/receiver.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "bench/harness/socket.hpp"
#include "core/schema/time.hpp"

namespace gochron::bench {
namespace {

std::uint32_t number_after(std::string_view text, std::string_view mark) {
  auto at = text.find(mark);
  return at == std::string_view::npos
             ? 0
             : static_cast<std::uint32_t>(std::strtoul(text.data() + at + mark.size(), nullptr, 10));
}

std::int64_t time_after(std::string_view text, std::string_view mark) {
  auto at = text.find(mark);
  if (at == std::string_view::npos)
    return 0;
  auto begin = at + mark.size();
  auto t = core::parse_rfc3339(text.substr(begin, text.find('"', begin) - begin));
  return t ? std::chrono::duration_cast<std::chrono::microseconds>(t->time_since_epoch()).count() : 0;
}

struct visitor {
  unique_fd fd;
  std::uint64_t serial = 0; ///< tells it from a later one with the same descriptor
  std::string in;
};

struct late_reply {
  std::int64_t due_us;
  int fd;
  std::uint64_t serial;
};

class receiver_loop {
public:
  receiver_loop(int listener, receiver_board& board) : listener_(listener), board_(board) { watch(listener_); }

  void run() {
    std::vector<epoll_event> events(512);
    while (true) {
      auto n = epoll_wait(poller_.get(), events.data(), static_cast<int>(events.size()), late_.empty() ? -1 : 10);
      for (int i = 0; i < n; ++i)
        if (auto fd = events[static_cast<std::size_t>(i)].data.fd; fd == listener_)
          accept_all();
        else
          serve(fd);
      answer_late();
    }
  }

private:
  void watch(int fd) {
    epoll_event e{EPOLLIN, {.fd = fd}};
    epoll_ctl(poller_.get(), EPOLL_CTL_ADD, fd, &e);
  }

  void accept_all() {
    for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      watch(fd);
      visitors_[fd] = {unique_fd{fd}, ++serial_, {}};
    }
  }

  void serve(int fd) {
    auto& v = visitors_[fd];
    char block[65536];
    auto n = ::recv(fd, block, sizeof block, 0);
    if (n < 0 && errno == EAGAIN)
      return;
    if (n > 0)
      v.in.append(block, static_cast<std::size_t>(n));
    if (n <= 0 || !take_all(v))
      visitors_.erase(fd);
  }

  // False: the conversation is over.
  bool take_all(visitor& v) {
    for (std::size_t end; (end = v.in.find("\r\n\r\n")) != std::string::npos;) {
      auto length = number_after(std::string_view{v.in}.substr(0, end + 2), "Content-Length: ");
      if (v.in.size() < end + 4 + length)
        return true;
      std::string_view head{v.in.data(), end + 2};
      auto keep = head.find("Connection: close") == std::string_view::npos;
      auto answered = answer(v, head.substr(0, head.find('\r')), {v.in.data() + end + 4, length}, keep);
      v.in.erase(0, end + 4 + length);
      if (!answered)
        return false;
    }
    return true;
  }

  bool answer(visitor& v, std::string_view line, std::string_view body, bool keep) {
    auto path = line.substr(std::min(line.find('/'), line.size()));
    if (path.starts_with("/target/"))
      return send(v.fd.get(), note_check(number_after(path, "/target/")), keep) && keep;
    if (path.starts_with("/dead/"))
      return true;
    if (path.starts_with("/slow/")) {
      late_.push_back({now_us() + board_.slow_ms * 1000, v.fd.get(), v.serial});
      return true;
    }
    note_webhook(number_after(path, "/hook/"), body);
    return send(v.fd.get(), 200, keep) && keep;
  }

  int note_check(std::uint32_t n) {
    auto status = board_.target_status.load(std::memory_order_relaxed);
    auto i = n % receiver_board::targets;
    if (board_.answered_status[i] != status) {
      board_.answered_us[i] = now_us();
      board_.answered_status[i] = status;
    }
    return status;
  }

  void note_webhook(std::uint32_t place, std::string_view body) {
    auto i = board_.count.load(std::memory_order_relaxed);
    if (i < receiver_board::capacity)
      board_.entries[i] = {now_us(),
                           time_after(body, R"("timestamp":")"),
                           time_after(body, R"("started_at":")"),
                           number_after(body, "bench-subject-"),
                           place,
                           body.find(R"("type":"incident.opened")") != std::string_view::npos};
    board_.count.store(i + 1, std::memory_order_release);
  }

  void answer_late() {
    while (!late_.empty() && late_.front().due_us <= now_us()) {
      auto x = late_.front();
      late_.pop_front();
      if (auto v = visitors_.find(x.fd); v != visitors_.end() && v->second.serial == x.serial)
        send(x.fd, 200, true);
    }
  }

  bool send(int fd, int status, bool keep) {
    char out[128];
    auto n = snprintf(out, sizeof out, "HTTP/1.1 %d X\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n%s\r\nok",
                      status, keep ? "" : "Connection: close\r\n");
    return ::send(fd, out, static_cast<std::size_t>(n), MSG_NOSIGNAL) == n;
  }

  int listener_;
  receiver_board& board_;
  unique_fd poller_{epoll_create1(EPOLL_CLOEXEC)};
  std::unordered_map<int, visitor> visitors_;
  std::deque<late_reply> late_;
  std::uint64_t serial_ = 0;
};

std::shared_ptr<receiver_board> shared_board() {
  auto* memory = mmap(nullptr, sizeof(receiver_board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return {new (memory) receiver_board, [](receiver_board* x) { munmap(x, sizeof *x); }};
}

child start(int core, receiver_board& board, std::uint16_t& port) {
  auto listener = listen_anywhere(port);
  return child::fork(core, [&] { receiver_loop{listener.get(), board}.run(); });
}

} // namespace

std::int64_t now_us() {
  auto t = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(t).count();
}

receiver::receiver(int core) : board_(shared_board()), process_(start(core, *board_, port_)) {}

std::string receiver::url_of(const char* kind, std::uint32_t n) const {
  return fmt::format("http://127.0.{}.{}:{}/{}/{}", n / 250 % 4, n % 250 + 1, port_, kind, n);
}

} // namespace gochron::bench
