#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/policy.hpp"
#include "core/escalation.hpp"

/// The time of those who climb. Rows come from monitors, after each commit that changes one, and once from the
/// database for what was committed before this life began; the higher version wins.
namespace gochron::actors {
namespace {

constexpr std::uint32_t load_token = 0; ///< epochs begin at 1
// Wall time is looked at again each day: the timers know nothing of how it goes.
constexpr milliseconds longest_timer = std::chrono::hours{24};

} // namespace

void policy_actor_state::load() {
  deps->policies.live(record->id, reply_to<std::vector<escalation>>{later([this](result<std::vector<escalation>> x) {
                        if (gone)
                          return;
                        if (!x) {
                          spdlog::warn("the escalations of {} wait for the database: {}", record->id.str(),
                                       x.error().detail);
                          return deps->timers.arm(where, try_again, load_token);
                        }
                        loaded = true;
                        for (auto& row : *x)
                          note(std::move(row));
                      })});
}

void policy_actor_state::note(escalation x) {
  if (gone)
    return;
  auto it = climbers.find(x.id);
  if (it != climbers.end() && it->second.row.version >= x.version)
    return;
  if (x.snapshot && *x.snapshot == record->spec)
    x.snapshot = {record, &record->spec}; // read from a row: many may share one
  forget(x.id);
  if (!x.due_at || x.state == escalation_state::ended)
    return arm();
  auto due = *x.due_at;
  put({std::move(x), due, 0});
  arm();
}

void policy_actor_state::forget(const escalation_id& id) {
  auto it = climbers.find(id);
  if (it == climbers.end())
    return;
  queue.erase({it->second.look_at, id});
  climbers.erase(it);
}

void policy_actor_state::put(climber x) {
  auto id = x.row.id;
  queue.emplace(x.look_at, id);
  climbers.insert_or_assign(id, std::move(x));
}

// One timer, for whoever is due first.
void policy_actor_state::arm() {
  if (queue.empty())
    return;
  auto first = queue.begin()->first;
  if (armed_for && *armed_for <= first)
    return;
  armed_for = first;
  auto delay = std::clamp<milliseconds>(first - now(), milliseconds{0}, longest_timer);
  deps->timers.arm(where, delay, ++timer_epoch);
}

void policy_actor_state::on_timer(std::uint32_t token) {
  if (gone)
    return token == departed_token ? self->quit(caf::exit_reason::user_shutdown) : void();
  if (token == load_token)
    return loaded ? void() : load();
  if (token == timer_epoch)
    look();
}

void policy_actor_state::on_clock_jumped() {
  look();
}

void policy_actor_state::look() {
  armed_for.reset();
  auto t = now();
  while (!queue.empty() && queue.begin()->first <= t) {
    auto id = queue.begin()->second;
    auto x = std::move(climbers.at(id));
    forget(id);
    move(std::move(x));
  }
  arm();
}

// Decides, and asks the monitor to write it. Until it has answered nothing else is decided about this incident.
void policy_actor_state::move(climber x) {
  auto t = now();
  auto book = deps->alerts.of(record->org);
  auto next = std::make_shared<escalation_move>(core::climb(x.row, *record, core::resolver_of(*book), t));
  x.look_at = t + patience;
  x.asked = ++serial;
  auto answered =
      later([this, id = x.row.id, asked = x.asked](result<escalation_answer> answer) { on_answer(id, asked, answer); });
  auto monitor = x.row.monitor;
  put(std::move(x));
  deps->to_monitor({record->org, monitor, std::move(next), reply_to<escalation_answer>{std::move(answered)}});
}

void policy_actor_state::on_answer(const escalation_id& id, std::uint32_t asked, const result<escalation_answer>& x) {
  auto it = climbers.find(id);
  if (it == climbers.end() || it->second.asked != asked)
    return; // a newer row came meanwhile, or it was asked again
  if (x && x->now)
    return note(*x->now); // the same version still: it is asked again when its patience is over
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
