#pragma once
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <variant>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/leaf_deps.hpp"
#include "gochron/boxed.hpp"

namespace gochron::actors {

enum class leaf_health : std::uint8_t { running, restarting, quarantined };

using leaf_id = std::variant<monitor_id, channel_id, policy_id, window_id>;

/// One monitor, channel, escalation policy or maintenance window as its shard sees it.
struct leaf {
  leaf_id id;
  org_id org;
  leaf_health health = leaf_health::restarting;
  bool personal = false;                      ///< a contact method: none of the plan's channels
  caf::actor handle;                          ///< the only owning handle; null unless running
  boxed<std::vector<monotonic_time>> crashes; ///< of the last minute, oldest first
};

/// The leaves of a shard. It outlives the shard's actor, so a shard that crashes comes back to its living leaves.
struct roster {
  std::vector<std::unique_ptr<leaf>> slots; ///< a place is never used again: a timer for a leaf that is gone finds null
  std::unordered_map<uuid, std::uint32_t> by_id;
  std::unordered_map<caf::actor_addr, std::uint32_t> by_address;
};

/// Restarts: after 0.1 s, doubling to 30 s with jitter; more than five in a minute quarantine that leaf alone, for all
/// to see in the API, until somebody edits it or the engine starts again.
struct shard_state {
  static inline const char* name = "shard";
  shard_actor::stateful_pointer<shard_state> self = nullptr;
  const leaf_deps* deps = nullptr;
  std::uint32_t number = 0;
  std::shared_ptr<roster> leaves;

  static constexpr std::size_t crashes_allowed = 5;
  static constexpr std::uint32_t restart_token = 0xffff'ffff;

  // shard.cpp
  void come_back();
  void take_over(adopt& x);
  static loaded_monitor newborn(monitor_record x);
  void create(const new_monitor& x);
  void create(const new_channel& x);
  void create(const new_policy& x);
  void create(const new_window& x);
  std::uint32_t place(leaf_id id, org_id org);
  void start(std::uint32_t slot, loaded_monitor x);
  void start(std::uint32_t slot, channel_record x);
  void start(std::uint32_t slot, escalation_policy_record x);
  void start(std::uint32_t slot, loaded_window x);
  void watch(std::uint32_t slot, caf::actor handle);
  void on_tick(const ticked& x);
  void on_timer(const due_timer& x);
  void let_go(leaf& x);
  void on_clock_jumped();
  void on(const maintenance_changed& x);

  // shard_supervision.cpp
  void on_down(const caf::down_msg& x);
  std::atomic<std::int64_t>& gauge_of(const leaf_id& x) const;
  void restart(std::uint32_t slot);
  void quarantine(leaf& x, const caf::error& why);
  void show_quarantined(const get_monitor& x);
  void stop_all();

  /// Passes a message on to its leaf; answers for a leaf that is not there, of another organisation, or not running.
  template <class Handle, class Message>
  void pass_on(const uuid& id, const Message& m, const char* missing) {
    auto it = leaves->by_id.find(id);
    if (it == leaves->by_id.end())
      return refuse(m, fail(errc::not_found, missing));
    auto& to = *leaves->slots[it->second];
    if constexpr (requires { m.org; })
      if (m.org != to.org)
        return refuse(m, fail(errc::not_found, missing));
    if (to.health == leaf_health::running)
      return self->send(caf::actor_cast<Handle>(to.handle), letter_to<Handle>(m));
    if constexpr (std::is_same_v<Message, edit_monitor> || std::is_same_v<Message, reset_monitor> ||
                  std::is_same_v<Message, edit_channel> || std::is_same_v<Message, edit_policy> ||
                  std::is_same_v<Message, edit_window>)
      if (to.health == leaf_health::quarantined)
        restart(it->second);
    refuse(m, try_later(errc::unavailable, "It is being restarted."));
  }

  /// `m` as its leaf takes it.
  template <class Handle, class Message>
  static decltype(auto) letter_to(const Message& m) {
    if constexpr (std::is_same_v<Handle, monitor_actor> && std::is_constructible_v<monitor_request, Message>)
      return monitor_request{m};
    else
      return (m);
  }

  template <class Message, class Error>
  static void refuse(const Message& m, Error e) {
    if constexpr (requires { m.reply; })
      m.reply(std::move(e));
  }

  template <class F>
  auto later(F f) {
    return [to = shard_actor{self}, f = std::move(f)](auto... answer) {
      caf::anon_send(to, resume{[f, answer...] { f(answer...); }});
    };
  }
};

shard_actor::behavior_type shard(shard_actor::stateful_pointer<shard_state> self, const leaf_deps* deps,
                                 std::uint32_t number, std::shared_ptr<roster> leaves);

} // namespace gochron::actors
