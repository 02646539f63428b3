#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>

#include "http/server/server.hpp"

namespace gochron::test {

/// A real server on a free port of 127.0.0.1. `/echo` answers at once with method, path and body; `/later` leaves the
/// ticket in `held` for the test to answer.
class test_server {
public:
  explicit test_server(http::options o = {}, std::string_view where = "127.0.0.1:0")
    : server(std::move(o), [this](http::request r, http::ticket t) { handle(std::move(r), t); }) {
    auto bound = server.listen(where);
    if (!bound)
      throw std::runtime_error(bound.error().detail);
    address = *bound;
    server.start();
  }
  ~test_server() { server.stop(); }

  /// The oldest ticket that nobody took yet; waits for it, at most five seconds.
  http::ticket take_held() {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, std::chrono::seconds{5}, [&] { return !held_.empty(); }))
      throw std::runtime_error("no request came");
    auto t = held_.front();
    held_.pop_front();
    return t;
  }

  std::size_t held_count() {
    std::lock_guard guard(mutex_);
    return held_.size();
  }

  std::string address;
  http::server server;

private:
  void handle(http::request r, http::ticket t) {
    if (!r.path.empty() && r.path.front() == "later") {
      std::lock_guard guard(mutex_);
      held_.push_back(t);
      came_.notify_all();
      return;
    }
    if (!r.path.empty() && r.path.front() == "throw")
      throw std::runtime_error("secret detail");
    if (!r.path.empty() && r.path.front() == "throw-int")
      throw 42;
    http::response answer{200, "text/plain", {{"X-Peer", r.peer_ip}}, {}, false};
    answer.body.append(r.method).append(" ").append(r.target).append(" ").append(*r.body);
    http::reply(t, std::move(answer));
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<http::ticket> held_;
};

/// A plain answer with that body.
inline http::response text(std::string body) {
  return {200, "text/plain", {}, std::move(body), false};
}

} // namespace gochron::test
