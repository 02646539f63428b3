#pragma once
#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <catch2/catch.hpp>

#include "actors/ping_door.hpp"
#include "actors/shard.hpp"

/// A tree of one shard whose only clock is the test. The edges (store, network) record what they are asked and do as
/// the test says; whatever a test did not foresee fails it.
namespace gochron::testing {

using namespace std::chrono_literals;

struct fake_clock final : wall_clock {
  timestamp t{std::chrono::hours{24 * 365 * 50}};
  milliseconds steady{0}; ///< what timers go by; only a step of the wall clock parts the two
  timestamp now() const override { return t; }
};

struct fake_timers final : actors::timer_service {
  explicit fake_timers(const fake_clock& c) : clock(c) {}
  void arm(actors::leaf_address whom, milliseconds delay, std::uint32_t token) override {
    auto due = clock.steady + std::max(delay, 0ms);
    wheel.arm({static_cast<std::uint64_t>((due + 9ms) / 10ms), whom.shard, whom.slot, token});
  }
  void post(std::uint32_t, actors::letter x) override { x(); }
  std::size_t armed() const override { return wheel.size(); }
  const fake_clock& clock;
  actors::timing_wheel wheel;
};

/// Commits at once, or holds everything while `away`; answers `create` and `update` as Postgres would.
struct fake_monitor_store final : monitor_store {
  std::map<monitor_id, loaded_monitor> rows;
  std::vector<transition> steps;
  std::map<incident_id, incident> incidents; ///< open and past
  std::vector<write_note> notes;             ///< of what was written through the API
  std::vector<check_result> results;
  std::deque<std::function<void()>> held;
  bool away = false;
  bool refuses_updates = false;
  bool refuses_expiry = false;
  std::optional<std::vector<alert_rule_record>> named_by; ///< the rules that an expiry finds, where it is to look
  std::vector<alert_rule_record> forgetful;               ///< as an expiry has left them
  std::function<void(const transition&)> committed;       ///< what else the transaction does

