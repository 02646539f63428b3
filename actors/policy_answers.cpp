#include <utility>

#include "actors/policy.hpp"

/// Who is told, and what became of the moves that were asked for.
namespace gochron::actors {

core::target_resolver policy_actor_state::resolver(std::vector<on_call_books> books) const {
  core::paging_world world;
  world.alerts = deps->alerts.of(record->org);
  world.schedules = std::move(books);
  if (deps->user_name)
    world.name_of = [read_name = deps->user_name, org = record->org](const user_id& id) { return read_name(org, id); };
  return core::resolver_of(std::move(world));
}

void policy_actor_state::on_answer(const escalation_id& id, std::uint32_t asked, const result<escalation_answer>& x) {
  auto it = climbers.find(id);
  if (it == climbers.end() || it->second.asked != asked)
    return; // a newer row came meanwhile, or it was asked again
  if (x && x->now) {
    if (x->now->version < it->second.row.version)
      forget(id);         // ours was never committed
    return note(*x->now); // the same version still: it is asked again when its patience is over
  }
  if (x || x.error().code == errc::not_found) {
    forget(id);
    return x ? void() : load_later();
  }
  auto again = std::move(it->second); // its monitor is being restarted, or cannot write
  forget(id);
  again.look_at = now() + try_again;
  again.asked = 0;
  put(std::move(again));
  arm();
}

// There is no such monitor: deleted, and its incident with it, or not taken over yet by a start. The rows say which.
void policy_actor_state::load_later() {
  if (std::exchange(loaded, false))
    deps->timers.arm(where, try_again, load_token);
}

} // namespace gochron::actors
