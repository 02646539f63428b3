#include "net/idle_connections.hpp"

#include <utility>

namespace gochron::net {

namespace {

constexpr std::size_t most = 1024;
constexpr std::size_t most_of_one = 64;
constexpr seconds longest_rest{4};
constexpr seconds longest_life{60};

} // namespace

void kept_connection::begin(const attempt& a) {
  auto ip = std::move(use.remote_ip);
  auto port = use.remote_port;
  use = a;
  use.remote_ip = std::move(ip);
  use.remote_port = port;
  link.renew();
}

std::unique_ptr<kept_connection> idle_connections::take(const std::string& key) {
  const auto now = std::chrono::steady_clock::now();
  auto of = all_.find(key);
  while (of != all_.end() && !of->second.empty()) {
    auto last = std::move(of->second.back());
    of->second.pop_back();
    --count_;
    if (now - last->resting_since < longest_rest && now - last->opened < longest_life && last->link.is_quiet())
      return last;
  }
  return nullptr;
}

void idle_connections::keep(const std::string& key, std::unique_ptr<kept_connection> x) {
  if (closed_ || count_ >= most)
    return;
  auto& of = all_[key];
  if (of.size() >= most_of_one)
    return;
  x->resting_since = std::chrono::steady_clock::now();
  of.push_back(std::move(x));
  ++count_;
  if (!armed_)
    arm();
}

void idle_connections::close() {
  closed_ = true;
  all_.clear();
  count_ = 0;
  sweep_.cancel();
}

void idle_connections::arm() {
  armed_ = true;
  sweep_.expires_after(seconds{1});
  sweep_.async_wait([this](error_code ec) {
    armed_ = false;
    if (!ec && !closed_)
      sweep();
  });
}

void idle_connections::sweep() {
  const auto oldest = std::chrono::steady_clock::now() - longest_rest;
  for (auto i = all_.begin(); i != all_.end();) {
    auto& of = i->second;
    for (; !of.empty() && of.front()->resting_since <= oldest; --count_)
      of.pop_front();
    i = of.empty() ? all_.erase(i) : std::next(i);
  }
  if (count_ > 0)
    arm();
}

} // namespace gochron::net
