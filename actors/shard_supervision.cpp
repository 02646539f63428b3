#include <algorithm>

#include <caf/send.hpp>

#include "actors/incident_steps.hpp"
#include "actors/random.hpp"
#include "actors/shard.hpp"

namespace gochron::actors {
namespace {

bool asked_to_stop(const caf::error& why) {
  return !why || why == caf::exit_reason::user_shutdown || why == caf::exit_reason::normal;
}

// What its plan counts it as.
countable kind_of_leaf(const leaf_id& x) {
  constexpr countable kinds[] = {countable::monitors, countable::channels, countable::escalation_policies,
                                 countable::maintenance_windows};
  static_assert(std::variant_size_v<leaf_id> == std::size(kinds));
  return kinds[x.index()];
}

} // namespace

std::atomic<std::int64_t>& shard_state::gauge_of(const leaf_id& x) const {
  std::atomic<std::int64_t>* gauges[] = {&deps->counts.monitors, &deps->counts.channels, &deps->counts.policies,
                                         &deps->counts.windows};
  return *gauges[x.index()];
}

void shard_state::on_down(const caf::down_msg& x) {
  auto it = leaves->by_address.find(x.source);
  if (it == leaves->by_address.end())
    return;
  auto slot = it->second;
  leaves->by_address.erase(it);
  auto& gone = *leaves->slots[slot];
  if (asked_to_stop(x.reason)) {
    --gauge_of(gone.id);
    leaves->by_id.erase(std::visit([](auto& id) { return id.value; }, gone.id));
    leaves->slots[slot].reset();
    return;
  }
  ++deps->counts.restarts;
  gone.handle = nullptr;
  if (gone.health == leaf_health::restarting) // at our word: no fault of its own
    return restart(slot);
  auto t = std::chrono::steady_clock::now();
  auto& crashes = gone.crashes ? *gone.crashes : gone.crashes.emplace();
  crashes.push_back(t);
  std::erase_if(crashes, [t](auto at) { return t - at > std::chrono::minutes{1}; });
  if (crashes.size() > crashes_allowed)
    return quarantine(gone, x.reason);
  gone.health = leaf_health::restarting;
  auto exponential = milliseconds{100} * (1 << std::min<std::size_t>(crashes.size() - 1, 9));
  auto delay = std::min<milliseconds>(exponential, seconds{30});
  auto jitter = std::chrono::duration_cast<milliseconds>(delay * 0.2 * random_unit());
  deps->timers.arm({number, slot}, delay + jitter, restart_token);
}

// Restart is a reload: what the crashed actor believed is gone with it.
void shard_state::restart(std::uint32_t slot) {
  auto& x = leaves->slots[slot];
  if (!x || x->health == leaf_health::running)
    return;
  if (x->health == leaf_health::quarantined)
    --deps->counts.quarantined;
  x->health = leaf_health::restarting;
  auto again = [this, slot] { deps->timers.arm({number, slot}, seconds{1}, restart_token); };
  auto begin = [this, slot, again](auto loaded) {
    auto& to = leaves->slots[slot];
    if (!to || to->health != leaf_health::restarting)
      return;
    if (loaded)
      return start(slot, std::move(*loaded));
    if (loaded.error().code != errc::not_found)
      return again();
    // It was deleted, and crashed before it could say so.
    if (!to->personal)
      deps->usage.give_back(to->org, kind_of_leaf(to->id));
    leaves->by_id.erase(std::visit([](auto& id) { return id.value; }, to->id));
    to.reset();
  };
  if (auto* monitor = std::get_if<monitor_id>(&x->id))
    deps->monitors.load(*monitor, reply_to<loaded_monitor>{later(begin)});
  else if (auto* channel = std::get_if<channel_id>(&x->id))
    deps->channels.load(*channel, reply_to<channel_record>{later(begin)});
  else if (auto* window = std::get_if<window_id>(&x->id))
    deps->maintenance.rows->load(*window, reply_to<loaded_window>{later(begin)});
  else
    deps->policies.load(std::get<policy_id>(x->id), reply_to<escalation_policy_record>{later(begin)});
}

// Nobody watches this target any more: say so, in the row too, rather than show what was true once.
void shard_state::quarantine(leaf& x, const caf::error& why) {
  x.health = leaf_health::quarantined;
  ++deps->counts.quarantined;
  auto* id = std::get_if<monitor_id>(&x.id);
  if (!id)
    return;
  for (const auto& child : deps->dependencies.note_unwatched(*id, deps->clock.now()))
    deps->wake(x.org, child);
  auto text = "The monitor's actor crashed too often: " + self->home_system().render(why);
  deps->monitors.load(*id, reply_to<loaded_monitor>{later([this, text](result<loaded_monitor> loaded) {
    if (!loaded)
      return;
    if (auto heard = deps->pings.take(loaded->record.ping_token)) // and from here on pings are told that nobody listens
      loaded->runtime.heartbeat.last_ping = heard;
    auto from = loaded->runtime.state.status;
    loaded->runtime.state = {};
    loaded->runtime.state.status = monitor_status::unknown;
    loaded->runtime.cause = {reason::quarantined, text};
    loaded->runtime.status_since = deps->clock.now();
    ++loaded->runtime.sequence;
    step_context c{loaded->record, loaded->runtime, nullptr, deps->clock.now(), deps->base_url};
    auto step = begin_step(c);
    add_status_change(step, c, from, c.now);
    deps->monitors.commit(std::move(step), reply_to<void>{[](status) {}});
  })});
}

// A running monitor answers for itself; for a quarantined one the row does.
void shard_state::show_quarantined(const get_monitor& m) {
  auto it = leaves->by_id.find(m.id.value);
  if (it == leaves->by_id.end() || leaves->slots[it->second]->health != leaf_health::quarantined)
    return pass_on<monitor_actor>(m.id.value, m, "No such monitor.");
  if (leaves->slots[it->second]->org != m.org)
    return m.reply(fail(errc::not_found, "No such monitor."));
  deps->monitors.load(m.id, reply_to<loaded_monitor>{[reply = m.reply](result<loaded_monitor> loaded) {
                        if (!loaded)
                          return reply(fail(loaded.error()));
                        monitor_view v;
                        v.record = std::move(loaded->record);
                        v.runtime = std::move(loaded->runtime);
                        v.quarantined = true;
                        reply(std::move(v));
                      }});
}

void shard_state::stop_all() {
  for (auto& x : leaves->slots)
    if (x && x->handle) {
      self->demonitor(x->handle);
      caf::anon_send_exit(x->handle, caf::exit_reason::user_shutdown);
      x->handle = nullptr;
    }
  leaves->by_address.clear();
}

} // namespace gochron::actors
