#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

using answers = std::vector<signal_answer>;

monitor_spec manual_monitor(std::optional<seconds> auto_resolve = {}) {
  monitor_spec s;
  s.name = "inbox";
  s.check = manual_check{auto_resolve};
  return s;
}

incident_signal trigger(std::string key, std::string title = "It broke") {
  incident_signal s;
  s.dedup_key = std::move(key);
  s.title = std::move(title);
  return s;
}

incident_signal says(signal_verb verb, std::string key) {
  incident_signal s;
  s.verb = verb;
  s.dedup_key = std::move(key);
  return s;
}

struct inbox : world {
  monitor_id id;
  channel_id channel;

  explicit inbox(std::optional<seconds> auto_resolve = {}) {
    monitors.committed = [this](const transition& x) {
      for (const auto& d : x.deliveries)
        channels.outbox[d.id] = d;
      for (const auto& i : x.incidents)
        policies.keep(i);
    };
    channel = add_channel("hook");
    add_rule({channel});
    id = add(manual_monitor(auto_resolve));
  }
  result<answers> push(std::vector<incident_signal> signals, incident_source source = incident_source::inbound) {
    return ask<answers>(signal_incidents{org, id, source, std::move(signals), by<answers>(), {}});
  }
  incident opened(std::string key) { return *push({trigger(std::move(key))})->front().incident; }
  result<incident> act(const incident& x, incident_verb verb, std::optional<timestamp> until = {}) {
    handle_incident m;
    m.org = org;
    m.monitor = x.monitor;
    m.id = x.id;
    m.verb = verb;
    m.by = by<incident>();
    m.until = until;
    return ask<incident>(std::move(m));
  }
  handle_incident merging(const incident& x, const incident& into) {
    handle_incident m;
    m.org = org;
    m.monitor = id;
    m.id = x.id;
    m.verb = incident_verb::merge;
    m.by = by<incident>();
    m.into = std::make_shared<const incident>(into);
    return m;
  }
  const incident& row(const incident& x) { return monitors.incidents.at(x.id); }
  monitor_status status() { return view(id).runtime.state.status; }
  std::vector<timeline_kind> lines(const incident& x) {
    std::vector<timeline_kind> all;
    for (const auto& step : monitors.steps)
      for (const auto& line : step.timeline)
        if (line.incident == x.id)
          all.push_back(line.kind);
    return all;
  }
};

struct forgetful_inbox : inbox {
  forgetful_inbox() : inbox(seconds{120}) {}
};

/// Its incidents climb a policy of two steps.
struct climbing_inbox : inbox {
  policy_id policy;
  climbing_inbox() {
    escalation_policy_spec spec;
    spec.name = "ops";
    spec.steps = {{"one", seconds{0}, {{escalation_target_type::channel, channel}}, step_strategy::all},
                  {"two", seconds{60}, {{escalation_target_type::channel, channel}}, step_strategy::all}};
    policy = add_policy(spec);
    add_climbing_rule(policy);
  }
};

} // namespace

TEST_CASE_METHOD(inbox, "a manual monitor is up, and down while any of its incidents is open") {
  CHECK(status() == monitor_status::up);
  CHECK_FALSE(view(id).next_check_at);
  push({trigger("a"), trigger("b")});
  CHECK(status() == monitor_status::down);
  CHECK(view(id).runtime.cause.code == reason::reported);
  push({says(signal_verb::resolve, "a")});
  CHECK(status() == monitor_status::down);
  push({says(signal_verb::resolve, "b")});
  CHECK(status() == monitor_status::up);
  advance(std::chrono::hours{1}, 1s);
  CHECK(probes.asked == 0);
}

TEST_CASE_METHOD(inbox, "all signals of a request are one step, and each is answered in its place") {
  auto before = monitors.steps.size();
  auto told = push({trigger("a"), trigger("a"), says(signal_verb::resolve, "b"), trigger("c"),
                    says(signal_verb::acknowledge, "c"), says(signal_verb::resolve, "a")});
  REQUIRE(told);
  std::vector<signal_outcome> outcomes;
  for (const auto& x : *told)
    outcomes.push_back(x.outcome);
  CHECK(outcomes == std::vector{signal_outcome::opened, signal_outcome::repeated, signal_outcome::unknown,
                                signal_outcome::opened, signal_outcome::acknowledged, signal_outcome::resolved});
  CHECK(monitors.steps.size() == before + 1);
  const auto& step = monitors.steps.back();
  CHECK(step.incidents.size() == 2); // each once, as it is in the end
  CHECK(step.change->to == monitor_status::down);
  CHECK(row(*told->front().incident).state == incident_state::resolved);
  CHECK(row(*told->at(3).incident).state == incident_state::acknowledged);
  CHECK(sender.posts.size() == 4); // two openings, an acknowledgement, a resolve
}

