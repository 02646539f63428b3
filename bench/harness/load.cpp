#include "bench/harness/load.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include <arpa/inet.h>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/harness/socket.hpp"

namespace gochron::bench {
namespace {

namespace http = boost::beast::http;
using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point t) {
  return std::chrono::duration<double>(clock::now() - t).count();
}

/// One connection: at most one request under way.
struct lane {
  unique_fd fd;
  std::string out;
  std::size_t sent = 0;
  std::string in;
  std::optional<http::response_parser<http::string_body>> parser;
  std::uint64_t number = 0;
  clock::time_point due;
  bool busy = false;
};

class loader {
public:
  explicit loader(const load_plan& plan) : plan_(plan), lanes_(static_cast<std::size_t>(plan.connections)) {
    for (auto& x : lanes_)
      open(x);
  }

  load_result run() {
    began_ = clock::now();
    for (auto& x : lanes_)
      begin(x);
    std::vector<epoll_event> events(lanes_.size());
    while (pending() && !patience_over()) {
      auto n = epoll_wait(poller_.get(), events.data(), static_cast<int>(events.size()), wait_ms());
      for (int i = 0; i < n; ++i)
        ready(*static_cast<lane*>(events[static_cast<std::size_t>(i)].data.ptr));
      if (plan_.rate > 0)
        for (auto& x : lanes_)
          if (!x.busy)
            begin(x);
    }
    for (auto& x : lanes_)
      result_.lost += x.busy ? 1U : 0U;
    result_.seconds = seconds_since(began_);
    return std::move(result_);
  }

private:
  void open(lane& x) {
    x.fd = connect_to(plan_.to);
    epoll_event e{EPOLLIN, {.ptr = &x}};
    epoll_ctl(poller_.get(), EPOLL_CTL_ADD, x.fd.get(), &e);
  }

  bool over() const {
    return (plan_.count > 0 && next_ >= plan_.count) || (plan_.seconds > 0 && seconds_since(began_) >= plan_.seconds);
  }

  bool pending() const {
    for (auto& x : lanes_)
      if (x.busy)
        return true;
    return !over();
  }

  bool patience_over() {
    if (!over())
      return false;
    if (!last_)
      last_ = clock::now();
    return seconds_since(*last_) > 30;
  }

  // Paced requests are due at fixed instants; a free lane waits for the last millisecond by polling, which is exact.
  int wait_ms() const {
    if (plan_.rate <= 0 || over())
      return 100;
    auto until = static_cast<double>(next_) / plan_.rate - seconds_since(began_);
    return static_cast<int>(std::clamp(until * 1000, 0.0, 100.0));
  }

  void begin(lane& x) {
    if (over())
      return;
    x.due = clock::now();
    if (plan_.rate > 0) {
      auto at = began_ + std::chrono::duration_cast<clock::duration>(
                             std::chrono::duration<double>(static_cast<double>(next_) / plan_.rate));
      if (at > x.due)
        return;
      x.due = at;
    }
    x.number = next_++;
    x.out = plan_.request(x.number);
    x.sent = 0;
    x.busy = true;
    x.parser.emplace();
    x.parser->body_limit(64U << 20U);
    x.parser->eager(true);
    write(x);
  }

  void write(lane& x) {
    while (x.sent < x.out.size()) {
      auto n = ::send(x.fd.get(), x.out.data() + x.sent, x.out.size() - x.sent, MSG_NOSIGNAL);
      if (n <= 0)
        break;
      x.sent += static_cast<std::size_t>(n);
    }
    if (x.sent < x.out.size()) {
      epoll_event e{EPOLLIN | EPOLLOUT, {.ptr = &x}};
      epoll_ctl(poller_.get(), EPOLL_CTL_MOD, x.fd.get(), &e);
    }
  }

  void ready(lane& x) {
    if (x.busy && x.sent < x.out.size()) {
      write(x);
      if (x.sent == x.out.size()) {
        epoll_event e{EPOLLIN, {.ptr = &x}};
        epoll_ctl(poller_.get(), EPOLL_CTL_MOD, x.fd.get(), &e);
      }
    }
    char block[65536];
    auto n = ::recv(x.fd.get(), block, sizeof block, 0);
    if (n < 0 && errno == EAGAIN)
      return;
    if (n <= 0)
      return closed(x);
    x.in.append(block, static_cast<std::size_t>(n));
    parse(x);
  }

  void parse(lane& x) {
    boost::system::error_code ec;
    while (x.busy && !x.in.empty() && !x.parser->is_done()) {
      auto used = x.parser->put(boost::asio::buffer(x.in), ec);
      x.in.erase(0, used);
      if (ec == http::error::need_more)
        return;
      if (ec)
        throw std::runtime_error("not HTTP: " + ec.message());
    }
    if (x.busy && x.parser->is_done())
      finish(x);
  }

  void finish(lane& x) {
    auto& message = x.parser->get();
    auto status = static_cast<int>(message.result_int());
    ++result_.done;
    result_.failed += status >= 400 ? 1U : 0U;
    result_.ms.add(seconds_since(x.due) * 1000);
    x.busy = false;
    if (plan_.seen)
      plan_.seen({status, message.body(), x.number});
    if (!message.keep_alive()) {
      x.in.clear();
      open(x);
    }
    begin(x);
  }

  void closed(lane& x) {
    result_.lost += x.busy ? 1U : 0U;
    x.busy = false;
    x.in.clear();
    if (++reconnects_ > 100 + result_.done / 10)
      throw std::runtime_error("the server keeps closing connections");
    open(x);
    begin(x);
  }

  const load_plan& plan_;
  unique_fd poller_{epoll_create1(EPOLL_CLOEXEC)};
  std::vector<lane> lanes_;
  std::uint64_t next_ = 0, reconnects_ = 0;
  clock::time_point began_;
  std::optional<clock::time_point> last_;
  load_result result_;
};

} // namespace

endpoint endpoint_of(const std::string& url) {
  constexpr std::string_view scheme = "http://";
  auto rest = url.starts_with(scheme) ? url.substr(scheme.size()) : throw std::runtime_error("not an http URL: " + url);
  rest = rest.substr(0, rest.find('/'));
  auto colon = rest.rfind(':');
  endpoint x{rest.substr(0, colon), 80};
  if (x.host == "localhost")
    x.host = "127.0.0.1";
  if (colon != std::string::npos)
    x.port = static_cast<std::uint16_t>(std::stoi(rest.substr(colon + 1)));
  return x;
}

std::string request_text(std::string_view method, std::string_view path, std::string_view token,
                         std::string_view body) {
  auto head = fmt::format("{} {} HTTP/1.1\r\nHost: bench\r\n", method, path);
  if (!token.empty())
    head += fmt::format("Authorization: Bearer {}\r\n", token);
  if (!body.empty())
    head += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n",
                        method == "PATCH" ? "application/merge-patch+json" : "application/json", body.size());
  return fmt::format("{}\r\n{}", head, body);
}

load_result run(const load_plan& plan) {
  return loader{plan}.run();
}

} // namespace gochron::bench
