#pragma once
#include <functional>
#include <memory>
#include <shared_mutex>
#include <vector>

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/desk.hpp"
#include "actors/handoffs.hpp"
#include "actors/interfaces.hpp"
#include "actors/shard.hpp"

namespace gochron::actors {

/// Where the supervisors are to be found from outside. Thread-safe; the root renews what it restarts.
class addresses {
public:
  explicit addresses(std::size_t shards) : shards_(shards) {}
  shard_actor shard(std::uint32_t number) const;
  desk_actor desk() const;
  handoffs_actor handoffs() const;
  void put(std::uint32_t number, shard_actor x);
  void put(desk_actor x);
  void put(handoffs_actor x);
  void clear(); ///< afterwards there is nobody: messages are dropped

private:
  mutable std::shared_mutex mutex_;
  std::vector<shard_actor> shards_;
  desk_actor desk_;
  handoffs_actor handoffs_;
};

/// How the root makes its children anew.
struct root_plan {
  std::uint32_t shards = 0;
  std::function<shard_actor(caf::event_based_actor*, std::uint32_t)> shard;
  std::function<desk_actor(caf::event_based_actor*)> desk;
  std::function<handoffs_actor(caf::event_based_actor*)> handoffs;
  addresses* book = nullptr;
};

/// Top of the tree: starts its children, starts each again at once when it crashes (their state lives in rosters and
/// rows), and gives up, taking the process down, when one crashes more than ten times in a minute: that is a defect no
/// restart mends, and the service manager above us should see it.
caf::behavior root(caf::stateful_actor<std::vector<monotonic_time>>* self, root_plan plan);

} // namespace gochron::actors
