#include "bench/floors/fan_floor.hpp"

#include <memory>
#include <stdexcept>
#include <vector>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "bench/floors/apart.hpp"
#include "bench/harness/listeners.hpp"
#include "bench/harness/load.hpp"

namespace gochron::bench {
namespace {

class fan_loop {
public:
  fan_loop(const fan_plan& plan, const unique_fd& listening) : plan_(plan), left_(plan.streams) {
    while (lanes_.size() < plan.streams) {
      pollfd p{listening.get(), POLLIN, 0};
      if (::poll(&p, 1, 10'000) != 1)
        throw std::runtime_error("the floor's clients did not come");
      unique_fd fd{::accept4(listening.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
      if (!fd)
        continue;
      epoll_event e{EPOLLOUT | EPOLLET, {.u64 = lanes_.size()}};
      epoll_ctl(poller_.get(), EPOLL_CTL_ADD, fd.get(), &e);
      lanes_.push_back(std::move(fd));
    }
  }

  fan_floor_cost run() {
    fan_floor_cost cost;
    measure(plan_.seconds, cost, [&] {
      round();
      cost.frames += static_cast<double>(lanes_.size());
    });
    return cost;
  }

private:
  void round() {
    std::size_t waiting = 0;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      left_[i] = plan_.frame.size();
      waiting += write(i) ? 0 : 1;
    }
    std::vector<epoll_event> events(256);
    while (waiting > 0) {
      auto n = epoll_wait(poller_.get(), events.data(), static_cast<int>(events.size()), 100);
      for (int k = 0; k < n; ++k) {
        auto i = events[static_cast<std::size_t>(k)].data.u64;
        if (left_[i] > 0 && write(i))
          --waiting;
      }
    }
  }

  bool write(std::size_t i) {
    auto n = ::send(lanes_[i].get(), plan_.frame.data() + plan_.frame.size() - left_[i], left_[i], MSG_NOSIGNAL);
    if (n > 0)
      left_[i] -= static_cast<std::size_t>(n);
    return left_[i] == 0;
  }

  const fan_plan& plan_;
  std::vector<unique_fd> lanes_;
  std::vector<std::size_t> left_;
  unique_fd poller_{epoll_create1(EPOLL_CLOEXEC)};
};

} // namespace

fan_floor_cost run_fan_floor(const fan_plan& plan) {
  endpoint at;
  auto listening = listen_anywhere(at.port);
  auto read = [&](child& floor) {
    listeners clients;
    for (std::size_t i = 0; i < plan.streams; ++i)
      clients.add(at, {});
    floor.wait(plan.seconds + 30);
  };
  auto cost = apart<fan_floor_cost>(
      plan.core, plan.seconds,
      [&] {
        return fan_loop{plan, listening}.run();
      },
      read);
  if (cost.frames == 0)
    throw std::runtime_error("the floor wrote nothing");
  return cost;
}

} // namespace gochron::bench
