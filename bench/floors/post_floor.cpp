#include "bench/floors/post_floor.hpp"

#include <optional>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "bench/floors/apart.hpp"
#include "bench/harness/socket.hpp"
#include "core/webhook_signature.hpp"
#include "gochron/clock.hpp"

namespace gochron::bench {
namespace {

class post_loop {
public:
  explicit post_loop(const post_plan& plan) : plan_(plan) {
    webhook_secret secret;
    secret.value = plan.secret;
    if (!plan.secret.empty())
      signer_ = core::webhook_signer::of(secret).value();
    head_ = fmt::format("POST {} HTTP/1.1\r\nHost: receiver.test\r\nUser-Agent: floor\r\nContent-Type: "
                        "application/json\r\nContent-Length: {}\r\n",
                        plan.path, plan.body.size());
    for (int i = 0; i < plan.connections; ++i) {
      lanes_.push_back(connect_to(plan.to));
      epoll_event e{EPOLLIN, {.u64 = static_cast<std::uint64_t>(i)}};
      epoll_ctl(poller_.get(), EPOLL_CTL_ADD, lanes_.back().get(), &e);
    }
  }

  post_floor_cost run() {
    for (auto& x : lanes_)
      post(x);
    std::vector<epoll_event> events(lanes_.size());
    post_floor_cost cost;
    measure(plan_.seconds, cost, [&] {
      auto n = epoll_wait(poller_.get(), events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < n; ++i)
        answered(lanes_[events[static_cast<std::size_t>(i)].data.u64]);
    });
    cost.posts = static_cast<double>(done_);
    return cost;
  }

private:
  void post(unique_fd& to) {
    auto text = head_;
    if (!plan_.secret.empty())
      sign(text);
    text += "\r\n" + plan_.body;
    if (::send(to.get(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
      throw std::runtime_error("the floor cannot send");
  }

  void sign(std::string& text) const {
    auto id = fmt::format("evt_{:026}", done_);
    for (auto& [name, value] : signer_->headers(id, plan_.body, system_wall_clock{}.now()))
      text.append(name).append(": ").append(value).append("\r\n");
  }

  // Answers are small: each comes whole.
  void answered(unique_fd& from) {
    char block[4096];
    auto n = ::recv(from.get(), block, sizeof block, 0);
    if (n <= 0 || std::string_view{block, static_cast<std::size_t>(n)}.find(" 200 ") == std::string_view::npos)
      throw std::runtime_error("the floor got no 200");
    ++done_;
    post(from);
  }

  const post_plan& plan_;
  std::optional<core::webhook_signer> signer_;
  std::string head_;
  std::vector<unique_fd> lanes_;
  unique_fd poller_{epoll_create1(EPOLL_CLOEXEC)};
  std::uint64_t done_ = 0;
};

} // namespace

post_floor_cost run_post_floor(const post_plan& plan) {
  auto cost = apart<post_floor_cost>(plan.core, plan.seconds, [&] { return post_loop{plan}.run(); });
  if (cost.posts == 0)
    throw std::runtime_error("the floor made no post");
  return cost;
}

} // namespace gochron::bench
