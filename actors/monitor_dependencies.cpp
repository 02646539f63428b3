#include <algorithm>

#include "actors/monitor.hpp"

namespace gochron::actors {

const std::vector<monitor_id>& monitor_state::parents() const {
  static const std::vector<monitor_id> none;
  return record->spec.depends_on ? *record->spec.depends_on : none;
}

// Who nobody depended on has had no reason yet to say how it is.
void monitor_state::name_parents(const std::vector<monitor_id>& before) {
  if (!before.empty() || !parents().empty())
    for (const auto& fresh : deps->dependencies.put(record->id, before, parents()))
      deps->look_for_child(fresh, std::nullopt);
}

// Those who depend on us hear of it, where it is news. `seen_at`: the slot of a round that has just had a verdict.
void monitor_state::publish(std::optional<timestamp> seen_at) {
  if (deps->dependencies.is_parent(record->id))
    for (const auto& child : deps->dependencies.note(*record, runtime, seen_at, now()))
      deps->wake(record->org, child);
}

// What those around us have to know of a round.
void monitor_state::note_verdict(const core::observation& seen) {
  bool voted = seen.verdict != verdict::error;
  if (voted && seen.verdict == verdict::down && record->spec.depends_on)
    (rare ? *rare : rare.emplace()).failing_at = seen.at;
  if (voted && deps->dependencies.is_parent(record->id))
    (rare ? *rare : rare.emplace()).seen_at = seen.at;
  publish(voted ? std::optional{seen.at} : std::nullopt);
}

// Nobody watches us any more, and we watch nobody.
void monitor_state::leave_family() {
  deps->dependencies.put(record->id, parents(), {});
  for (const auto& child : deps->dependencies.note_unwatched(record->id, now()))
    deps->wake(record->org, child);
}

std::optional<core::opening_hold> monitor_state::held_by_parents(timestamp started_at) const {
  if (!record->spec.depends_on)
    return std::nullopt;
  core::dependent_incident x{record->spec, started_at, rare ? rare->failing_at : std::nullopt,
                             runtime.state.transition == transition_kind::confirming_up, now()};
  return core::held_by_parents(
      x, [this](const monitor_id& parent) { return deps->dependencies.look(parent, record->id); });
}

// Why nobody may be told of an incident yet. Whoever is waited for is asked for a look.
std::optional<core::opening_hold> monitor_state::held(timestamp started_at, timestamp opened_at, bool of_failure) {
  auto hold = held_by_parents(started_at);
  if (!hold)
    return of_failure ? core::held_by_flapping(record->spec, recent, started_at, opened_at, now()) : std::nullopt;
  if (hold->why == core::hold_reason::parent_unknown && deps->dependencies.ask(*hold->parent, started_at))
    deps->look_for_child(*hold->parent, started_at);
  return hold;
}

// Some monitor that depends on this one wants a round that has begun since then.
void monitor_state::on(const look_for_child& x) {
  publish();
  bool seen = x.since && rare && rare->seen_at && *rare->seen_at >= *x.since;
  if (x.since && !seen && !is_heartbeat() && !record->spec.paused && !editing && !round && !lane.full())
    begin_round(now(), check_trigger::dependency);
}

// What depends on us is to forget us; each does that by itself.
void monitor_state::dismiss_children(const std::vector<monitor_id>& children) const {
  for (const auto& child : children) {
    edit_monitor m{};
    m.org = record->org;
    m.id = child;
    m.edit = [gone = record->id](const monitor_spec& now) -> result<monitor_spec> {
      auto x = now;
      if (x.depends_on && std::erase(*x.depends_on, gone) > 0 && x.depends_on->empty())
        x.depends_on.reset();
      return x;
    };
    deps->edit(std::move(m));
  }
}

} // namespace gochron::actors
