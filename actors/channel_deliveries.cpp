#include "actors/channel.hpp"

#include "actors/random.hpp"
#include "core/alert_matching.hpp"
#include "core/event_body.hpp"
#include "core/incident_text.hpp"
#include "core/listening.hpp"
#include "core/retry_schedule.hpp"
#include "core/webhook_signature.hpp"
#include <spdlog/spdlog.h>

namespace gochron::actors {

std::size_t channel_actor_state::width() const {
  return record->health.state == channel_state::failing ? 1 : healthy_width;
}

// Reads again only when little is left of the last read: a burst of a thousand costs some twenty reads.
void channel_actor_state::claim() {
  if (claiming) {
    claim_again = true;
    return;
  }
  if (resting || !active())
    return ready.clear();
  send_ready();
  auto most = width() == 1 ? 1 : healthy_claim;
  if (sending.size() >= width() || ready.size() + sending.size() >= most)
    return;
  claiming = true;
  claim_again = false;
  std::vector<delivery_id> held;
  held.reserve(ready.size() + sending.size());
  for (auto& d : ready)
    held.push_back(d.id);
  for (auto& [id, d] : sending)
    held.push_back(id);
  auto room = static_cast<std::uint32_t>(most - held.size());
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
  while (!ready.empty() && sending.size() < width()) {
    auto d = std::move(ready.front());
    ready.pop_front();
    if (!sending.contains(d.id))
      send(std::move(d));
  }
}

void channel_actor_state::send(delivery d) {
  auto& target = std::get<webhook_target>(record->spec.target);
  webhook_post post;
  post.url = target.url;
  post.body = d.event.body;
  post.timeout = target.timeout;
  post.headers = target.headers;
  // Receivers refuse what seems old or early to them, so this one time is the host's.
  auto signatures = core::signature_headers(record->secret, d.event.id.str(), *d.event.body, deps->host.now());
  if (!signatures)
    throw std::logic_error(signatures.error().detail); // we made the secret ourselves
  post.headers.push_back({"Content-Type", "application/json"});
  for (auto& h : *signatures)
    post.headers.push_back(std::move(h));
  ++d.attempts;
  ++deps->counts.delivery_attempts;
  auto id = d.id;
  sending.emplace(id, std::move(d));
  deps->webhooks.post(std::move(post), later([this, id](delivery_attempt x) { on_attempt(id, std::move(x)); }));
}

void channel_actor_state::on_attempt(delivery_id id, delivery_attempt attempt) {
  auto it = sending.find(id);
  if (it == sending.end())
    return;
  auto& d = it->second;
  attempt.id = attempt_id::make(now());
  attempt.delivery = id;
  attempt.org = record->org;
  attempt.channel = record->id;
  attempt.number = d.attempts;
  // The health that the outcome is judged by is the one in force when it is written: in the lane, in order.
  lane.push([this, d, attempt = std::move(attempt)] {
    auto verdict = core::judge(attempt);
    bool succeeded = verdict == core::delivery_outcome::succeeded;
    bool is_test = d.event.type == event_type::channel_test;
    // A test that arrives is a user's way to say that the receiver is back.
    auto health = is_test && succeeded ? core::enabled_again(record->health) : record->health;
    attempt_outcome outcome;
    outcome.attempt = attempt;
    // Days in which nobody tried are no days of failures.
    auto t = now();
    auto untried = core::unobserved(*deps->gaps.all(), health.failing_since.value_or(t), t);
    outcome.health = core::after_attempt(health, verdict, succeeded ? t : t - untried);
    auto in_schedule = attempt;
    in_schedule.number = d.attempts - d.attempts_base;
    auto again = is_test || outcome.health.state == channel_state::disabled
                     ? std::nullopt
                     : core::next_attempt_at(in_schedule, random_unit());
    if (succeeded)
      outcome.state = delivery_state::succeeded;
    else if (again)
      outcome.next_attempt_at = again;
    else
      outcome.state = delivery_state::failed;
    describe(outcome, d);
    write_outcome(std::move(outcome), succeeded);
  });
}

// What the attempt means for the incident's history, and for others when it disabled the channel.
void channel_actor_state::describe(attempt_outcome& outcome, const delivery& d) const {
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
    outcome.timeline.push_back(std::move(x));
  };
  if (outcome.state == delivery_state::succeeded)
    line(timeline_kind::notified, core::notified_message(record->spec.name, d.event.type, d.attempts));
  else if (outcome.state == delivery_state::failed)
    line(timeline_kind::notification_failed,
         core::notification_failed_message(record->spec.name, d.event.type, outcome.attempt.message));
  bool now_disabled =
      outcome.health.state == channel_state::disabled && record->health.state != channel_state::disabled;
  if (!now_disabled)
    return;
  line(timeline_kind::channel_disabled,
       core::channel_disabled_message(record->spec.name, outcome.health.disabled_reason));
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
    x.event = e;
    x.created_at = now();
    x.next_attempt_at = now();
    outcome.deliveries.push_back(std::move(x));
  }
  outcome.events.push_back(std::move(e));
}

