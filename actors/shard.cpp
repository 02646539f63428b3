#include "actors/shard.hpp"

#include <caf/send.hpp>

#include "actors/channel.hpp"
#include "actors/maintenance_window.hpp"
#include "actors/monitor.hpp"
#include "actors/monitor_timer.hpp"
#include "actors/policy.hpp"
#include "core/audit_entries.hpp"
#include "core/round_clock.hpp"

namespace gochron::actors {

// After a crash of the shard itself. Its leaves still live in the roster, and nobody watches them; of their timers and
// letters some were in the mailbox that is gone, and nobody knows which. So each begins again from its row, when it has
// ended.
void shard_state::come_back() {
  for (std::uint32_t slot = 0; slot < leaves->slots.size(); ++slot) {
    auto& x = leaves->slots[slot];
    if (x && x->health == leaf_health::running) {
      x->health = leaf_health::restarting;
      self->monitor(x->handle);
      caf::anon_send_exit(x->handle, caf::exit_reason::unhandled_exception);
    } else if (x && x->health == leaf_health::restarting)
      restart(slot);
  }
}

std::uint32_t shard_state::place(leaf_id id, org_id org) {
  auto slot = static_cast<std::uint32_t>(leaves->slots.size());
  auto x = std::make_unique<leaf>();
  x->id = id;
  x->org = org;
  leaves->by_id.emplace(std::visit([](auto& of) { return of.value; }, id), slot);
  leaves->slots.push_back(std::move(x));
  return slot;
}

void shard_state::watch(std::uint32_t slot, caf::actor handle) {
  auto& x = *leaves->slots[slot];
  self->monitor(handle);
  leaves->by_address.emplace(handle.address(), slot);
  x.handle = std::move(handle);
  x.health = leaf_health::running;
}

void shard_state::start(std::uint32_t slot, loaded_monitor x) {
  if (!x.record.ping_token.empty())
    deps->pings.put(x.record, {number, slot});
  auto handle = self->home_system().spawn(monitor, deps, leaf_address{number, slot}, std::move(x));
  watch(slot, caf::actor_cast<caf::actor>(handle));
}

void shard_state::start(std::uint32_t slot, channel_record x) {
  leaves->slots[slot]->personal = x.is_personal();
  auto handle = self->home_system().spawn(channel, deps, leaf_address{number, slot}, std::move(x));
  watch(slot, caf::actor_cast<caf::actor>(handle));
}

void shard_state::start(std::uint32_t slot, escalation_policy_record x) {
  auto handle = self->home_system().spawn(policy, deps, leaf_address{number, slot}, std::move(x));
  watch(slot, caf::actor_cast<caf::actor>(handle));
}

void shard_state::start(std::uint32_t slot, loaded_window x) {
  auto handle = self->home_system().spawn(maintenance_window, deps, leaf_address{number, slot}, std::move(x));
  watch(slot, caf::actor_cast<caf::actor>(handle));
}

void shard_state::take_over(adopt& x) {
  for (auto& m : x.monitors)
    start(place(m.record.id, m.record.org), std::move(m));
  for (auto& c : x.channels)
    start(place(c.id, c.org), std::move(c));
  for (auto& p : x.policies)
    start(place(p.id, p.org), std::move(p));
  for (auto& w : x.windows)
    start(place(w.record.id, w.record.org), std::move(w));
}

// What a monitor begins with.
loaded_monitor shard_state::newborn(monitor_record x) {
  loaded_monitor fresh;
  fresh.record = std::move(x);
  fresh.runtime.status_since = fresh.record.created_at;
  if (fresh.record.spec.paused) {
    fresh.runtime.state.status = monitor_status::paused;
    ++fresh.runtime.sequence;
  }
  return fresh;
}

void shard_state::create(const new_monitor& x) {
  auto room = deps->usage.reserve(x.record.org, countable::monitors);
  if (!room)
    return x.reply(fail(room.error()));
  auto row = x.record;
  auto first = newborn(row);
  monitor_view shown{row, std::move(first.runtime), {}, {}, false};
  if (!row.spec.paused && row.spec.type() != monitor_type::heartbeat && row.spec.type() != monitor_type::manual)
    shown.next_check_at = core::next_round(row.id, row.spec.interval, deps->clock.now());
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::create, row.created_at, nullptr, &row), &shown);
  monitors_of(x.into, *deps)
      .create(std::move(row), std::move(note),
              reply_to<monitor_record>{later([this, x, room = *room](result<monitor_record> saved) {
                room->settle(saved.has_value() && !x.by.dry);
                if (!saved)
                  return x.reply(fail(saved.error()));
                if (x.by.dry)
                  return x.reply(monitor_view{std::move(*saved), {}, {}, {}, false});
                auto fresh = newborn(std::move(*saved));
                if (fresh.record.spec.paused)
                  deps->monitors.note(fresh.record.id, fresh.record.org, fresh.runtime);
                auto id = fresh.record.id;
                auto org = fresh.record.org;
                start(place(id, org), std::move(fresh));
                ++deps->counts.monitors;
                pass_on<monitor_actor>(id.value, get_monitor{org, id, x.reply}, "No such monitor.");
              })});
}

