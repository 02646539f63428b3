#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/maintenance_window.hpp"
#include "core/event_body.hpp"

namespace gochron::actors {
namespace {

// Local time is looked at again each day: the timers know nothing of how wall time goes.
constexpr milliseconds longest_timer = std::chrono::hours{24};
constexpr std::uint32_t retry_token = 0x8000'0000;

bool contains(const maintenance_occurrence& x, timestamp t) {
  return x.from <= t && t < x.to;
}

event event_of(const maintenance_window_record& w, event_type type, const maintenance_occurrence& x, timestamp at,
               std::string_view base_url) {
  event e;
  e.id = event_id::make(at);
  e.org = w.org;
  e.type = type;
  e.at = at;
  maintenance_window_view about{w, maintenance_state::active, x, {}};
  e.body = std::make_shared<const std::string>(core::render_maintenance_event(e, about, base_url));
  return e;
}

// The event, and a message for each channel that may hear of it.
void add_event(maintenance_step& step, event e, const uuid& stretch, const core::alert_book& alerts, timestamp now) {
  for (const auto& to : core::targets_of_window(alerts, e.type, now)) {
    delivery d;
    d.id = delivery_id::make(now);
    d.org = e.org;
    d.channel = to.channel;
    d.rule = to.rule;
    d.event = e;
    d.created_at = now;
    d.next_attempt_at = now;
    step.deliveries.push_back(std::move(d));
  }
  step.event_stretches.emplace_back(e.id, stretch);
  step.events.push_back(std::move(e));
}

} // namespace

// Brings what is under way in line with the clock and the configuration.
void window_actor_state::look() {
  if (gone || editing)
    return;
  auto t = now();
  publish(t);
  auto step = change_at(t);
  if (!step.stretches.empty()) {
    adopt_step(step, t);
    lane.push([this, step = std::move(step)] { save(step); });
  }
  arm(t);
}

// What was before the window became what it is stays as it was.
void window_actor_state::publish(timestamp t) {
  occurrence = core::occurrence_at_or_after(*record, t);
  auto known = core::known_window{record, occurrence};
  if (known.occurrence)
    known.occurrence->from = std::max(known.occurrence->from, std::min(record->updated_at, t));
  deps->maintenance.windows->put(std::move(known));
}

void window_actor_state::arm(timestamp t) {
  ++timer_epoch;
  if (!record->spec.enabled)
    return;
  auto wait = longest_timer;
  if (occurrence)
    wait = std::min(wait, (occurrence->from <= t ? occurrence->to : occurrence->from) - t);
  deps->timers.arm(where, std::max(wait, milliseconds{0}), timer_epoch & ~retry_token);
}

void window_actor_state::on_timer(std::uint32_t token) {
  if (gone)
    return token == departed_token ? self->quit(caf::exit_reason::user_shutdown) : void();
  if (token == retry_token) {
    if (auto step = std::exchange(unsaved, std::nullopt))
      save(std::move(*step));
  } else if (token == (timer_epoch & ~retry_token))
    look();
}

maintenance_step window_actor_state::begin_step() const {
  maintenance_step step;
  step.org = record->org;
  step.window = record->id;
  return step;
}

maintenance_step window_actor_state::change_at(timestamp t) const {
  auto step = begin_step();
  bool active = occurrence && contains(*occurrence, t);
  bool same = open && active && contains(*occurrence, open->from);
  // An edit took effect when it was written, even if nobody was there to see to it.
  auto cut = open && record->updated_at > open->from ? std::min(record->updated_at, t) : t;
  if (open && !same)
    end_in(step, std::min(open->to, cut));
  if (active && !same)
    begin_in(step, t);
  if (!same)
    return step;
  if (!core::same_effect(*open, record->spec)) {
    auto before = *open;
    before.to = cut;
    before.open = false;
    step.stretches.push_back(std::move(before));
    step.stretches.push_back(core::stretch_of(*record, {cut, occurrence->to}, t));
  } else if (open->to != occurrence->to) {
    auto longer = *open;
    longer.to = occurrence->to;
    step.stretches.push_back(std::move(longer));
  }
  return step;
}

void window_actor_state::begin_in(maintenance_step& step, timestamp t) const {
  maintenance_occurrence begun{std::max(occurrence->from, std::min(record->updated_at, t)), occurrence->to};
  step.stretches.push_back(core::stretch_of(*record, begun, t));
  add_event(step, event_of(*record, event_type::maintenance_started, begun, begun.from, deps->base_url),
            step.stretches.back().id, *deps->alerts.of(record->org), t);
}

void window_actor_state::end_in(maintenance_step& step, timestamp at) const {
  auto over = *open;
  over.to = std::max(at, over.from);
  over.open = false;
  add_event(step, event_of(*record, event_type::maintenance_ended, {over.from, over.to}, over.to, deps->base_url),
            over.id, *deps->alerts.of(record->org), now());
  step.stretches.push_back(std::move(over));
}

// In memory, for all to see.
void window_actor_state::adopt_step(const maintenance_step& step, timestamp t) {
  for (const auto& x : step.stretches) {
    deps->maintenance.windows->put(x, t);
    open = x.open ? std::optional{x} : std::nullopt;
  }
  wake(step);
}

// Those who are named, or everybody.
void window_actor_state::wake(const maintenance_step& step) const {
  if (step.stretches.empty())
    return;
  std::vector<monitor_id> ids;
  bool named = true;
  for (const auto& x : step.stretches) {
    named = named && !x.monitor_ids.empty();
    ids.insert(ids.end(), x.monitor_ids.begin(), x.monitor_ids.end());
  }
  std::ranges::sort(ids);
  auto twice = std::ranges::unique(ids);
  ids.erase(twice.begin(), twice.end());
  deps->maintenance.changed(record->org, named ? ids : std::vector<monitor_id>{});
}

// Those to whom something is owed now.
void window_actor_state::tell_channels(const maintenance_step& step) const {
  for (const auto& d : step.deliveries)
    deps->outbox_changed(d.org, d.channel);
}

void window_actor_state::save(maintenance_step step) {
  if (gone)
    return lane.done();
  auto copy = step;
  deps->maintenance.rows->record(std::move(copy), {}, reply_to<void>{later([this, step = std::move(step)](status s) {
                                   if (s)
                                     tell_channels(step);
                                   if (s || s.error().code == errc::not_found)
                                     return lane.done();
                                   spdlog::warn("a step of {} waits for the database: {}", record->id.str(),
                                                s.error().detail);
                                   unsaved = step;
                                   deps->timers.arm(where, milliseconds{1000}, retry_token);
                                 })});
}

} // namespace gochron::actors
