#include "actors/channel.hpp"

#include <algorithm>
#include <iterator>

#include "actors/random.hpp"
#include "core/alert_grouping.hpp"
#include "core/alert_matching.hpp"
#include "core/audit_entries.hpp"
#include "core/event_body.hpp"
#include "core/incident_text.hpp"
#include "core/listening.hpp"
#include "core/names.hpp"
#include "core/retry_schedule.hpp"
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace gochron::actors {

// A failing channel tries one at a time. A healthy one does not wait for the commit of what went well.
bool channel_actor_state::may_send() const {
  return failing() ? sending.empty() : worries == 0 && in_flight < healthy_width;
}

// Reads again when half of what it may hold is done: a burst of a thousand costs some twenty reads.
void channel_actor_state::claim() {
  if (claiming) {
    claim_again = true;
    return;
  }
  if (resting || !active())
    return ready.clear();
  send_ready();
  auto most = failing() ? 1 : healthy_claim;
  auto holds = ready.size() + sending.size();
  if (worries > 0 || 2 * holds > most)
    return;
  claiming = true;
  claim_again = false;
  std::vector<delivery_id> held;
  held.reserve(holds);
  for (auto& d : ready)
    held.push_back(d.id);
  for (auto& [id, d] : sending)
    held.push_back(id);
  auto room = static_cast<std::uint32_t>(most - holds);
  deps->channels.due(record->org, record->id, now(), room, std::move(held),
                     reply_to<due_deliveries>{later([this](result<due_deliveries> due) { claimed(std::move(due)); })});
}

void channel_actor_state::claimed(result<due_deliveries> due) {
  claiming = false;
  auto arm = [this](milliseconds delay) { deps->timers.arm(where, delay, ++timer_epoch); };
  if (!due)
    return arm(milliseconds{1000}); // the database is away; the outbox is not
  std::move(due->rows.begin(), due->rows.end(), std::back_inserter(ready));
  if (resting || !active())
    return ready.clear();
  send_ready();
  if (claim_again)
    return claim();
  if (due->next_due)
    arm(std::min<milliseconds>(*due->next_due - now(), std::chrono::hours{1}));
}

void channel_actor_state::send_ready() {
  while (!ready.empty() && may_send()) {
    auto d = std::move(ready.front());
    ready.pop_front();
    if (sending.contains(d.id))
      continue;
    auto others = d.group.empty() ? std::vector<delivery>{} : take_group(d.group);
    if (others.empty()) {
      send(std::move(d));
      continue;
    }
    others.insert(others.begin(), std::move(d));
    send_together(std::move(others));
  }
}

// The rest of a group that was claimed with its first, as much as one message holds.
std::vector<delivery> channel_actor_state::take_group(const std::string& group) {
  std::vector<delivery> taken;
  std::deque<delivery> left;
  for (auto& d : ready) {
    bool mine = d.group == group && taken.size() + 1 < core::most_grouped && !sending.contains(d.id);
    mine ? taken.push_back(std::move(d)) : left.push_back(std::move(d));
  }
  ready = std::move(left);
  return taken;
}

void channel_actor_state::on_attempt(const std::vector<delivery_id>& ids, delivery_attempt attempt) {
  if (!sending.contains(ids.front()))
    return;
  attempt.org = record->org;
  attempt.channel = record->id;
  attempt.user = record->spec.user;
  core::note_answer(*record, attempt);
  hide_code(ids.front(), attempt);
  if (ids.size() > 1)
    attempt.reference.reset(); // the message is no one incident's
  --in_flight;
  bool waits = !heard.empty();
  auto dice = random_unit();
  for (const auto& id : ids) {
    attempt.id = attempt_id::make(now());
    attempt.delivery = id;
    attempt.number = sending.at(id).attempts;
    worries += attempt.ok() ? 0 : 1;
    heard.push_back({attempt, id == ids.front(), dice});
  }
  if (!waits)
    lane.push([this] { write_heard(); });
  claim();
}

// What was heard while the lane was busy is written together.
void channel_actor_state::write_heard() {
  if (gone)
    return lane.done();
  std::vector<attempt_outcome> xs;
  auto health = record->health;
  for (auto& attempt : std::exchange(heard, {})) {
    xs.push_back(judge(std::move(attempt), health));
    health = xs.back().health;
  }
  if (health.state == channel_state::disabled)
    for (auto& x : xs) // nothing is tried again; the store cancels the others
      if (x.state == delivery_state::pending) {
        x.state = delivery_state::canceled;
        x.next_attempt_at.reset();
      }
  record_all(std::move(xs));
}

void channel_actor_state::record_all(std::vector<attempt_outcome> xs) {
  auto rows = xs;
  deps->channels.record(std::move(rows),
                        reply_to<void>{later([this, xs = std::move(xs)](const status& s) { written(xs, s); })});
}

attempt_outcome channel_actor_state::judge(heard_attempt x, const channel_health& before) const {
  auto& attempt = x.attempt;
  auto& d = sending.at(attempt.delivery);
  auto verdict = core::kind_of(*record).judge(attempt).outcome;
  bool succeeded = verdict == core::delivery_outcome::succeeded;
  bool is_test = d.event.type == event_type::channel_test || d.event.type == event_type::contact_method_verification;
  // A test that arrives is a user's way to say that the receiver is back.
  auto health = is_test && succeeded ? core::enabled_again(before) : before;
  // Days in which nobody tried are no days of failures.
  auto t = now();
  auto untried = core::unobserved(*deps->gaps.all(), health.failing_since.value_or(t), t);
  attempt_outcome outcome;
  outcome.health = x.counts ? core::after_attempt(health, verdict, succeeded ? t : t - untried) : before;
  auto in_schedule = attempt;
  in_schedule.number = d.attempts - d.attempts_base;
  auto again = succeeded || is_test || outcome.health.state == channel_state::disabled
                   ? std::nullopt
                   : core::next_attempt_at(in_schedule, verdict, x.dice);
  outcome.attempt = std::move(attempt);
  outcome.state = succeeded ? delivery_state::succeeded : again ? delivery_state::pending : delivery_state::failed;
  outcome.next_attempt_at = again;
  describe(outcome, d, before);
  return outcome;
}

// What the attempt means for the incident's history, and for others when it disabled the channel.
void channel_actor_state::describe(attempt_outcome& outcome, const delivery& d, const channel_health& before) const {
  auto receiver = spoken_name();
  auto line = [&](timeline_kind kind, std::string message) {
    if (!d.event.incident)
      return;
    timeline_entry x;
    x.id = timeline_id::make(now());
    x.incident = *d.event.incident;
    x.org = d.org;
    x.at = now();
    x.kind = kind;
    x.message = std::move(message);
    x.rule = d.rule;
    x.channel = d.channel;
    x.delivery = d.id;
    x.user = record->spec.user;
    outcome.timeline.push_back(std::move(x));
  };
  if (outcome.state == delivery_state::succeeded)
    line(timeline_kind::notified, core::notified_message(receiver, d.event.type, d.attempts));
  else if (outcome.state == delivery_state::failed)
    line(timeline_kind::notification_failed,
         core::notification_failed_message(receiver, d.event.type, outcome.attempt.message));
  bool now_disabled = outcome.health.state == channel_state::disabled && before.state != channel_state::disabled;
  if (!now_disabled)
    return;
  line(timeline_kind::channel_disabled, core::channel_disabled_message(receiver, outcome.health.disabled_reason));
  event e;
  e.id = event_id::make(now());
  e.org = d.org;
  e.type = event_type::channel_disabled;
  e.at = now();
  e.body = std::make_shared<const std::string>(
      core::render_channel_event(e, *record, outcome.health.disabled_reason, deps->base_url));
  for (auto& t : core::neighbours_of(*deps->alerts.of(d.org), record->id)) {
    delivery x;
    x.id = delivery_id::make(now());
    x.org = d.org;
    x.channel = t.channel;
    x.rule = t.rule;
    x.user = record->spec.user; // the neighbours of a contact method are its user's
    x.event = e;
    x.created_at = now();
    x.next_attempt_at = now();
    outcome.deliveries.push_back(std::move(x));
  }
  outcome.events.push_back(std::move(e));
}

// In an incident's history: of a contact method its user and its type, never the address.
std::string channel_actor_state::spoken_name() const {
  if (!record->spec.user)
    return record->spec.name;
  auto user = deps->user_name ? deps->user_name(record->org, *record->spec.user) : std::string{};
  return fmt::format("{} ({})", user.empty() ? record->spec.user->str() : user, core::name_of(record->spec.type()));
}

void channel_actor_state::written(std::vector<attempt_outcome> xs, const status& s) {
  if (!s && (s.error().code == errc::busy || s.error().code == errc::unavailable)) {
    // Forgotten, all of them would be sent again.
    unrecorded = std::move(xs);
    return deps->timers.arm(where, milliseconds{1000}, record_token);
  }
  for (auto& x : xs) {
    sending.erase(x.attempt.delivery);
    worries -= x.attempt.ok() ? 0 : 1;
    codes.erase(x.attempt.delivery);
    if (auto test = tests.extract(x.attempt.delivery))
      s ? test.mapped()(x.attempt) : test.mapped()(fail(s.error()));
  }
  if (s) {
    auto next = *record;
    next.health = xs.back().health;
    publish(std::move(next));
    for (auto& x : xs) {
      ++(x.attempt.ok() ? deps->counts.deliveries_succeeded : deps->counts.deliveries_failed);
      for (auto& d : x.deliveries)
        deps->outbox_changed(d.org, d.channel);
    }
  }
  lane.done();
  if (s)
    return claim();
  // The rows are still pending, so they will be sent again: at once would be a flood, with whatever refused them.
  spdlog::error("{} attempts, the first of {}, could not be recorded: {}", xs.size(), xs.front().attempt.delivery.str(),
                s.error().detail);
  resting = true;
  deps->timers.arm(where, std::chrono::minutes{1}, ++timer_epoch);
}

void channel_actor_state::on(const test_channel& x) {
  if (auto e = outdated(x))
    return x.reply(fail(std::move(*e)));
  if (lane.full() || tests.size() >= 8)
    return x.reply(try_later(errc::busy, "Too much is waiting for this channel."));
  if (!proved())
    return x.reply(fail(errc::conflict, "The contact method is not verified: nothing but codes is sent there."));
  if (x.dry)
    return x.reply(delivery_attempt{});
  event e;
  e.id = event_id::make(now());
  e.org = record->org;
  e.type = event_type::channel_test;
  e.at = now();
  e.body = std::make_shared<const std::string>(core::render_channel_event(e, *record, "", deps->base_url));
  send_by_hand(std::move(e), x.reply);
}

void channel_actor_state::send_by_hand(event e, reply_to<delivery_attempt> reply, std::string code) {
  delivery d;
  d.id = delivery_id::make(now());
  d.org = record->org;
  d.channel = record->id;
  d.user = record->spec.user;
  d.event = e;
  d.created_at = now();
  d.next_attempt_at = now();
  tests.emplace(d.id, std::move(reply));
  if (!code.empty())
    codes.emplace(d.id, std::move(code));
  // Claimed by hand, so that a disabled channel can be tried too.
  auto kept = d;
  deps->channels.enqueue(std::move(e), {std::move(d)}, reply_to<void>{later([this, d = std::move(kept)](status s) {
                           if (gone)
                             return; // who asked has been told
                           std::erase_if(ready, [&](auto& waiting) { return waiting.id == d.id; });
                           if (s)
                             return sending.contains(d.id) ? void() : send(d);
                           codes.erase(d.id);
                           if (auto test = tests.extract(d.id))
                             test.mapped()(fail(s.error()));
                         })});
}

void channel_actor_state::on(const redeliver& x) {
  if (!active())
    return x.reply(fail(errc::conflict, "The channel is not enabled."));
  auto t = now();
  auto after = *x.seen;
  after.state = delivery_state::pending;
  after.attempts_base = after.attempts;
  after.next_attempt_at = t;
  after.finished_at.reset();
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::redeliver, t, x.seen.get(), &after), &after);
  deps->channels.redeliver(x.org, x.id, after.attempts, t, std::move(note),
                           reply_to<delivery>{later([this, x](result<delivery> d) {
                             bool due = d.has_value() && !x.by.dry;
                             x.reply(std::move(d));
                             if (due)
                               claim();
                           })});
}

} // namespace gochron::actors
