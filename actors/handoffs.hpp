#pragma once
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/leaf_deps.hpp"
#include "core/on_call/handoff.hpp"

namespace gochron::actors {

/// Watches the schedules that tell of hand-offs. Of each it knows when its on-call changes next; who was told to be on
/// call stands in its row, so what happened while nobody watched is told once, and nothing twice.
struct handoffs_state {
  static inline const char* name = "handoffs";
  handoffs_actor::stateful_pointer<handoffs_state> self = nullptr;
  const leaf_deps* deps = nullptr;
  schedule_store* schedules = nullptr;
  leaf_address where; ///< of its timers

  struct watched {
    org_id org;
    std::vector<schedule_id> others; ///< whom its overrides name
    std::uint32_t timer = 0;         ///< zero: none is armed
    timestamp due{};                 ///< of the timer
    bool looking = false;
    bool again = false; ///< it may have changed since the reading began
  };
  std::unordered_map<schedule_id, watched> all;
  std::unordered_map<std::uint32_t, schedule_id> timers; ///< armed; nil: of the list
  std::uint32_t last_timer = 0;
  std::deque<schedule_id> queue; ///< to be looked at
  std::size_t under_way = 0;

  void start() { list({}); }
  void on(const schedule_changed& x);
  void on(const ticked& x);
  void look_at_all();

private:
  void list(schedule_id after);
  void look(const org_id& org, const schedule_id& id);
  void begin_next();
  void load(const schedule_id& id);
  void read_books(const schedule_record& schedule);
  void decide(const schedule_record& schedule, const result<std::vector<on_call_books>>& books, timestamp t);
  void record(const schedule_record& schedule, const core::handoff& x, timestamp t);
  void finish(const schedule_id& id, milliseconds next_look);
  void give_up(const schedule_id& id, const error& why);
  void finish_at(const schedule_id& id, const std::optional<timestamp>& next);
  void forget(const schedule_id& id);
  void arm(const schedule_id& id, milliseconds wait);
  template <class F>
  auto later(F f) {
    return [to = handoffs_actor{self}, f = std::move(f)](auto... answer) {
      caf::anon_send(to, resume{[f, answer...] { f(answer...); }});
    };
  }
};

/// `where`: what timers of this actor are armed for.
handoffs_actor::behavior_type handoffs(handoffs_actor::stateful_pointer<handoffs_state> self, const leaf_deps* deps,
                                       schedule_store* schedules, leaf_address where);

} // namespace gochron::actors