void shard_state::create(const new_channel& x) {
  usage_ledger::room held; // a contact method takes none
  if (!x.record.is_personal()) {
    auto room = deps->usage.reserve(x.record.org, countable::channels);
    if (!room)
      return x.reply(fail(room.error()));
    held = *room;
  }
  auto row = x.record;
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::create, row.created_at, nullptr, &row), &row);
  channels_of(x.into, *deps)
      .create(std::move(row), std::move(note),
              reply_to<channel_record>{later([this, x, held](result<channel_record> saved) {
                if (held)
                  held->settle(saved.has_value() && !x.by.dry);
                if (saved && !x.by.dry) {
                  start(place(saved->id, saved->org), *saved);
                  deps->alerts.put(*saved); // before the answer: a rule may name it at once
                  ++deps->counts.channels;
                }
                x.reply(std::move(saved));
              })});
}

void shard_state::create(const new_policy& x) {
  auto room = deps->usage.reserve(x.record.org, countable::escalation_policies);
  if (!room)
    return x.reply(fail(room.error()));
  auto row = x.record;
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::create, row.created_at, nullptr, &row), &row);
  policies_of(x.into, *deps)
      .create(std::move(row), std::move(note),
              reply_to<escalation_policy_record>{later([this, x, room = *room](result<escalation_policy_record> saved) {
                room->settle(saved.has_value() && !x.by.dry);
                if (saved && !x.by.dry) {
                  deps->alerts.put(
                      std::make_shared<const escalation_policy_record>(*saved)); // a rule may name it at once
                  start(place(saved->id, saved->org), *saved);
                  ++deps->counts.policies;
                }
                x.reply(std::move(saved));
              })});
}

void shard_state::create(const new_window& x) {
  auto room = deps->usage.reserve(x.record.org, countable::maintenance_windows);
  if (!room)
    return x.reply(fail(room.error()));
  auto row = x.record;
  auto shown = core::view_of(row, row.created_at);
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::create, row.created_at, nullptr, &row), &shown);
  windows_of(x.into, *deps)
      .create(
          std::move(row), std::move(note),
          reply_to<maintenance_window_record>{later([this, x, room = *room](result<maintenance_window_record> saved) {
            room->settle(saved.has_value() && !x.by.dry);
            if (!saved)
              return x.reply(fail(saved.error()));
            if (!x.by.dry) {
              start(place(saved->id, saved->org), loaded_window{*saved, {}});
              ++deps->counts.windows;
            }
            x.reply(core::view_of(*saved, deps->clock.now()));
          })});
}

void shard_state::on(const maintenance_changed& x) {
  for (auto& slot : leaves->slots)
    if (auto* id = slot && slot->org == x.org && slot->health == leaf_health::running
                       ? std::get_if<monitor_id>(&slot->id)
                       : nullptr)
      self->send(caf::actor_cast<monitor_actor>(slot->handle), monitor_request{rules_changed{x.org, *id}});
}

void shard_state::on_tick(const ticked& x) {
  for (auto& read : x.batch.letters)
    read();
  for (auto& t : x.batch.timers)
    on_timer(t);
}

void shard_state::on_timer(const due_timer& x) {
  auto& to = leaves->slots[x.slot];
  if (!to)
    return;
  if (x.token == restart_token)
    return restart(x.slot);
  if (to->health == leaf_health::quarantined && std::holds_alternative<monitor_id>(to->id) &&
      kind_of(x.token) == timer_kind::expiry)
    return restart(x.slot); // its time may be over, and no one else sees to that
  if (to->health != leaf_health::running)
    return;
  if (x.token == departed_token)
    let_go(*to);
  if (std::holds_alternative<monitor_id>(to->id))
    self->send(caf::actor_cast<monitor_actor>(to->handle), timer_fired{x.token});
  else if (std::holds_alternative<channel_id>(to->id))
    self->send(caf::actor_cast<channel_actor>(to->handle), timer_fired{x.token});
  else if (std::holds_alternative<policy_id>(to->id))
    self->send(caf::actor_cast<policy_actor>(to->handle), timer_fired{x.token});
  else
    self->send(caf::actor_cast<window_actor>(to->handle), timer_fired{x.token});
}

// From here on we say that there is no such thing.
void shard_state::let_go(leaf& x) {
  leaves->by_id.erase(std::visit([](auto& id) { return id.value; }, x.id));
}

void shard_state::on_clock_jumped() {
  for (auto& x : leaves->slots)
    if (x && x->health == leaf_health::running) {
      if (auto* id = std::get_if<channel_id>(&x->id))
        self->send(caf::actor_cast<channel_actor>(x->handle), outbox_changed{x->org, *id});
      else if (std::holds_alternative<policy_id>(x->id))
        self->send(caf::actor_cast<policy_actor>(x->handle), clock_jumped{});
      else if (std::holds_alternative<window_id>(x->id))
        self->send(caf::actor_cast<window_actor>(x->handle), clock_jumped{});
      else
        self->send(caf::actor_cast<monitor_actor>(x->handle), monitor_request{clock_jumped{}});
    }
}

