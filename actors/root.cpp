#include "actors/root.hpp"

#include <cstdlib>

#include <spdlog/spdlog.h>

namespace gochron::actors {

shard_actor addresses::shard(std::uint32_t number) const {
  std::shared_lock lock{mutex_};
  return number < shards_.size() ? shards_[number] : shard_actor{};
}

desk_actor addresses::desk() const {
  std::shared_lock lock{mutex_};
  return desk_;
}

handoffs_actor addresses::handoffs() const {
  std::shared_lock lock{mutex_};
  return handoffs_;
}

void addresses::put(std::uint32_t number, shard_actor x) {
  std::unique_lock lock{mutex_};
  shards_[number] = std::move(x);
}

void addresses::put(desk_actor x) {
  std::unique_lock lock{mutex_};
  desk_ = std::move(x);
}

void addresses::put(handoffs_actor x) {
  std::unique_lock lock{mutex_};
  handoffs_ = std::move(x);
}

void addresses::clear() {
  std::unique_lock lock{mutex_};
  shards_.clear();
  desk_ = nullptr;
  handoffs_ = nullptr;
}

caf::behavior root(caf::stateful_actor<std::vector<monotonic_time>>* self, root_plan plan) {
  auto start_shard = [self, plan](std::uint32_t number) {
    auto x = plan.shard(self, number);
    self->monitor(x);
    plan.book->put(number, x);
  };
  auto start_desk = [self, plan] {
    auto x = plan.desk(self);
    self->monitor(x);
    plan.book->put(x);
  };
  auto start_handoffs = [self, plan] {
    auto x = plan.handoffs(self);
    self->monitor(x);
    plan.book->put(x);
  };
  self->set_down_handler([=](const caf::down_msg& x) {
    auto& crashes = self->state;
    auto t = std::chrono::steady_clock::now();
    std::erase_if(crashes, [t](auto at) { return t - at > std::chrono::minutes{1}; });
    crashes.push_back(t);
    spdlog::error("a supervisor crashed: {}", self->system().render(x.reason));
    if (crashes.size() > 10) {
      spdlog::critical("supervisors crash again and again; giving up");
      std::_Exit(70);
    }
    for (std::uint32_t i = 0; i < plan.shards; ++i)
      if (auto s = plan.book->shard(i); s && s.address() == x.source)
        return start_shard(i);
    if (auto d = plan.book->desk(); d && d.address() == x.source)
      start_desk();
    if (auto h = plan.book->handoffs(); h && h.address() == x.source)
      start_handoffs();
  });
  self->set_exit_handler([=](const caf::exit_msg& x) {
    self->set_down_handler([](const caf::down_msg&) {});
    for (std::uint32_t i = 0; i < plan.shards; ++i)
      if (auto s = plan.book->shard(i))
        self->send_exit(s, caf::exit_reason::user_shutdown);
    if (auto d = plan.book->desk())
      self->send_exit(d, caf::exit_reason::user_shutdown);
    if (auto h = plan.book->handoffs())
      self->send_exit(h, caf::exit_reason::user_shutdown);
    plan.book->clear();
    self->quit(x.reason);
  });
  for (std::uint32_t i = 0; i < plan.shards; ++i)
    start_shard(i);
  start_handoffs();
  start_desk();
  return {[](const resume& m) { m.rest(); }};
}

} // namespace gochron::actors
