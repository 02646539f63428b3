#include <catch2/catch.hpp>

#include "core/explanation.hpp"

using namespace gochron;
using namespace gochron::core;

namespace {

constexpr timestamp noon{milliseconds{1769860800000}}; // 2026-01-31, a Saturday

struct story {
  explanation_input x;
  channel_id heard, off, picky, gone;

  story() {
    x.about.id = incident_id::make(noon);
    x.about.monitor = monitor_id::make(noon);
    x.about.opened_at = noon;
    x.monitor.emplace();
    x.monitor->name = "API";
    heard = channel("heard", [](auto&) {});
    off = channel("off", [](auto& c) { c.spec.enabled = false; });
    picky = channel("picky", [](auto& c) { c.spec.events = {event_type::incident_resolved}; });
    gone = channel_id::make(noon);
  }
  channel_id channel(std::string name, void (*change)(channel_record&)) {
    channel_record c;
    c.id = channel_id::make(noon);
    c.spec.name = std::move(name);
    change(c);
    x.channels.push_back(c);
    return c.id;
  }
  explained_rule of(std::function<void(alert_rule_spec&)> change) {
    alert_rule_record rule;
    rule.id = rule_id::make(noon);
    rule.spec.name = "rule";
    rule.spec.channel_ids = {heard};
    change(rule.spec);
    x.rules = {rule};
    return explain(x).rules.front();
  }
};

} // namespace

TEST_CASE_METHOD(story, "a rule is judged for the instant of the opening") {
  CHECK(of([](auto&) {}).outcome == rule_outcome::tells);
  CHECK(of([](auto& r) { r.enabled = false; }).outcome == rule_outcome::disabled);
  CHECK(of([](auto& r) { r.monitor_ids = {monitor_id::make(noon)}; }).outcome == rule_outcome::other_monitors);
  CHECK(of([](auto& r) { r.events = {event_type::incident_resolved}; }).outcome == rule_outcome::other_events);
  CHECK(of([](auto& r) { r.channel_ids.clear(); }).outcome == rule_outcome::tells_nobody);
  CHECK(of([](auto& r) { r.muted_until = noon + seconds{1}; }).outcome == rule_outcome::muted);
  CHECK(of([](auto& r) { r.muted_until = noon; }).outcome == rule_outcome::tells);
  auto closed = of([](auto& r) {
    active_hours weekdays;
    weekdays.weekdays = {weekday::monday};
    r.active_hours = {weekdays};
  });
  CHECK(closed.outcome == rule_outcome::outside_hours);
  x.monitor->muted_until = noon + seconds{1};
  CHECK(of([](auto&) {}).detail == "The monitor is muted until 2026-01-31T12:00:01.000Z.");
  x.monitor.reset();
  CHECK(of([](auto&) {}).outcome == rule_outcome::monitor_gone);
}

TEST_CASE_METHOD(story, "of each channel it is said whether it was told, or why not") {
  delivery told;
  told.channel = heard;
  told.event.type = event_type::incident_opened;
  x.deliveries = {told};
  auto rule = of([this](auto& r) { r.channel_ids = {heard, off, picky, gone}; });
  std::vector<channel_outcome> outcomes;
  for (const auto& c : rule.channels)
    outcomes.push_back(c.outcome);
  CHECK(outcomes == std::vector{channel_outcome::told, channel_outcome::disabled, channel_outcome::event_not_taken,
                                channel_outcome::gone});
  x.deliveries.front().event.type = event_type::incident_resolved;
  CHECK(of([](auto&) {}).channels.front().outcome == channel_outcome::not_told);
}

TEST_CASE_METHOD(story, "what was recorded is told apart from the present configuration") {
  escalation row;
  row.policy = policy_id::make(noon);
  timeline_entry step, other;
  step.policy = row.policy;
  step.message = "told";
  x.timeline = {other, step};
  x.about.escalations = {row};
  auto rule = of([](auto&) {});
  CHECK_FALSE(rule.escalates);
  x.about.escalations.front().rule = x.rules.front().id;
  x.about.hushed = {x.rules.front().id};
  auto all = explain(x);
  CHECK(all.rules.front().escalates);
  CHECK(all.rules.front().waiting);
  REQUIRE(all.escalations.size() == 1);
  CHECK(all.escalations.front().policy_name.empty()); // it is gone
  REQUIRE(all.escalations.front().steps.size() == 1);
  CHECK(all.escalations.front().steps.front().message == "told");
}
