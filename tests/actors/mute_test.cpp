#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

/// A monitor that fails, a pager, and a rule between them.
struct night : world {
  channel_id pager = add_channel("pager");
  rule_id rule = add_rule({pager});
  monitor_id id;

  night() {
    monitors.committed = [this](const transition& x) { keep(x); };
  }

  /// The rule gets a policy of two steps: one at once, another after five minutes.
  void escalate() {
    escalation_policy_spec x;
    x.steps = {{"one", 0s, {{escalation_target_type::channel, pager}}, step_strategy::all},
               {"two", 5min, {{escalation_target_type::channel, pager}}, step_strategy::all}};
    auto policy = add_policy(std::move(x));
    change_rule([=](auto& spec) {
      spec.channel_ids.clear();
      spec.escalation_policy_id = policy;
    });
  }

  void keep(const transition& x) {
    for (const auto& i : x.incidents)
      policies.keep(i);
    for (auto& d : x.deliveries)
      channels.outbox[d.id] = d;
  }
  void change_rule(std::function<void(alert_rule_spec&)> how) {
    auto x = *alerts.rule(org, rule);
    how(x.spec);
    ++x.version;
    alerts.put(x);
    deps.rules_changed(org);
    settle();
  }
  void fail() {
    id = add(http_monitor());
    answer(verdict::up);
    advance(30s);
    answer(verdict::down, reason::connect_refused);
    advance(30s);
  }
  std::vector<event_type> told() const {
    std::vector<event_type> all;
    for (auto& [n, d] : channels.outbox)
      all.push_back(d.event.type);
    return all;
  }
  const incident& open() const { return monitors.rows.at(id).open_incidents.at(0); }
};

using events = std::vector<event_type>;
constexpr auto opened = event_type::incident_opened;
constexpr auto resolved = event_type::incident_resolved;
constexpr auto escalated = event_type::incident_escalated;

} // namespace

TEST_CASE_METHOD(night, "what still fires when a rule's mute ends is told at once, and its end follows") {
  change_rule([this](auto& x) { x.muted_until = clock.t + 1h; });
  fail();
  CHECK(told().empty());
  CHECK(open().hushed == std::vector{rule});
  auto& lines = monitors.steps.back().timeline;
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].kind == timeline_kind::muted);
  CHECK(lines[1].rule == rule);
  CHECK(lines[0].id < lines[1].id); // so they are read

  advance(58min, 100ms);
  CHECK(told().empty());
  advance(1min + 10ms);
  CHECK(told() == events{opened});
  CHECK(open().hushed.empty());
  CHECK(open().told == std::vector{pager});
  advance(2h, 1s);
  CHECK(told() == events{opened});

  answer(verdict::up);
  advance(30s);
  CHECK(told() == events{opened, resolved});
}

TEST_CASE_METHOD(night, "what is over before the mute ends is told to nobody") {
  change_rule([this](auto& x) { x.muted_until = clock.t + 1h; });
  fail();
  answer(verdict::up);
  advance(2h, 1s);
  CHECK_FALSE(view(id).runtime.open_incident);
  CHECK(told().empty());
}

TEST_CASE_METHOD(night, "a mute that begins after the opening keeps nobody from hearing of the end") {
  fail();
  CHECK(told() == events{opened});
  change_rule([this](auto& x) { x.muted_until = clock.t + 1h; });
  answer(verdict::up);
  advance(30s);
  CHECK(told() == events{opened, resolved});
}

TEST_CASE_METHOD(night, "a rule that is unmuted by hand tells at once") {
  change_rule([this](auto& x) { x.muted_until = clock.t + 24h; });
  fail();
  change_rule([](auto& x) { x.muted_until.reset(); });
  CHECK(told() == events{opened});
}

TEST_CASE_METHOD(night, "a muted monitor's incident is told when the monitor is unmuted") {
  id = add([this] {
    auto x = http_monitor();
    x.muted_until = clock.t + 24h;
    return x;
  }());
  answer(verdict::down, reason::connect_refused);
  advance(30s);
  CHECK(told().empty());
  REQUIRE(edit(id, [](auto& x) { x.muted_until.reset(); }));
  CHECK(told() == events{opened});
}