TEST_CASE_METHOD(inbox, "what its source repeats is written only where something is new") {
  auto x = opened("a");
  auto before = monitors.steps.size();
  for (int i = 0; i < 100; ++i)
    CHECK(push({trigger("a")})->front().outcome == signal_outcome::repeated);
  CHECK(monitors.steps.size() == before);
  auto other = trigger("a");
  other.details = R"({"n":1})";
  push({other});
  CHECK(row(x).details == R"({"n":1})");
  CHECK(lines(x) == std::vector{timeline_kind::opened, timeline_kind::repeated});
  push({trigger("a")}, incident_source::manual); // who says it by hand reads it
  CHECK(lines(x).size() == 3);
  CHECK(monitors.steps.back().note->entry->action == audit_action::update);
}

TEST_CASE_METHOD(inbox, "a thousand may be open; one more is to come again, what ends is done") {
  std::vector<incident_signal> many;
  for (int i = 0; i < 1000; ++i)
    many.push_back(trigger("k" + std::to_string(i)));
  REQUIRE(push(many));
  auto full = push({trigger("one too many"), says(signal_verb::resolve, "k0"), trigger("fits")});
  REQUIRE_FALSE(full);
  CHECK(full.error().code == errc::busy);
  CHECK(full.error().retry_after == 1s);
  CHECK(push({trigger("fits")})->front().outcome == signal_outcome::repeated);
  CHECK(push({trigger("one too many")}).error().code == errc::busy);
}

TEST_CASE_METHOD(inbox, "whoever rehearses, asks a paused monitor, or has another's key is told so") {
  auto dry = signal_incidents{org, id, incident_source::manual, {trigger("a")}, by<answers>(true), {}};
  REQUIRE(ask<answers>(dry));
  CHECK(status() == monitor_status::up);
  REQUIRE(edit(id, [](auto& s) { s.paused = true; }));
  CHECK(push({trigger("a")}).error().code == errc::conflict);
  auto beat = add(heartbeat_monitor(60s, 60s));
  CHECK(ask<answers>(signal_incidents{org, beat, incident_source::inbound, {trigger("a")}, {}, {}}).error().code ==
        errc::not_found);
  CHECK(ask<answers>(signal_incidents{org, beat, incident_source::manual, {trigger("a")}, by<answers>(), {}}));
  REQUIRE(edit(id, [](auto& s) { s.paused = false; }));
  CHECK(status() == monitor_status::up);
}

TEST_CASE_METHOD(forgetful_inbox, "what nobody mentions any more is over") {
  auto silent = opened("silent"), loud = opened("loud");
  for (int i = 0; i < 3; ++i) {
    advance(40s, 1s);
    push({trigger("loud")});
  }
  advance(2s, 1s);
  CHECK(row(silent).state == incident_state::resolved);
  CHECK(row(silent).resolved_by == "system");
  CHECK(row(loud).state == incident_state::triggered);
  CHECK(lines(loud).size() == 1); // kept alive without a line each time
  advance(130s, 1s);
  CHECK(row(loud).state == incident_state::resolved);
  CHECK(status() == monitor_status::up);
}

TEST_CASE_METHOD(climbing_inbox, "to escalate takes an acknowledgement and a snooze back, and tells the next step") {
  auto x = opened("a");
  advance(50ms);
  REQUIRE(act(x, incident_verb::acknowledge));
  SECTION("taken") {}
  SECTION("taken and snoozed") {
    REQUIRE(act(x, incident_verb::snooze, clock.t + 600s));
  }
  auto next = act(x, incident_verb::escalate);
  REQUIRE(next);
  CHECK(next->state == incident_state::triggered);
  CHECK_FALSE(next->acknowledged_at);
  CHECK(next->acknowledged_by.empty());
  CHECK_FALSE(next->snoozed_until);
  advance(50ms);
  CHECK(row(x).escalations.front().last->key == "two");
}

