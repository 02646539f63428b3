#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/leaf_deps.hpp"
#include "actors/record_leaf.hpp"

namespace gochron::actors {

/// One maintenance window: keeps its time. When an occurrence begins, changes or ends it says so in memory, where
/// monitors look, wakes those, and writes what happened with its event, which is tried again until it is written.
struct window_actor_state : record_leaf<window_actor_state> {
  using handle = window_actor;
  static inline const char* name = "maintenance_window";
  window_actor::stateful_pointer<window_actor_state> self = nullptr;
  const leaf_deps* deps = nullptr;
  leaf_address where;

  std::shared_ptr<const maintenance_window_record> record;
  std::optional<maintenance_occurrence> occurrence; ///< under way or next
  std::optional<maintenance_stretch> open;          ///< what is under way
  std::optional<maintenance_step> unsaved;          ///< refused by the store, tried again in a second
  std::uint32_t timer_epoch = 0;
  bool editing = false; ///< an end or a removal is being written: nothing begins or ends meanwhile

  // maintenance_window.cpp: life and edits
  void start(loaded_window x);
  maintenance_window_view view() const;
  void on(const get_window& x) { x.reply(view()); }
  void on(const edit_window& x) { in_turn(x); }
  void on(const remove_window& x) { in_turn(x); }
  void on(const end_window& x) { in_turn(x); }
  void write(const edit_window& x);
  void write(const remove_window& x);
  void write(const end_window& x);
  void adopt_record(maintenance_window_record x);
  void leave();
  timestamp now() const { return deps->clock.now(); }

  // maintenance_occurrences.cpp: what begins and ends
  void look();
  void publish(timestamp t);
  void arm(timestamp t);
  void on_timer(std::uint32_t token);
  maintenance_step begin_step() const;
  maintenance_step change_at(timestamp t) const;
  void begin_in(maintenance_step& step, timestamp t) const;
  void end_in(maintenance_step& step, timestamp at) const;
  void adopt_step(const maintenance_step& step, timestamp t);
  void wake(const maintenance_step& step) const;
  void tell_channels(const maintenance_step& step) const;
  void save(maintenance_step step);
  static constexpr std::string_view noun() { return "maintenance window"; }
};

window_actor::behavior_type maintenance_window(window_actor::stateful_pointer<window_actor_state> self,
                                               const leaf_deps* deps, leaf_address where, loaded_window x);

} // namespace gochron::actors
