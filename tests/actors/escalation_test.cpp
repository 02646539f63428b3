#include "core/names.hpp"
#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

/// Two receivers behind two steps: the first at once, the second five minutes later; then again after an hour.
struct night : world {
  channel_id first = add_channel("first"), second = add_channel("second");
  policy_id policy;
  monitor_id monitor;
  timestamp opened{};

  night() {
    monitors.committed = [this](const transition& x) {
      for (const auto& i : x.incidents)
        policies.keep(i);
      for (auto& d : x.deliveries)
        channels.outbox[d.id] = d;
    };
  }

  escalation_policy_spec two_steps() {
    escalation_policy_spec x;
    x.name = "Night";
    x.steps = {{"one", 0s, {{escalation_target_type::channel, first}}, step_strategy::all},
               {"two", 5min, {{escalation_target_type::channel, second}}, step_strategy::all}};
    x.repeat = {1, 1h};
    return x;
  }

  void fail_under(escalation_policy_spec x) {
    policy = add_policy(std::move(x));
    add_climbing_rule(policy);
    monitor = add(http_monitor(60s));
    answer(verdict::down, reason::connect_refused);
    for (int i = 0; i < 60 && !view(monitor).runtime.open_incident; ++i)
      advance(1s);
    opened = incident_now().opened_at;
    advance(50ms); // to the first step's tick
  }

  incident incident_now() {
    const auto& open = monitors.rows.at(monitor).open_incidents;
    REQUIRE(open.size() == 1);
    return open[0];
  }
  escalation ladder() { return incident_now().escalations.at(0); }

  /// What was posted: "minutes since the opening:channel", by event type.
  std::vector<std::string> posted(const std::string& type = "incident.escalated") {
    std::vector<std::string> all;
    for (auto& step : monitors.steps)
      for (auto& d : step.deliveries)
        if (core::name_of(d.event.type) == type)
          all.push_back(std::to_string((d.created_at - opened + 1s) / 1min) + ":" +
                        (d.channel == first ? "first" : "second"));
    return all;
  }
  /// Lines of the timeline of a kind.
  std::vector<timeline_entry> lines(timeline_kind kind) {
    std::vector<timeline_entry> all;
    for (auto& step : monitors.steps)
      for (auto& x : step.timeline)
        if (x.kind == kind)
          all.push_back(x);
    return all;
  }
  void recover() {
    answer(verdict::up);
    advance(61s, 100ms);
  }
  void crash_policy() {
    caf::anon_send(shard, get_policy{org, policy, reply_to<escalation_policy_record>{[](auto) {
                                       throw std::runtime_error("a broken policy");
                                     }}});
    settle();
  }
};

using told = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(night, "nobody takes it: each step is told in time, the cycle repeats, then it is exhausted") {
  fail_under(two_steps());
  CHECK(posted() == told{"0:first"});
  CHECK(ladder().due_at == opened + 5min);
  advance(4min + 58s, 100ms);
  CHECK(posted() == told{"0:first"});
  advance(2s);
  CHECK(posted() == told{"0:first", "5:second"});
  advance(2h, 1s);
  CHECK(posted() == told{"0:first", "5:second", "65:first", "70:second"});
  CHECK(ladder().state == escalation_state::exhausted);
  CHECK(lines(timeline_kind::escalated).size() == 4);
  CHECK(lines(timeline_kind::escalation_exhausted).size() == 1);
  auto line = lines(timeline_kind::escalated).at(1);
  CHECK(line.policy == policy);
  CHECK(line.message == "Nobody has taken it: step 2 (`two`) of the escalation policy Night, cycle 1: 1 channel told.");
}

TEST_CASE_METHOD(night, "whoever was paged hears of the end, and the ladder ends with the incident") {
  fail_under(two_steps());
  CHECK(incident_now().told == std::vector{first});
  recover();
  CHECK(posted("incident.resolved").size() == 1);
  CHECK(policies.escalations.begin()->second.state == escalation_state::ended);
  advance(3h, 1s);
  CHECK(posted() == told{"0:first"});
}

TEST_CASE_METHOD(night, "an acknowledgement stops it; after the time-out it is triggered again and goes on") {
  auto spec = two_steps();
  spec.ack_timeout = 30min;
  fail_under(spec);
  advance(5min, 100ms);
  REQUIRE(posted().size() == 2);
  REQUIRE(handle(monitor, incident_now().id, incident_verb::acknowledge));
  CHECK(ladder().state == escalation_state::acknowledged);
  auto acked = clock.t;
  advance(29min + 59s, 1s);
  CHECK(posted().size() == 2);
  CHECK(incident_now().state == incident_state::acknowledged);
  advance(1s + 50ms);
  CHECK(incident_now().state == incident_state::triggered);
  CHECK_FALSE(incident_now().acknowledged_at);
  CHECK(lines(timeline_kind::unacknowledged).at(0).at == acked + 30min);
  CHECK(posted().size() == 3);
  CHECK(posted().back().ends_with("second")); // the step told last, again
  advance(1h, 1s);
  CHECK(posted().size() == 4);
  CHECK(posted().back().ends_with("first"));
}

