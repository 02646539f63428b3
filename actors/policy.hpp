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
#include "actors/record_leaf.hpp"
#include "core/paging.hpp"

namespace gochron::actors {

/// One escalation policy: keeps the time of every incident that climbs it, and decides what comes next. It writes none
/// of that: the incident's monitor does, and takes a move only when the row is still as it was when it was decided. So
/// what is in memory here may be behind, and heals.
struct policy_actor_state : record_leaf<policy_actor_state> {
  using handle = policy_actor;
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
  std::unordered_map<escalation_id, climber> climbers;
  std::set<std::pair<timestamp, escalation_id>> queue;
  std::uint32_t timer_epoch = 0;
  std::optional<timestamp> armed_for;
  std::uint32_t serial = 0;
  bool loaded = false; ///< the rows of before this life are known

  /// A monitor that has not answered by then crashed, or cannot write: asked again.
  static constexpr seconds patience{10};
  static constexpr seconds try_again{1};
  static constexpr std::uint32_t load_token = 0; ///< epochs begin at 1

  // policy.cpp: life, edits
  void start(escalation_policy_record x);
  void on(const get_policy& x) { x.reply(*record); }
  void on(const edit_policy& x) { in_turn(x); }
  void on(const remove_policy& x) { in_turn(x); }
  void on(const forecast_policy& x);
  void write(const edit_policy& x);
  void write(const remove_policy& x);
  void publish(escalation_policy_record x);
  void leave();
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
  bool take_due(std::vector<climber>& due, timestamp t);
  void move(climber x, const core::target_resolver& resolve, timestamp t);
  void move_all(std::vector<climber> due, std::vector<on_call_books> books, timestamp t);
  void look_up(std::vector<climber> due, std::vector<schedule_id> schedules, timestamp t);
  void put_off(std::vector<climber> due);
  // policy_answers.cpp: who is told, and what became of it
  core::target_resolver resolver(std::vector<on_call_books> books) const;
  void on_answer(const escalation_id& id, std::uint32_t asked, const result<escalation_answer>& x);
  static constexpr std::string_view noun() { return "escalation policy"; }
};

policy_actor::behavior_type policy(policy_actor::stateful_pointer<policy_actor_state> self, const leaf_deps* deps,
                                   leaf_address where, escalation_policy_record x);

} // namespace gochron::actors