TEST_CASE_METHOD(climbing_inbox, "a snooze holds the ladder, and it goes on when that is over") {
  auto x = opened("a");
  advance(50ms);
  REQUIRE(row(x).escalations.size() == 1);
  REQUIRE(row(x).escalations.front().last);
  CHECK(row(x).escalations.front().last->key == "one");
  auto until = clock.t + 600s;
  auto snoozed = act(x, incident_verb::snooze, until);
  REQUIRE(snoozed);
  CHECK(snoozed->snoozed_until == until);
  auto told = sender.posts.size();
  advance(599s, 1s);
  CHECK(sender.posts.size() == told);
  advance(2s, 1s);
  CHECK_FALSE(row(x).snoozed_until);
  CHECK(row(x).escalations.front().state == escalation_state::running);
  CHECK(sender.posts.size() > told); // the step that was told last, again
  advance(61s, 1s);
  CHECK(row(x).escalations.front().last->key == "two");
  CHECK(lines(x).at(2) == timeline_kind::snoozed);
}

TEST_CASE_METHOD(climbing_inbox, "a snooze outlives the monitor's actor, and a rule of then waits with it") {
  auto x = opened("a");
  REQUIRE(act(x, incident_verb::snooze, clock.t + 600s));
  auto held = row(x);
  monitors.rows.at(id).open_incidents = {held};
  caf::anon_send(shard, actors::clock_jumped{});
  jump(std::chrono::hours{1}); // the wall clock decides
  CHECK_FALSE(row(x).snoozed_until);
}

TEST_CASE_METHOD(climbing_inbox, "acknowledging, taking back and resolving end a snooze") {
  auto x = opened("a");
  auto sleep = [&] { REQUIRE(act(x, incident_verb::snooze, clock.t + 600s)); };
  sleep();
  auto taken = act(x, incident_verb::acknowledge);
  CHECK_FALSE(taken->snoozed_until);
  CHECK(taken->state == incident_state::acknowledged);
  sleep();
  CHECK(act(x, incident_verb::acknowledge)->snoozed_until == std::nullopt);
  sleep();
  auto back = act(x, incident_verb::unacknowledge);
  CHECK(back->state == incident_state::triggered);
  CHECK(back->escalations.front().state == escalation_state::running);
  sleep();
  CHECK_FALSE(act(x, incident_verb::resolve)->snoozed_until);
  CHECK(act(x, incident_verb::snooze, clock.t + 600s).error().code == errc::conflict);
}

TEST_CASE_METHOD(climbing_inbox, "a reopened one is told as opened and climbs from the beginning") {
  auto x = opened("a");
  advance(61s, 1s);
  REQUIRE(act(x, incident_verb::resolve));
  auto ended = row(x).escalations.front();
  CHECK(status() == monitor_status::up);
  auto again = act(x, incident_verb::reopen);
  REQUIRE(again);
  CHECK(again->state == incident_state::triggered);
  CHECK_FALSE(again->resolved_at);
  const auto& ladder = row(x).escalations.front();
  CHECK(row(x).escalations.size() == 1);
  CHECK(ladder.id == ended.id);
  CHECK(ladder.version > ended.version);
  CHECK(ladder.state == escalation_state::running);
  CHECK(status() == monitor_status::down);
  CHECK(act(x, incident_verb::reopen).error().code == errc::conflict);
  REQUIRE(act(x, incident_verb::resolve));
  opened("a"); // another one with its key
  CHECK(act(x, incident_verb::reopen).error().code == errc::conflict);
}

TEST_CASE_METHOD(climbing_inbox, "one that is reopened in a mute climbs when that ends") {
  auto x = opened("a");
  advance(61s, 1s);
  REQUIRE(act(x, incident_verb::resolve));
  auto mute = [this](std::optional<timestamp> until) {
    auto book = alerts.of(org);
    for (auto rule : book->rules) {
      rule.spec.muted_until = until;
      ++rule.version;
      alerts.put(rule);
    }
    deps.rules_changed(org);
    settle();
  };
  mute(clock.t + 600s);
  REQUIRE(act(x, incident_verb::reopen));
  CHECK(row(x).escalations.front().state == escalation_state::ended);
  CHECK(row(x).told.empty());
  auto told = sender.posts.size();
  mute({});
  CHECK(row(x).escalations.front().state == escalation_state::running);
  advance(1s);
  CHECK(sender.posts.size() > told);
  CHECK(row(x).escalations.size() == 1);
}

