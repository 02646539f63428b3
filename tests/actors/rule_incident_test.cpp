#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

using events = std::vector<event_type>;
constexpr auto opened = event_type::incident_opened;
constexpr auto acknowledged = event_type::incident_acknowledged;
constexpr auto resolved = event_type::incident_resolved;

/// A monitor, a pager, and a rule that opens an incident while answers are slow.
struct slow : world {
  channel_id pager = add_channel("pager");
  rule_id rule;
  monitor_id id;

  slow() {
    monitors.committed = [this](const transition& x) {
      for (auto& d : x.deliveries)
        told.push_back(d.event.type);
    };
    alert_rule_record x;
    x.id = rule = rule_id::make(clock.t);
    x.org = org;
    x.spec.name = "Slow answers";
    x.spec.trigger = rule_trigger::check;
    x.spec.severity = severity::warning;
    x.spec.channel_ids = {pager};
    x.spec.conditions.terms = {{condition_field::latency_ms, condition_operator::gt, 500}};
    alerts.put(x);
    id = add(http_monitor());
    take(50ms);
  }
  void change_rule(std::function<void(alert_rule_spec&)> how) {
    auto x = *alerts.rule(org, rule);
    how(x.spec);
    ++x.version;
    alerts.put(x);
    deps.rules_changed(org);
    settle();
  }
  /// A round that is good and takes so long.
  void take(milliseconds response_time) {
    answer(verdict::up);
    probes.answer.response_time = response_time;
    advance(30s);
  }
  void fail() {
    answer(verdict::down, reason::connect_refused);
    advance(30s);
  }
  const std::vector<incident>& open() const { return monitors.rows.at(id).open_incidents; }
  std::string last_line() const { return monitors.steps.back().timeline.back().message; }
  events told;
};

} // namespace

TEST_CASE_METHOD(slow, "a rule opens its incident while its conditions hold") {
  CHECK(open().empty());
  take(812ms);
  REQUIRE(open().size() == 1);
  const auto& x = open()[0];
  CHECK(x.rule == rule);
  CHECK(x.severity == severity::warning);
  CHECK(x.cause.code == reason::rule_condition);
  CHECK(x.cause.message == "latency_ms is 812.");
  CHECK(x.title.ends_with(": Slow answers"));
  CHECK(x.started_at == monitors.results.back().round_at);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  CHECK_FALSE(view(id).runtime.open_incident);
  take(900ms);
  take(900ms);
  CHECK(open().size() == 1);
  CHECK(told == events{opened});
  take(80ms);
  CHECK(open().empty());
  CHECK(told == events{opened, resolved});
  CHECK(last_line() == "The conditions of rule Slow answers are met no longer: latency_ms is 80.");
  take(600ms);
  CHECK(told == events{opened, resolved, opened});
}

TEST_CASE_METHOD(slow, "it is apart from the monitor's own incident") {
  auto paging = add_rule({pager});
  take(812ms);
  fail();
  REQUIRE(open().size() == 1); // nothing answered, so nothing was slow; but the monitor is down
  CHECK(open()[0].rule == std::nullopt);
  CHECK(open()[0].cause.code == reason::connect_refused);
  take(700ms);
  REQUIRE(open().size() == 1);
  CHECK(open()[0].rule == rule);
  CHECK(told == events{opened, opened, resolved, resolved, opened});
  (void)paging;
}

TEST_CASE_METHOD(slow, "what failed on our side opens nothing and resolves nothing") {
  take(812ms);
  answer(verdict::error, reason::probe_error);
  advance(60s);
  CHECK(open().size() == 1);
  take(80ms);
  CHECK(open().empty());
}

TEST_CASE_METHOD(slow, "conditions must hold in so many rounds in a row, and it began with the first") {
  change_rule([](auto& x) { x.for_rounds = 3; });
  take(800ms);
  take(800ms);
  take(50ms);
  take(800ms);
  auto first = monitors.results.back().round_at;
  take(800ms);
  CHECK(open().empty());
  take(800ms);
  REQUIRE(open().size() == 1);
  CHECK(open()[0].started_at == first);
}

TEST_CASE_METHOD(slow, "an incident ends with its rule, at once, and says why") {
  take(812ms);
  REQUIRE(open().size() == 1);
  SECTION("deleted") {
    alerts.erase(org, rule);
    deps.rules_changed(org);
    settle();
    CHECK(last_line() == "The rule was deleted.");
  }
  SECTION("disabled") {
    change_rule([](auto& x) { x.enabled = false; });
    CHECK(last_line() == "The rule Slow answers was disabled.");
  }
  SECTION("about others") {
    change_rule([](auto& x) { x.selector.tags = {"nobody"}; });
    CHECK(last_line() == "The rule Slow answers is not about this monitor any more.");
  }
  SECTION("edited so that it does not hold") {
    change_rule([](auto& x) { x.conditions.terms[0].value = std::int64_t{2000}; });
    CHECK(last_line() == "The conditions of rule Slow answers are met no longer: latency_ms is 812.");
  }
  CHECK(open().empty());
  CHECK(told == events{opened, resolved});
}

TEST_CASE_METHOD(slow, "an edit under which it still holds leaves it open") {
  take(812ms);
  auto before = open().at(0).id;
  change_rule([](auto& x) { x.conditions.terms[0].value = std::int64_t{700}; });
  REQUIRE(open().size() == 1);
  CHECK(open()[0].id == before);
  take(650ms);
  CHECK(open().empty());
}