TEST_CASE_METHOD(night, "an acknowledgement that is taken back tells the last step again at once") {
  fail_under(two_steps());
  REQUIRE(handle(monitor, incident_now().id, incident_verb::acknowledge));
  advance(3h, 1s);
  CHECK(posted() == told{"0:first"});
  auto back = handle(monitor, incident_now().id, incident_verb::unacknowledge);
  REQUIRE(back);
  CHECK(back->state == incident_state::triggered);
  advance(50ms); // the next tick of the timers
  CHECK(posted().size() == 2);
  CHECK(handle(monitor, incident_now().id, incident_verb::unacknowledge)->sequence == incident_now().sequence);
  advance(5min, 100ms);
  CHECK(posted().size() == 3);
}

TEST_CASE_METHOD(night, "to escalate twice as of the same instant tells one step") {
  fail_under(two_steps());
  auto seen = ladder().moved_at;
  advance(60s, 1s);
  auto press = [&](std::optional<timestamp> as_of) {
    return ask<incident>(
        handle_incident{org, monitor, incident_now().id, incident_verb::escalate, "", by<incident>(), {}, as_of});
  };
  REQUIRE(press(seen));
  advance(50ms);
  REQUIRE(press(seen));
  advance(50ms);
  CHECK(posted() == told{"0:first", "1:second"});
  REQUIRE(press(std::nullopt));
  advance(50ms);
  CHECK(posted() == told{"0:first", "1:second", "1:first"});
  REQUIRE(handle(monitor, incident_now().id, incident_verb::acknowledge));
  REQUIRE(press(std::nullopt)); // whoever has it hands it on
  advance(50ms);
  CHECK(incident_now().state == incident_state::triggered);
  CHECK(posted() == told{"0:first", "1:second", "1:first", "1:second"});
}

TEST_CASE_METHOD(night, "where a channel is disabled the next step follows at once, and the timeline says so") {
  edit_channel off;
  off.org = org;
  off.id = first;
  off.edit = [](const channel_spec& now) -> result<channel_spec> {
    auto next = now;
    next.enabled = false;
    return next;
  };
  REQUIRE(ask<channel_record>(off));
  fail_under(two_steps());
  CHECK(posted() == told{"0:second"});
  CHECK(lines(timeline_kind::escalation_skipped).size() == 1);
}

TEST_CASE_METHOD(night, "where nobody can be told the timeline says so and nothing is posted") {
  auto spec = two_steps();
  spec.steps[0].targets[0].id = spec.steps[1].targets[0].id = channel_id::make(timestamp{1s}).value;
  spec.repeat = {std::nullopt, 60s};
  fail_under(spec);
  advance(10min + 5s, 1s); // the first may be a tick late
  CHECK(posted().empty());
  CHECK(lines(timeline_kind::escalation_skipped).size() == 2 * 11);
  CHECK(incident_now().told.empty());
}

TEST_CASE_METHOD(night, "an edit reaches those who climb live, and no snapshot") {
  auto edit_to = [&](std::function<void(escalation_policy_spec&)> change) {
    edit_policy m;
    m.org = org;
    m.id = policy;
    m.edit = [change](const escalation_policy_spec& now) -> result<escalation_policy_spec> {
      auto next = now;
      change(next);
      return next;
    };
    REQUIRE(ask<escalation_policy_record>(m));
  };
  auto spec = two_steps();
  SECTION("snapshot") {
    fail_under(spec);
    edit_to([&](auto& x) { x.steps[1].targets[0].id = first.value; });
    advance(6min, 1s);
    CHECK(posted() == told{"0:first", "5:second"});
  }
  SECTION("live") {
    spec.in_flight = in_flight::live;
    fail_under(spec);
    edit_to([&](auto& x) { x.steps[1].targets[0].id = first.value; });
    advance(6min, 1s);
    CHECK(posted() == told{"0:first", "5:first"});
  }
}

TEST_CASE_METHOD(night, "a policy's actor that crashes finds its incidents again, also those of meanwhile") {
  fail_under(two_steps());
  crash_policy();
  CHECK(counts.restarts == 1);
  auto other = add(http_monitor(60s)); // opens while the policy restarts or right after
  advance(6min, 100ms);
  CHECK(posted().size() == 4);
  CHECK(monitors.rows.at(other).open_incidents.size() == 1);
  CHECK(policies.loads == 2);
}

TEST_CASE_METHOD(night, "a policy that cannot read its rows tries again, and is late rather than silent") {
  fail_under(two_steps());
  policies.away = true;
  crash_policy();
  advance(7min, 1s);
  CHECK(posted() == told{"0:first"});
  policies.away = false;
  advance(2s, 100ms);
  CHECK(posted() == told{"0:first", "7:second"});
}