  void act(std::function<void()> f) {
    if (away)
      held.push_back(std::move(f));
    else
      f();
  }
  void come_back() {
    away = false;
    while (!held.empty()) {
      held.front()();
      held.pop_front();
    }
  }
  void apply(const transition& x) {
    steps.push_back(x);
    auto& row = rows[x.monitor];
    row.runtime = x.runtime;
    if (x.change)
      row.last_24h.push_back({x.change->at, x.change->from, x.change->to});
    if (committed)
      committed(x);
    for (const auto& i : x.incidents) {
      incidents[i.id] = i;
      std::erase_if(row.open_incidents, [&](const incident& o) { return o.id == i.id; });
      if (i.state != incident_state::resolved)
        row.open_incidents.push_back(i);
    }
  }
  void create(monitor_record x, write_note note, reply_to<monitor_record> done) override {
    act([=, this] {
      notes.push_back(note);
      if (note.dry)
        return done(x);
      rows[x.id].record = x;
      done(x);
    });
  }
  void update(monitor_record x, std::optional<transition> step, write_note note,
              reply_to<monitor_record> done) override {
    act([=, this] {
      auto& row = rows.at(x.id);
      if (row.record.version != x.version - 1)
        return done(fail(errc::stale, "version"));
      if (refuses_updates)
        return done(fail(errc::conflict, "the key is taken"));
      notes.push_back(note);
      if (note.dry)
        return done(x);
      row.record = x;
      if (step)
        apply(*step);
      done(x);
    });
  }
  void remove(org_id, monitor_id id, std::optional<transition> step, write_note note, reply_to<void> done) override {
    act([=, this] {
      notes.push_back(note);
      if (note.dry)
        return done({});
      if (step)
        apply(*step);
      rows.erase(id);
      done({});
    });
  }
  void expire(org_id, monitor_id id, transition step, std::vector<alert_rule_record> rules, write_note note,
              reply_to<expiry> done) override {
    act([=, this] {
      if (refuses_expiry)
        return done(try_later(errc::unavailable, "The database is away."));
      auto follows = [](auto& a, auto& b) { return a.id == b.id && a.version == b.version + 1; };
      if (named_by && !std::ranges::equal(rules, *named_by, follows))
        return done(expiry{false, *named_by});
      if (auto children = children_of(id); !children.empty())
        return done(expiry{false, {}, children});
      forgetful = rules;
      notes.push_back(note);
      apply(step);
      rows.erase(id);
      done(expiry{true, {}});
    });
  }
  std::vector<monitor_id> children_of(monitor_id id) const {
    std::vector<monitor_id> all;
    for (auto& [child, row] : rows)
      if (auto& parents = row.record.spec.depends_on; parents && std::ranges::count(*parents, id) > 0)
        all.push_back(child);
    return all;
  }
  void commit(transition step, reply_to<void> done) override {
    act([=, this] {
      apply(step);
      done({});
    });
  }
  void commit_if_open(transition step, incident_id other, reply_to<void> done) override {
    act([=, this] {
      if (incidents.at(other).state == incident_state::resolved)
        return done(fail(errc::conflict, "resolved"));
      apply(step);
      done({});
    });
  }
  void load(monitor_id id, reply_to<loaded_monitor> done) override {
    auto it = rows.find(id);
    it == rows.end() ? done(fail(errc::not_found, "row")) : done(it->second);
  }
  void load(org_id, monitor_id of, incident_id id, reply_to<incident> done) override {
    auto it = incidents.find(id);
    it == incidents.end() || it->second.monitor != of ? done(fail(errc::not_found, "row")) : done(it->second);
  }
  bool note(check_result x) override {
    results.push_back(std::move(x));
    return true;
  }
  bool note(monitor_id id, org_id, const monitor_runtime& x) override {
    rows[id].runtime = x;
    return true;
  }
};

struct fake_channel_store final : channel_store {
  std::map<channel_id, channel_record> rows;
  std::map<delivery_id, delivery> outbox;
  std::map<std::pair<channel_id, incident_id>, std::string> references;
  std::vector<attempt_outcome> outcomes;
  int claims = 0;
  int records = 0;
  bool hold = false; ///< outcomes and removals wait for come_back()
  int full = 0;      ///< so many more are refused
  std::vector<std::function<void()>> held;
  std::vector<write_note> notes; ///< of proofs

  void come_back() {
    hold = false;
    for (auto& x : std::exchange(held, {}))
      x();
  }