TEST_CASE_METHOD(night, "a monitor that is unmuted and paused in one edit tells nothing") {
  id = add([this] {
    auto x = http_monitor();
    x.muted_until = clock.t + 24h;
    return x;
  }());
  answer(verdict::down, reason::connect_refused);
  advance(30s);
  REQUIRE(edit(id, [](auto& x) {
    x.muted_until.reset();
    x.paused = true;
  }));
  advance(1min);
  CHECK(told().empty());
  CHECK_FALSE(view(id).runtime.open_incident);
}

TEST_CASE_METHOD(night, "what fails by night is told when the office opens") {
  change_rule([](auto& x) { x.active_hours = {{"UTC", {}, {}, 8h, 18h}}; });
  clock.t = timestamp{std::chrono::days{20000}} + 20h;
  fail();
  CHECK(told().empty());
  auto morning = timestamp{std::chrono::days{20001}} + 8h;
  advance(std::chrono::floor<seconds>(morning - clock.t) - 1s, 1s);
  CHECK(told().empty());
  advance(2s);
  CHECK(told() == events{opened});
}

TEST_CASE_METHOD(night, "a rule that is deleted or disabled while it may not tell never does") {
  change_rule([this](auto& x) { x.muted_until = clock.t + 1h; });
  fail();
  SECTION("deleted") {
    alerts.erase(org, rule);
    deps.rules_changed(org);
    settle();
  }
  SECTION("disabled") {
    change_rule([](auto& x) { x.enabled = false; });
  }
  CHECK(open().hushed.empty());
  advance(2h, 1s);
  CHECK(told().empty());
}

TEST_CASE_METHOD(night, "one rule is muted, another is not: each channel is told once") {
  auto other = add_channel("other");
  alert_rule_record more;
  more.id = rule_id::make(clock.t);
  more.org = org;
  more.spec.channel_ids = {pager, other};
  more.spec.muted_until = clock.t + 1h;
  alerts.put(more);
  fail();
  CHECK(told() == events{opened});
  advance(1h, 100ms);
  CHECK(open().told == std::vector{pager, other});
  CHECK(told() == events{opened, opened});
}

TEST_CASE_METHOD(night, "a mute outlives a crash of the monitor's actor") {
  change_rule([this](auto& x) { x.muted_until = clock.t + 1h; });
  fail();
  probes.crash = true;
  advance(30s);
  probes.crash = false;
  advance(1h, 100ms);
  CHECK(told() == events{opened});
}

TEST_CASE_METHOD(night, "an escalation of a muted rule begins when the mute ends") {
  escalate();
  change_rule([this](auto& x) { x.muted_until = clock.t + 1h; });
  fail();
  CHECK(told().empty());
  CHECK(open().escalations.empty());
  advance(1h, 100ms);
  CHECK(told() == events{escalated});
  REQUIRE(open().escalations.size() == 1);
  advance(5min, 100ms);
  CHECK(told() == events{escalated, escalated});
}

TEST_CASE_METHOD(night, "an escalation under way stands still while the monitor is muted, and goes on afterwards") {
  escalate();
  fail();
  CHECK(told() == events{escalated});
  REQUIRE(edit(id, [this](auto& x) { x.muted_until = clock.t + 1h; }));
  advance(59min, 100ms);
  CHECK(told() == events{escalated});
  advance(1min + 11s, 100ms);
  CHECK(told() == events{escalated, escalated});
  CHECK(open().escalations.at(0).last->key == "two");
}

TEST_CASE_METHOD(night, "what somebody has taken before the mute ends is told, and climbs when it is taken back") {
  escalate();
  auto other = add_channel("other");
  change_rule([&](auto& x) {
    x.channel_ids = {other};
    x.muted_until = clock.t + 1h;
  });
  fail();
  REQUIRE(handle(id, open().id, incident_verb::acknowledge));
  advance(1h, 100ms);
  CHECK(told() == events{opened});
  REQUIRE(open().escalations.size() == 1);
  CHECK(open().escalations[0].state == escalation_state::acknowledged);
  REQUIRE(handle(id, open().id, incident_verb::unacknowledge));
  advance(1s);
  CHECK(told() == events{opened, event_type::incident_unacknowledged, escalated});
}