shard_actor::behavior_type shard(shard_actor::stateful_pointer<shard_state> self, const leaf_deps* deps,
                                 std::uint32_t number, std::shared_ptr<roster> leaves) {
  auto& st = self->state;
  st.self = self;
  st.deps = deps;
  st.number = number;
  st.leaves = std::move(leaves);
  self->set_down_handler([&st](const caf::down_msg& x) { st.on_down(x); });
  self->set_exit_handler([&st, self](const caf::exit_msg& x) {
    st.stop_all();
    self->quit(x.reason);
  });
  st.come_back();
  constexpr auto no_monitor = "No such monitor.";
  constexpr auto no_channel = "No such channel.";
  constexpr auto no_policy = "No such escalation policy.";
  constexpr auto no_window = "No such maintenance window.";
  return {
      [&st](adopt& m) { st.take_over(m); },
      [&st](const new_monitor& m) { st.create(m); },
      [&st](const new_channel& m) { st.create(m); },
      [&st](const ticked& m) { st.on_tick(m); },
      [&st](const clock_jumped&) { st.on_clock_jumped(); },
      [](const resume& m) { m.rest(); },
      [&st](const get_monitor& m) { st.show_quarantined(m); },
      [&st](const edit_monitor& m) { st.pass_on<monitor_actor>(m.id.value, m, no_monitor); },
      [&st](const remove_monitor& m) { st.pass_on<monitor_actor>(m.id.value, m, no_monitor); },
      [&st](const run_monitor& m) { st.pass_on<monitor_actor>(m.id.value, m, no_monitor); },
      [&st](const reset_monitor& m) { st.pass_on<monitor_actor>(m.id.value, m, no_monitor); },
      [&st](const rotate_url& m) { st.pass_on<monitor_actor>(m.id.value, m, no_monitor); },
      [&st](const wait_for_status& m) { st.pass_on<monitor_actor>(m.id.value, m, no_monitor); },
      [&st](const ping_monitor& m) { st.pass_on<monitor_actor>(m.id.value, m, "No such ping URL."); },
      [&st](const handle_incident& m) { st.pass_on<monitor_actor>(m.monitor.value, m, "No such incident."); },
      [&st](const signal_incidents& m) { st.pass_on<monitor_actor>(m.monitor.value, m, no_monitor); },
      [&st](const rules_changed& m) { st.pass_on<monitor_actor>(m.id.value, m, no_monitor); },
      [&st](const outbox_changed& m) { st.pass_on<channel_actor>(m.id.value, m, no_channel); },
      [&st](const get_channel& m) { st.pass_on<channel_actor>(m.id.value, m, no_channel); },
      [&st](const edit_channel& m) { st.pass_on<channel_actor>(m.id.value, m, no_channel); },
      [&st](const remove_channel& m) { st.pass_on<channel_actor>(m.id.value, m, no_channel); },
      [&st](const roll_secret& m) { st.pass_on<channel_actor>(m.id.value, m, no_channel); },
      [&st](const test_channel& m) { st.pass_on<channel_actor>(m.id.value, m, no_channel); },
      [&st](const redeliver& m) { st.pass_on<channel_actor>(m.channel.value, m, "No such delivery."); },
      [&st](const new_policy& m) { st.create(m); },
      [&st](const escalate_incident& m) { st.pass_on<monitor_actor>(m.monitor.value, m, "No such incident."); },
      [&st](const escalation_changed& m) { st.pass_on<policy_actor>(m.id.value, m, no_policy); },
      [&st](const get_policy& m) { st.pass_on<policy_actor>(m.id.value, m, no_policy); },
      [&st](const edit_policy& m) { st.pass_on<policy_actor>(m.id.value, m, no_policy); },
      [&st](const remove_policy& m) { st.pass_on<policy_actor>(m.id.value, m, no_policy); },
      [&st](const forecast_policy& m) { st.pass_on<policy_actor>(m.id.value, m, no_policy); },
      [&st](const look_for_child& m) { st.pass_on<monitor_actor>(m.id.value, m, no_monitor); },
      [&st](const new_window& m) { st.create(m); },
      [&st](const maintenance_changed& m) { st.on(m); },
      [&st](const get_window& m) { st.pass_on<window_actor>(m.id.value, m, no_window); },
      [&st](const edit_window& m) { st.pass_on<window_actor>(m.id.value, m, no_window); },
      [&st](const remove_window& m) { st.pass_on<window_actor>(m.id.value, m, no_window); },
      [&st](const end_window& m) { st.pass_on<window_actor>(m.id.value, m, no_window); },
      [&st](const send_code& m) { st.pass_on<channel_actor>(m.id.value, m, "No such contact method."); },
      [&st](const verify_code& m) { st.pass_on<channel_actor>(m.id.value, m, "No such contact method."); },
  };
}

} // namespace gochron::actors
