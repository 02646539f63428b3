#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/policy.hpp"
#include "core/escalation.hpp"

/// The time of those who climb. Rows come from monitors, after each commit that changes one, and once from the
/// database for what was committed before this life began; the higher version wins.
namespace gochron::actors {
namespace {

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
  auto look_at = x.look_at();
  if (!look_at || x.state == escalation_state::ended)
    return arm();
  auto due = *look_at;
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

// Whoever is due, each in the queue again for the time in which its monitor has to answer. Whether there is anybody.
bool policy_actor_state::take_due(std::vector<climber>& due, timestamp t) {
  while (!queue.empty() && queue.begin()->first <= t) {
    auto id = queue.begin()->second;
    auto x = std::move(climbers.at(id));
    forget(id);
    x.look_at = t + patience;
    x.asked = ++serial;
    put(x);
    due.push_back(std::move(x));
  }
  return !due.empty();
}

// What the steps ask of schedules is read anew for each look: an override that was made a moment ago counts.
void policy_actor_state::look() {
  armed_for.reset();
  auto t = now();
  std::vector<climber> due;
  if (take_due(due, t)) {
    std::vector<schedule_id> schedules;
    for (const auto& x : due)
      for (const auto& id : core::schedules_of(x.row, *record))
        if (std::ranges::find(schedules, id) == schedules.end())
          schedules.push_back(id);
    if (schedules.empty() || !deps->on_call)
      move_all(std::move(due), {}, t);
    else
      look_up(std::move(due), std::move(schedules), t);
  }
  arm();
}

void policy_actor_state::look_up(std::vector<climber> due, std::vector<schedule_id> schedules, timestamp t) {
  auto read = [this, due = std::move(due), t](result<std::vector<on_call_books>> books) {
    if (gone)
      return;
    if (books)
      return move_all(due, std::move(*books), t);
    spdlog::warn("escalations of {} cannot read who is on call: {}", record->id.str(), books.error().detail);
    // What no later read would change is as if nobody were on call: the ladder goes on.
    if (books.error().code == errc::invalid)
      return move_all(due, {}, t);
    put_off(due);
  };
  deps->on_call(record->org, std::move(schedules), t, t + milliseconds{1},
                reply_to<std::vector<on_call_books>>{later(std::move(read))});
}

void policy_actor_state::put_off(std::vector<climber> due) {
  for (auto& x : due) {
    auto it = climbers.find(x.row.id);
    if (it == climbers.end() || it->second.asked != x.asked)
      continue;
    forget(x.row.id);
    x.look_at = now() + try_again;
    x.asked = 0;
    put(std::move(x));
  }
  arm();
}

void policy_actor_state::move_all(std::vector<climber> due, std::vector<on_call_books> books, timestamp t) {
  auto resolve = resolver(std::move(books));
  for (auto& x : due)
    if (auto it = climbers.find(x.row.id); it != climbers.end() && it->second.asked == x.asked)
      move(std::move(x), resolve, t); // nothing newer has come meanwhile
}

// Decides, and asks the monitor to write it. Until it has answered nothing else is decided about this incident.
void policy_actor_state::move(climber x, const core::target_resolver& resolve, timestamp t) {
  auto next = std::make_shared<escalation_move>(core::climb(x.row, *record, resolve, t));
  auto answered =
      later([this, id = x.row.id, asked = x.asked](result<escalation_answer> answer) { on_answer(id, asked, answer); });
  deps->to_monitor({record->org, x.row.monitor, std::move(next), reply_to<escalation_answer>{std::move(answered)}});
}

} // namespace gochron::actors