void channel_actor_state::write_outcome(attempt_outcome outcome, bool succeeded) {
  auto copy = outcome;
  deps->channels.record(std::move(copy), reply_to<void>{later([this, outcome, succeeded](status s) {
                          auto id = outcome.attempt.delivery;
                          sending.erase(id);
                          if (auto test = tests.extract(id))
                            s ? test.mapped()(outcome.attempt) : test.mapped()(fail(s.error()));
                          if (s) {
                            auto next = *record;
                            next.health = outcome.health;
                            publish(std::move(next));
                            ++(succeeded ? deps->counts.deliveries_succeeded : deps->counts.deliveries_failed);
                            for (auto& d : outcome.deliveries)
                              deps->outbox_changed(d.org, d.channel);
                          }
                          lane.done();
                          if (s)
                            return claim();
                          // The row is still pending, so it will be sent again: at once would be a flood, with whatever
                          // refused it.
                          spdlog::error("an attempt of {} could not be recorded: {}", outcome.attempt.delivery.str(),
                                        s.error().detail);
                          resting = true;
                          deps->timers.arm(where, std::chrono::minutes{1}, ++timer_epoch);
                        })});
}

void channel_actor_state::test(const test_channel& x) {
  if (lane.full() || tests.size() >= 8)
    return x.reply(try_later(errc::busy, "Too much is waiting for this channel."));
  event e;
  e.id = event_id::make(now());
  e.org = record->org;
  e.type = event_type::channel_test;
  e.at = now();
  e.body = std::make_shared<const std::string>(core::render_channel_event(e, *record, "", deps->base_url));
  delivery d;
  d.id = delivery_id::make(now());
  d.org = record->org;
  d.channel = record->id;
  d.event = e;
  d.created_at = now();
  d.next_attempt_at = now();
  tests.emplace(d.id, x.reply);
  // Claimed by hand, so that a disabled channel can be tried too.
  auto kept = d;
  deps->channels.enqueue(std::move(e), {std::move(d)}, reply_to<void>{later([this, d = std::move(kept)](status s) {
                           std::erase_if(ready, [&](auto& waiting) { return waiting.id == d.id; });
                           if (s)
                             return sending.contains(d.id) ? void() : send(d);
                           if (auto test = tests.extract(d.id))
                             test.mapped()(fail(s.error()));
                         })});
}

void channel_actor_state::redeliver_one(const redeliver& x) {
  if (!active())
    return x.reply(fail(errc::conflict, "The channel is not enabled."));
  deps->channels.redeliver(x.org, x.id, now(), reply_to<delivery>{later([this, x](result<delivery> d) {
                             bool due = d.has_value();
                             x.reply(std::move(d));
                             if (due)
                               claim();
                           })});
}

} // namespace gochron::actors
