#include "actors/handoffs.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include <caf/send.hpp>

#include "core/event_body.hpp"

namespace gochron::actors {
namespace {

constexpr std::size_t most_at_once = 16; // looks: the readers are everybody's
constexpr std::uint32_t page_size = 500;
constexpr milliseconds soon{1000};                       // after the database did not answer
constexpr milliseconds longest = std::chrono::hours{24}; // local time is looked at again each day

event event_of(const schedule_record& schedule, const core::handoff_news& news, timestamp t,
               std::string_view base_url) {
  event e;
  e.id = event_id::make(t);
  e.org = schedule.org;
  e.type = event_type::on_call_changed;
  e.at = t;
  e.body = std::make_shared<const std::string>(core::render_handoff_event(e, news, base_url));
  return e;
}

delivery delivery_of(const event& e, const channel_id& to, timestamp t) {
  delivery d;
  d.id = delivery_id::make(t);
  d.org = e.org;
  d.channel = to;
  d.event = e;
  d.created_at = t;
  d.next_attempt_at = t;
  return d;
}

} // namespace

void handoffs_state::list(schedule_id after) {
  auto found = [this, after](const result<std::vector<handoff_teller>>& some) {
    if (!some) {
      spdlog::warn("the schedules that tell of hand-offs wait for the database: {}", some.error().detail);
      return arm({}, soon);
    }
    for (const auto& x : *some)
      look(x.org, x.id);
    if (some->size() == page_size)
      list(some->back().id);
  };
  schedules->handoff_tellers(after, page_size, reply_to<std::vector<handoff_teller>>{later(std::move(found))});
}

void handoffs_state::on(const schedule_changed& x) {
  look(x.org, x.id);
  std::vector<schedule_id> borrowers; // and those of which it is being found out
  for (const auto& [id, w] : all)
    if (w.org == x.org && id != x.id && (w.looking || std::ranges::find(w.others, x.id) != w.others.end()))
      borrowers.push_back(id);
  for (const auto& id : borrowers)
    look(x.org, id);
}

void handoffs_state::on(const ticked& x) {
  for (const auto& due : x.batch.timers) {
    auto it = timers.find(due.token);
    if (it == timers.end())
      continue; // armed anew since
    auto id = it->second;
    timers.erase(it);
    if (auto w = all.find(id); w != all.end()) {
      w->second.timer = 0;
      look(w->second.org, id);
    } else if (id == schedule_id{})
      list({});
  }
  for (const auto& job : x.batch.letters)
    job();
}

void handoffs_state::look_at_all() {
  std::vector<schedule_id> ids;
  for (auto& [id, w] : all) {
    timers.erase(std::exchange(w.timer, 0)); // it goes by another clock than the one that was set
    ids.push_back(id);
  }
  for (const auto& id : ids)
    look(all[id].org, id);
}

void handoffs_state::look(const org_id& org, const schedule_id& id) {
  auto& w = all[id];
  w.org = org;
  if (w.looking) {
    w.again = true;
    return;
  }
  w.looking = true;
  queue.push_back(id);
  begin_next();
}

void handoffs_state::begin_next() {
  while (under_way < most_at_once && !queue.empty()) {
    auto id = queue.front();
    queue.pop_front();
    ++under_way;
    load(id);
  }
}

void handoffs_state::load(const schedule_id& id) {
  auto found = [this, id](const result<schedule_record>& x) {
    if (x && x->spec.tells_handoffs())
      return read_books(*x);
    if (x || x.error().code == errc::not_found)
      return forget(id);
    give_up(id, x.error());
  };
  auto& w = all[id];
  w.again = false; // whatever has changed before is read
  schedules->load(w.org, id, reply_to<schedule_record>{later(std::move(found))});
}

void handoffs_state::read_books(const schedule_record& schedule) {
  auto t = deps->clock.now();
  auto found = [this, schedule, t](const result<std::vector<on_call_books>>& books) { decide(schedule, books, t); };
  deps->on_call(schedule.org, {schedule.id}, t, t + core::handoff_horizon,
                reply_to<std::vector<on_call_books>>{later(std::move(found))});
}

void handoffs_state::decide(const schedule_record& schedule, const result<std::vector<on_call_books>>& books,
                            timestamp t) {
  if (!books)
    return give_up(schedule.id, books.error());
  if (books->empty())
    return forget(schedule.id);
  auto& w = all[schedule.id];
  if (w.again) // what was read may be old
    return finish(schedule.id, soon);
  w.others.clear();
  for (const auto& other : books->front().others)
    w.others.push_back(other.id);
  auto x = core::handoff_at(books->front(), schedule.told, t);
  if (!x)
    return give_up(schedule.id, x.error());
  x->is_news() || !schedule.told ? record(schedule, *x, t) : finish_at(schedule.id, x->next);
}

void handoffs_state::record(const schedule_record& schedule, const core::handoff& x, timestamp t) {
  handoff_step step;
  step.org = schedule.org;
  step.schedule = schedule.id;
  step.told_before = schedule.told;
  step.told = x.on_call;
  if (x.is_news()) {
    auto name_of = [&](const user_id& id) { return deps->user_name(schedule.org, id); };
    step.events.push_back(event_of(schedule, core::news_of(schedule, x, name_of), t, deps->base_url));
    for (const auto& to : core::handoff_targets(deps->alerts.of(schedule.org), schedule.spec, x))
      step.deliveries.push_back(delivery_of(step.events.front(), to, t));
  }
  auto done = [this, owed = step.deliveries, id = schedule.id, next = x.next](const status& s) {
    for (const auto& d : s ? owed : std::vector<delivery>{})
      deps->outbox_changed(d.org, d.channel);
    if (!s && s.error().code == errc::not_found)
      return forget(id);
    s ? finish_at(id, next) : finish(id, s.error().code == errc::stale ? milliseconds{0} : soon);
  };
  schedules->record(std::move(step), reply_to<void>{later(std::move(done))});
}

// Until the database answers again; what it will not say tomorrow either is looked at when something changes.
void handoffs_state::give_up(const schedule_id& id, const error& why) {
  bool for_now = why.retry_after.count() > 0;
  if (!for_now)
    spdlog::warn("hand-offs of {} are not told: {}", id.str(), why.detail);
  finish(id, for_now ? soon : longest);
}

void handoffs_state::finish_at(const schedule_id& id, const std::optional<timestamp>& next) {
  auto wait = next ? *next - deps->clock.now() : longest;
  finish(id, std::clamp(wait, milliseconds{0}, longest));
}

void handoffs_state::finish(const schedule_id& id, milliseconds next_look) {
  --under_way;
  auto& w = all[id];
  w.looking = false;
  std::exchange(w.again, false) ? look(org_id{w.org}, id) : arm(id, next_look);
  begin_next();
}

// It is gone, or tells nobody any more.
void handoffs_state::forget(const schedule_id& id) {
  auto w = all[id];
  timers.erase(w.timer);
  all.erase(id);
  --under_way;
  if (w.again)
    look(w.org, id);
  begin_next();
}

// Timers cannot be taken back: one that comes sooner is as good, so that writes without end leave none behind.
void handoffs_state::arm(const schedule_id& id, milliseconds wait) {
  auto due = deps->clock.now() + wait;
  auto w = all.find(id);
  if (w != all.end() && w->second.timer != 0 && w->second.due <= due)
    return;
  auto token = ++last_timer;
  if (w != all.end()) {
    timers.erase(std::exchange(w->second.timer, token));
    w->second.due = due;
  }
  timers[token] = id;
  deps->timers.arm(where, wait, token);
}

handoffs_actor::behavior_type handoffs(handoffs_actor::stateful_pointer<handoffs_state> self, const leaf_deps* deps,
                                       schedule_store* schedules, leaf_address where) {
  auto& st = self->state;
  st.self = self;
  st.deps = deps;
  st.schedules = schedules;
  st.where = where;
  st.start();
  return {
      [](const resume& m) { m.rest(); },
      [&st](const ticked& m) { st.on(m); },
      [&st](const schedule_changed& m) { st.on(m); },
      [&st](const clock_jumped&) { st.look_at_all(); },
  };
}

} // namespace gochron::actors