  void create(channel_record x, write_note, reply_to<channel_record> done) override {
    rows[x.id] = x;
    done(x);
  }
  void update(channel_record x, write_note note, reply_to<channel_record> done) override {
    if (note.dry)
      return done(x);
    rows[x.id] = x;
    done(x);
  }
  void remove(org_id o, channel_id id, write_note note, reply_to<void> done) override {
    if (note.dry)
      return done({});
    if (hold)
      return held.push_back([=, this] { remove(o, id, note, done); });
    rows.erase(id);
    done({});
  }
  void load(channel_id id, reply_to<channel_record> done) override {
    auto it = rows.find(id);
    it == rows.end() ? done(fail(errc::not_found, "row")) : done(it->second);
  }
  void prove(channel_record x, write_note note, reply_to<void> done) override {
    notes.push_back(note);
    if (!note.dry)
      rows.at(x.id).proof = x.proof;
    done({});
  }
  void due(org_id, channel_id id, timestamp now, std::uint32_t limit, std::vector<delivery_id> except,
           reply_to<due_deliveries> done) override {
    ++claims;
    std::map<incident_id, const delivery*> heads;
    std::vector<const delivery*> free;
    for (auto& [key, d] : outbox) {
      if (d.channel != id || d.state != delivery_state::pending)
        continue;
      if (!d.event.incident)
        free.push_back(&d);
      else if (auto& head = heads[*d.event.incident]; !head || d.event.sequence < head->event.sequence)
        head = &d;
    }
    for (auto& [key, d] : heads)
      free.push_back(d);
    due_deliveries answer;
    std::set<std::string> groups;
    for (auto* d : free)
      if (*d->next_attempt_at <= now && !d->group.empty())
        groups.insert(d->group);
    std::erase_if(free, [&](auto* d) { return groups.contains(d->group); });
    std::vector<const delivery*> together; // all that may go with the first
    for (auto& [key, d] : outbox)
      if (d.channel == id && d.state == delivery_state::pending && groups.contains(d.group) &&
          (d.attempts == d.attempts_base || *d.next_attempt_at <= now))
        together.push_back(&d);
    std::ranges::sort(together, {}, [](auto* d) { return std::tuple{d->created_at, d->event.sequence, d->id}; });
    free.insert(free.end(), together.begin(), together.end());
    for (auto* d : free) {
      if (std::find(except.begin(), except.end(), d->id) != except.end())
        continue;
      if (*d->next_attempt_at > now && !groups.contains(d->group))
        answer.next_due = std::min(answer.next_due.value_or(*d->next_attempt_at), *d->next_attempt_at);
      else if (answer.rows.size() < limit || !d->group.empty()) {
        answer.rows.push_back(*d);
        if (d->event.incident)
          answer.rows.back().reference = references[{d->channel, *d->event.incident}];
      }
    }
    done(answer);
  }
  void record(std::vector<attempt_outcome> xs, reply_to<void> done) override {
    ++records;
    if (full > 0 && full--)
      return done(fail(errc::busy, "The write queue is full."));
    if (hold)
      return held.push_back([=, this] { record(xs, done); });
    for (auto& x : xs)
      keep(std::move(x));
    done({});
  }
  void keep(attempt_outcome x) {
    auto& d = outbox.at(x.attempt.delivery);
    d.state = x.state;
    d.attempts = x.attempt.number;
    d.next_attempt_at = x.next_attempt_at;
    if (x.attempt.reference && d.event.incident)
      references[{d.channel, *d.event.incident}] = *x.attempt.reference;
    rows.at(x.attempt.channel).health = x.health;
    for (auto& more : x.deliveries)
      outbox[more.id] = more;
    if (x.health.state == channel_state::disabled)
      for (auto& [id, other] : outbox)
        if (other.channel == x.attempt.channel && other.state == delivery_state::pending)
          other.state = delivery_state::canceled;
    outcomes.push_back(std::move(x));
  }
  void enqueue(event, std::vector<delivery> ds, reply_to<void> done) override {
    for (auto& d : ds)
      outbox[d.id] = d;
    done({});
  }
  void redeliver(org_id, delivery_id id, std::int32_t, timestamp now, write_note, reply_to<delivery> done) override {
    auto& d = outbox.at(id);
    d.state = delivery_state::pending;
    d.next_attempt_at = now;
    d.attempts_base = d.attempts;
    done(d);
  }
};

struct fake_policy_store final : policy_store {
  std::map<policy_id, escalation_policy_record> rows;
  std::map<escalation_id, escalation> escalations; ///< as committed
  bool away = false;
  int loads = 0;