TEST_CASE_METHOD(slow, "a monitor that is paused or that the rule is not about any more ends it") {
  take(812ms);
  REQUIRE(open().size() == 1);
  SECTION("paused") {
    REQUIRE(edit(id, [](auto& x) { x.paused = true; }));
    CHECK(last_line() == "The monitor was paused.");
  }
  SECTION("of other tags") {
    change_rule([](auto& x) { x.conditions.terms.push_back({condition_field::tag, condition_operator::ne, "calm"}); });
    REQUIRE(open().size() == 1);
    REQUIRE(edit(id, [](auto& x) { x.tags = {"calm"}; }));
  }
  CHECK(open().empty());
  CHECK(told == events{opened, resolved});
}

TEST_CASE_METHOD(slow, "it outlives a crash of the monitor's actor, and ends when the answers are fast again") {
  take(812ms);
  auto before = open().at(0).id;
  probes.crash = true;
  advance(30s);
  probes.crash = false;
  take(812ms);
  REQUIRE(open().size() == 1);
  CHECK(open()[0].id == before);
  take(80ms);
  take(80ms);
  CHECK(open().empty());
  CHECK(told == events{opened, resolved});
}

TEST_CASE_METHOD(slow, "it is acknowledged and resolved like any other, and opens anew while its conditions hold") {
  take(812ms);
  auto first = open().at(0).id;
  REQUIRE(handle(id, first, incident_verb::acknowledge));
  take(812ms);
  CHECK(open().at(0).state == incident_state::acknowledged);
  REQUIRE(handle(id, first, incident_verb::resolve));
  CHECK(open().empty());
  take(812ms);
  REQUIRE(open().size() == 1);
  CHECK(open()[0].id != first);
  CHECK(told == events{opened, acknowledged, resolved, opened});
}

TEST_CASE_METHOD(slow, "a muted rule's incident is told when the mute ends") {
  change_rule([this](auto& x) { x.muted_until = clock.t + 10min; });
  take(812ms);
  CHECK(open().at(0).hushed == std::vector{rule});
  CHECK(told.empty());
  advance(10min);
  CHECK(told == events{opened});
  take(80ms);
  CHECK(told == events{opened, resolved});
}

TEST_CASE_METHOD(slow, "a rule about incidents waits for its conditions, and tells in the round that meets them") {
  change_rule([](auto& x) {
    x.trigger = rule_trigger::incident;
    x.conditions.terms = {{condition_field::failing_for_seconds, condition_operator::gte, 90}};
  });
  auto other = add_rule({pager}); // tells at once, of the same channel
  alerts.erase(org, other);
  fail();
  REQUIRE(open().size() == 1);
  CHECK(open()[0].hushed == std::vector{rule});
  CHECK(open()[0].severity == severity::warning); // of the rule that may be met yet
  CHECK(last_line() == "Rule Slow answers tells nobody before its conditions are met: failing_for_seconds gte 90 "
                       "(failing_for_seconds is 0).");
  fail();
  fail();
  CHECK(told.empty());
  fail();
  CHECK(told == events{opened});
  CHECK(open()[0].hushed.empty());
  take(50ms);
  CHECK(told == events{opened, resolved});
}

TEST_CASE_METHOD(slow, "what was over before the conditions were met is told to nobody") {
  change_rule([](auto& x) {
    x.trigger = rule_trigger::incident;
    x.conditions.terms = {{condition_field::failing_for_seconds, condition_operator::gte, 90}};
  });
  fail();
  fail();
  take(50ms);
  CHECK(open().empty());
  CHECK(told.empty());
}

TEST_CASE_METHOD(slow, "a rule that is met late raises the severity to its own") {
  change_rule([](auto& x) {
    x.trigger = rule_trigger::incident;
    x.conditions.terms.clear();
  });
  auto more = *alerts.rule(org, rule);
  more.id = rule_id::make(clock.t);
  more.spec.severity = severity::critical;
  more.spec.conditions.terms = {{condition_field::consecutive_failures, condition_operator::gte, 2}};
  alerts.put(more);
  fail();
  CHECK(open().at(0).severity == severity::warning);
  fail();
  CHECK(open().at(0).severity == severity::critical);
  CHECK(told == events{opened}); // the channel had been told
}

TEST_CASE_METHOD(slow, "what nobody takes is told again, until somebody does") {
  change_rule([](auto& x) { x.grouping = alert_grouping{{}, 0s, 300s}; });
  take(812ms);
  CHECK(told == events{opened});
  advance(4min);
  CHECK(told == events{opened});
  advance(2min);
  CHECK(told == events{opened, opened});
  advance(5min);
  CHECK(told == events{opened, opened, opened});
  REQUIRE(handle(id, open().at(0).id, incident_verb::acknowledge));
  advance(20min);
  CHECK(told == events{opened, opened, opened, acknowledged});
  take(50ms);
  CHECK(told.back() == resolved);
}

TEST_CASE_METHOD(slow, "a heartbeat, which has no rounds while it is down, meets a length of time as well") {
  change_rule([](auto& x) {
    x.trigger = rule_trigger::incident;
    x.conditions.terms = {{condition_field::failing_for_seconds, condition_operator::gte, 300}};
  });
  id = add(heartbeat_monitor(60s, 10s));
  REQUIRE(ping(id, ping_kind::success));
  advance(71s);
  REQUIRE(open().size() == 1);
  CHECK(told.empty());
  advance(4min + 50s, 100ms);
  CHECK(told.empty());
  advance(15s, 100ms);
  CHECK(told == events{opened});
}
