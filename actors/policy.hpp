#pragma once
#include <cstdint>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/leaf_deps.hpp"
#include "actors/write_lane.hpp"

namespace gochron::actors {

/// One escalation policy: keeps the time of every incident that climbs it, and decides what comes next. It writes none
/// of that: the incident's monitor does, and takes a move only when the row is still as it was when it was decided. So
/// what is in memory here may be behind, and heals.
struct policy_actor_state {
  static inline const char* name = "policy";
  policy_actor::stateful_pointer<policy_actor_state> self = nullptr;
  const leaf_deps* deps = nullptr;
  leaf_address where;

  /// An escalation that will do something by itself.
  struct climber {
    escalation row;
    timestamp look_at{};     ///< its place in the queue: when it is due, or when to ask again
    std::uint32_t asked = 0; ///< serial of the move that its monitor has not answered; 0: none
  };

  std::shared_ptr<const escalation_policy_record> record;
  write_lane lane; ///< of the policy's own row
  std::unordered_map<escalation_id, climber> climbers;
  std::set<std::pair<timestamp, escalation_id>> queue;
  std::uint32_t timer_epoch = 0;
  std::optional<timestamp> armed_for;
  std::uint32_t serial = 0;
  bool loaded = false; ///< the rows of before this life are known

  /// A monitor that has not answered by then crashed, or cannot write: asked again.
  static constexpr seconds patience{10};
  static constexpr seconds try_again{1};

  // policy.cpp: life, edits
  void start(escalation_policy_record x);
  void edit(const edit_policy& x);
  void write_edit(const edit_policy& x);
  void remove(const remove_policy& x);
  void publish(escalation_policy_record x);
  void show_forecast(const forecast_policy& x) const;
  timestamp now() const { return deps->clock.now(); }

  // policy_escalations.cpp: those who climb
  void load();
  void load_later();
  void note(escalation x);
  void forget(const escalation_id& id);
  void put(climber x);
  void arm();
  void on_timer(std::uint32_t token);
  void on_clock_jumped();
  void look();
  void move(climber x);
  void on_answer(const escalation_id& id, std::uint32_t asked, const result<escalation_answer>& x);

  /// For a request whose turn in the lane comes too late.
  template <class Reply>
  auto give_up(Reply reply) {
    return [this, reply = std::move(reply)] {
      reply(not_taken());
      lane.done();
    };
  }

  template <class F>
  auto later(F f) {
    return [to = policy_actor{self}, f = std::move(f)](auto... answer) {
      caf::anon_send(to, resume{[f, ... answer = std::move(answer)]() mutable { f(std::move(answer)...); }});
    };
  }
};

policy_actor::behavior_type policy(policy_actor::stateful_pointer<policy_actor_state> self, const leaf_deps* deps,
                                   leaf_address where, escalation_policy_record x);

} // namespace gochron::actors