  void create(escalation_policy_record x, write_note note, reply_to<escalation_policy_record> done) override {
    if (!note.dry)
      rows[x.id] = x;
    done(x);
  }
  void update(escalation_policy_record x, write_note note, reply_to<escalation_policy_record> done) override {
    if (rows.at(x.id).version != x.version - 1)
      return done(fail(errc::stale, "version"));
    if (!note.dry)
      rows[x.id] = x;
    done(x);
  }
  void remove(org_id, policy_id id, write_note note, reply_to<void> done) override {
    if (!note.dry)
      rows.erase(id);
    done({});
  }
  void load(policy_id id, reply_to<escalation_policy_record> done) override {
    auto it = rows.find(id);
    it == rows.end() ? done(fail(errc::not_found, "row")) : done(it->second);
  }
  void live(policy_id id, reply_to<std::vector<escalation>> done) override {
    ++loads;
    if (away)
      return done(try_later(errc::unavailable, "The database is away."));
    std::vector<escalation> found;
    for (auto& [key, x] : escalations)
      if (x.policy == id && x.state != escalation_state::ended && x.look_at())
        found.push_back(x);
    done(found);
  }
  void keep(const incident& x) {
    for (auto& e : x.escalations)
      if (auto& row = escalations[e.id]; row.id.is_nil() || row.version < e.version)
        row = e;
  }
};

/// Answers with what the test set, or not at all while `silent`.
struct fake_prober final : prober {
  explicit fake_prober(const fake_clock& c) : clock(c) {}
  void probe(probe_job job, std::function<void(check_outcome)> done) override {
    ++asked;
    if (crash)
      throw std::runtime_error("the prober is broken");
    auto x = answer;
    if (decide)
      decide(*job.spec, x);
    x.started_at = clock.t;
    if (silent)
      late.push_back([=] { done(x); });
    else
      done(x);
  }
  const fake_clock& clock;
  check_outcome answer;
  std::function<void(const monitor_spec&, check_outcome&)> decide; ///< changes `answer` for one monitor
  int asked = 0;
  bool silent = false, crash = false;
  std::vector<std::function<void()>> late;
};

struct fake_sender final : message_sender {
  explicit fake_sender(const fake_clock& c) : clock(c) {}
  struct sent_post {
    webhook_post post;
    std::function<void(delivery_attempt)> done;
  };
  void post(webhook_post x, std::function<void(delivery_attempt)> done) override {
    posts.push_back({x, done});
    if (hold)
      return;
    delivery_attempt a = respond ? respond(posts.back().post) : delivery_attempt{};
    a.started_at = clock.t;
    if (respond)
      return done(a);
    a.status = decide ? decide(posts.back().post) : status;
    a.message = a.status >= 200 && a.status < 300 ? "" : "The receiver answered " + std::to_string(a.status) + ".";
    done(a);
  }
  void mail(mail_post x, std::function<void(delivery_attempt)> done) override {
    mails.push_back(x);
    delivery_attempt a;
    a.started_at = clock.t;
    a.status = status;
    done(a);
  }
  const fake_clock& clock;
  std::vector<sent_post> posts;
  std::vector<mail_post> mails;
  std::uint16_t status = 200;
  std::function<std::uint16_t(const webhook_post&)> decide;     ///< instead of `status`
  std::function<delivery_attempt(const webhook_post&)> respond; ///< instead of both
  bool hold = false;
};

/// The origin of what tests ask for.
template <class T>
written_by<T> by(bool dry = false) {
  change_origin from;
  from.who = "token:test";
  from.reason = "a test";
  written_by<T> x;
  x.from = std::make_shared<const change_origin>(std::move(from));
  x.dry = dry;
  return x;
}

struct world {
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };
  fake_clock clock;
  fake_timers timers{clock};
  fake_monitor_store monitors;
  fake_channel_store channels;
  fake_policy_store policies;
  fake_prober probes{clock};
  fake_sender sender{clock};
  actors::alert_registry alerts;
  actors::incident_numbers numbers;
  actors::hushed_monitors hushed;
  actors::policy_turns turns;
  actors::dependency_board dependencies;
  actors::ping_index pings;
  actors::counters counts;
  actors::gap_log gaps;
  actors::usage_ledger usage;
  org_id org = org_id::make(timestamp{1s});
  std::shared_ptr<actors::roster> leaves = std::make_shared<actors::roster>();
  config cfg;
  caf::actor_system sys{cfg};
  actors::shard_actor shard;
  actors::leaf_deps deps{monitors,
                         channels,
                         probes,
                         sender,
                         timers,
                         clock,
                         clock,
                         alerts,
                         numbers,
                         pings,
                         counts,
                         "http://g",
                         gaps,
                         [this](org_id o, channel_id c) {
                           caf::anon_send(shard, actors::outbox_changed{o, c});
                         },
                         usage,
                         hushed,
                         [this](org_id o) {
                           for (auto id : hushed.of(o))
                             caf::anon_send(shard, actors::rules_changed{o, id});
                         },
                         policies,
                         turns,
                         [this](const escalation& x) {
                           if (!deaf)
                             caf::anon_send(shard, actors::escalation_changed{x.org, x.policy, x});
                         },
                         [this](escalate_incident x) {
                           moves.push_back(*x.move);
                           if (!silent_monitors)
                             caf::anon_send(shard, std::move(x));
                         },
                         {},
                         dependencies,
                         [this](org_id o, monitor_id id) {
                           caf::anon_send(shard, actors::rules_changed{o, id});
                         },
                         [this](monitor_id id, std::optional<timestamp> since) {
                           caf::anon_send(shard, actors::look_for_child{id, since});
                         },
                         [this](edit_monitor x) { caf::anon_send(shard, std::move(x)); },
                         {},
                         [this](org_id, user_id id) { return names.contains(id) ? names.at(id) : std::string{}; },
                         [this](org_id, std::vector<schedule_id> ids, timestamp from, timestamp,
                                reply_to<std::vector<on_call_books>> done) {
                           asked_at.push_back(from);
                           if (books_away)
                             return done(try_later(errc::unavailable, "The database is away."));
                           std::vector<on_call_books> found;
                           for (auto& id : ids)
                             if (books.contains(id))
                               found.push_back(books.at(id));
                           done(found);
                         }};
  std::map<user_id, std::string> names;
  std::map<schedule_id, on_call_books> books;
  std::vector<timestamp> asked_at; ///< of who is on call
  bool books_away = false;
  bool deaf = false;            ///< policies hear of no commit
  bool silent_monitors = false; ///< monitors hear of no move
  std::vector<escalation_move> moves;
  std::function<void(actors::ticked)> beside_shard; ///< takes what was armed for no leaf of the shard