TEST_CASE_METHOD(night, "a monitor's actor that crashes comes back with its ladder") {
  fail_under(two_steps());
  probes.crash = true;
  advance(60s, 100ms);
  CHECK(counts.restarts == 1);
  probes.crash = false;
  advance(5min, 100ms);
  CHECK(posted() == told{"0:first", "5:second"});
  REQUIRE(handle(monitor, incident_now().id, incident_verb::acknowledge));
  advance(3h, 1s);
  CHECK(posted().size() == 2);
}

TEST_CASE_METHOD(night, "a move that its monitor never hears of is asked for again and made once") {
  fail_under(two_steps());
  silent_monitors = true;
  advance(5min + 5s, 100ms);
  CHECK(posted().size() == 1);
  silent_monitors = false;
  advance(10s, 100ms);
  CHECK(posted() == told{"0:first", "5:second"});
  advance(30min, 1s);
  CHECK(posted().size() == 2);
}

TEST_CASE_METHOD(night, "what is decided on a row that has changed is refused, and the policy takes the newer row") {
  fail_under(two_steps());
  deaf = true; // the policy does not hear of the acknowledgement
  REQUIRE(handle(monitor, incident_now().id, incident_verb::acknowledge));
  advance(6min, 1s);
  CHECK(posted() == told{"0:first"});
  auto before = moves.size();
  advance(2h, 1s);
  CHECK(moves.size() == before); // it knows by now
  CHECK(posted() == told{"0:first"});
}

TEST_CASE_METHOD(night, "while nothing can be written the ladder waits, and tells once when it is possible again") {
  fail_under(two_steps());
  advance(4min, 1s);
  monitors.away = true;
  advance(3min, 1s);
  CHECK(posted() == told{"0:first"});
  monitors.come_back();
  settle();
  advance(30s, 1s);
  CHECK(posted().size() == 2);
}

TEST_CASE_METHOD(night, "after a standstill what was due is due at once, and the steps keep their distance from now") {
  fail_under(two_steps());
  stand_still(2h);
  advance(100ms);
  CHECK(posted() == told{"0:first", "120:second"});
  CHECK(ladder().due_at >= opened + 2h + 1h);
}

TEST_CASE_METHOD(night, "pausing and deleting a monitor end its ladder") {
  fail_under(two_steps());
  SECTION("pause") {
    REQUIRE(edit(monitor, [](auto& x) { x.paused = true; }));
  }
  SECTION("delete") {
    remove_monitor m;
    m.org = org;
    m.id = monitor;
    REQUIRE(ask<void>(m));
  }
  CHECK(policies.escalations.begin()->second.state == escalation_state::ended);
  advance(2h, 1s);
  CHECK(posted() == told{"0:first"});
}

TEST_CASE_METHOD(night, "a round robin takes turns over incidents") {
  auto spec = two_steps();
  spec.steps = {{"one",
                 0s,
                 {{escalation_target_type::channel, first}, {escalation_target_type::channel, second}},
                 step_strategy::round_robin}};
  fail_under(spec);
  auto before = posted().at(0);
  recover();
  answer(verdict::down, reason::connect_refused);
  for (int i = 0; i < 300 && !view(monitor).runtime.open_incident; ++i)
    advance(1s);
  advance(1s);
  REQUIRE(posted().size() == 2);
  CHECK(posted()[0].substr(posted()[0].find(':')) != posted()[1].substr(posted()[1].find(':')));
}

TEST_CASE_METHOD(night, "a forecast is of the policy as it is, for its own organisation alone") {
  fail_under(two_steps());
  auto f = ask<escalation_forecast>(forecast_policy{org, policy, clock.t, false, {}});
  REQUIRE(f);
  CHECK(f->calls.size() == 4);
  CHECK(ask<escalation_forecast>(forecast_policy{org_id::make(clock.t), policy, clock.t, false, {}}).error().code ==
        errc::not_found);
}

TEST_CASE_METHOD(night, "of two thousand that climb one policy each is told at its own instant") {
  policy = add_policy(two_steps());
  add_climbing_rule(policy);
  answer(verdict::down, reason::connect_refused);
  for (int i = 0; i < 2000; ++i)
    add(http_monitor(60s));
  advance(61s, 100ms);
  CHECK(policies.escalations.size() == 2000);
  advance(5min, 100ms);
  std::size_t second_steps = 0;
  milliseconds latest{0};
  for (auto& step : monitors.steps)
    for (auto& d : step.deliveries)
      if (d.channel == second && d.event.type == event_type::incident_escalated) {
        ++second_steps;
        auto opened_at = monitors.rows.at(step.monitor).open_incidents.at(0).opened_at;
        latest = std::max(latest, d.created_at - opened_at - 5min);
      }
  CHECK(second_steps == 2000);
  CHECK(latest < 200ms); // of virtual time, in steps of 100 ms
}