TEST_CASE_METHOD(climbing_inbox, "whoever is told after the severity was changed is told by it") {
  auto x = opened("a");
  advance(50ms);
  auto before = row(x).escalations.front();
  REQUIRE(before.urgency == urgency::high);
  handle_incident m;
  m.org = org;
  m.monitor = id;
  m.id = x.id;
  m.verb = incident_verb::change;
  m.by = by<incident>();
  m.severity = severity::info;
  REQUIRE(ask<incident>(std::move(m)));
  CHECK(row(x).escalations.front().urgency == urgency::low);
  CHECK(row(x).escalations.front().due_at == before.due_at);
  advance(61s, 1s);
  CHECK(row(x).escalations.front().last->key == "two"); // the policy has heard of it
}

TEST_CASE_METHOD(inbox, "what opened within a tick of another is told again like that one") {
  auto rule = alerts.of(org)->rules.at(0);
  rule.spec.grouping = alert_grouping{{}, seconds{0}, seconds{300}};
  ++rule.version;
  alerts.put(rule);
  auto a = opened("a");
  advance(milliseconds{7});
  auto b = opened("b");
  advance(seconds{620}, milliseconds{10});
  for (const auto& x : {a, b}) {
    auto told = [&](const auto& owed) {
      return owed.second.event.incident == x.id && owed.second.event.type == event_type::incident_opened;
    };
    CHECK(std::ranges::count_if(channels.outbox, told) == 3);
  }
}

TEST_CASE_METHOD(inbox, "what was resolved more than a week ago stays so") {
  auto x = opened("a");
  REQUIRE(act(x, incident_verb::resolve));
  clock.t += std::chrono::hours{24 * 7} + 1s;
  CHECK(act(x, incident_verb::reopen).error().code == errc::conflict);
  incident unknown = x;
  unknown.id = incident_id::make(clock.t);
  CHECK(act(unknown, incident_verb::reopen).error().code == errc::not_found);
}

TEST_CASE_METHOD(inbox, "what is resolved in the same instant takes nothing in") {
  auto x = opened("a"), into = opened("b");
  auto m = merging(x, into);
  monitors.incidents[into.id].state = incident_state::resolved; // by its own monitor, which nobody here has heard of
  auto before = status();
  auto steps = monitors.steps.size();
  CHECK(ask<incident>(m).error().code == errc::conflict);
  CHECK(monitors.steps.size() == steps);
  CHECK(status() == before);
  REQUIRE(act(x, incident_verb::acknowledge)); // it is open as before
  monitors.incidents[into.id].state = incident_state::triggered;
  REQUIRE(ask<incident>(m));
  CHECK(act(x, incident_verb::acknowledge).error().code == errc::conflict);
}

TEST_CASE_METHOD(inbox, "one that is merged is over here, and both say so") {
  auto x = opened("a"), into = opened("b");
  auto merged = ask<incident>(merging(x, into));
  REQUIRE(merged);
  CHECK(merged->state == incident_state::resolved);
  CHECK(merged->merged_into == into.id);
  CHECK(lines(x) == std::vector{timeline_kind::opened, timeline_kind::merged});
  CHECK(lines(into) == std::vector{timeline_kind::opened, timeline_kind::merged});
  CHECK(status() == monitor_status::down);
  CHECK(monitors.steps.back().events.front().type == event_type::incident_resolved);
  CHECK(monitors.steps.back().note->entry->action == audit_action::merge);
}

TEST_CASE_METHOD(inbox, "while the database is away nothing is told, and afterwards everything") {
  monitors.away = true;
  auto told = begin<answers>(signal_incidents{org, id, incident_source::inbound, {trigger("a")}, {}, {}});
  settle();
  CHECK_FALSE(told->has_value());
  CHECK(sender.posts.empty());
  CHECK(status() == monitor_status::up); // what is not committed has not happened
  monitors.come_back();
  settle();
  REQUIRE(told->has_value());
  CHECK((**told)->front().outcome == signal_outcome::opened);
  CHECK(sender.posts.size() == 1);
  CHECK(status() == monitor_status::down);
}