  world();
  ~world();
  void settle();
  /// Moves every clock by `total`, a tick of 10 ms at a time where `step` is not given.
  void advance(milliseconds total, milliseconds step = 10ms);
  /// Lets come what actors have sent themselves for later, past the timers.
  void pass(milliseconds length);
  /// The wall clock is set forward, or the host sleeps.
  void jump(milliseconds by);
  /// The process does not run for so long; then everything is overdue at once.
  void stand_still(milliseconds length);

  monitor_id add(monitor_spec spec);
  channel_id add_channel(std::string name, std::string url = "http://receiver/");
  channel_id add_channel(channel_spec spec);
  /// All events of every monitor to these channels.
  rule_id add_rule(std::vector<channel_id> to);
  policy_id add_policy(escalation_policy_spec spec);
  /// Every incident begins this policy; no channel hears of it otherwise.
  rule_id add_climbing_rule(policy_id to);
  monitor_view view(monitor_id id);
  result<monitor_view> edit(monitor_id id, std::function<void(monitor_spec&)> change);
  result<incident> handle(monitor_id id, incident_id which, incident_verb verb);
  /// To the monitor's actor, whatever it is.
  status ping(monitor_id id, ping_kind kind, std::uint8_t exit_code = 0);
  /// As it comes in from outside: what is told and when is the door's affair. No actor runs before settle().
  std::shared_ptr<std::optional<status>> receive(monitor_id id, ping_kind kind);
  void answer(verdict v, reason r = reason::none);
  /// Sends `m` with a reply that keeps what it is told. No actor runs before settle().
  template <class Answer, class Message>
  std::shared_ptr<std::optional<result<Answer>>> begin(Message m) {
    auto told = std::make_shared<std::optional<result<Answer>>>();
    m.reply = reply_to<Answer>{[told](result<Answer> x) { *told = std::move(x); }};
    caf::anon_send(shard, std::move(m));
    return told;
  }
  /// The same, and waits for it.
  template <class Answer, class Message>
  result<Answer> ask(Message m) {
    auto told = begin<Answer>(std::move(m));
    settle();
    REQUIRE(told->has_value());
    return **told;
  }

private:
  caf::scheduler::test_coordinator& scheduler();
  void fire();
};

monitor_spec http_monitor(seconds interval = 30s);
monitor_spec heartbeat_monitor(seconds period, seconds grace);

} // namespace gochron::testing
