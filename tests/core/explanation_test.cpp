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

TEST_CASE("what is kept of an opening is read back as it was") {
  opening_record x;
  x.facts.emplace();
  x.facts->latency_ms = 812;
  x.facts->reason = reason::status_mismatch;
  x.facts->failing_regions = 1;
  x.facts->region = "local";
  x.type = monitor_type::tcp;
  x.tags = {"env:production", "a \"quoted\" one"};
  x.muted_until = noon;
  x.maintenance = maintenance_in_force{noon, noon + seconds{60}, "Upgrade", window_id::make(noon)};
  x.hold = opening_hold{hold_reason::parent_failing, monitor_id::make(noon), "Router", noon + seconds{5}};
  auto back = opening_record_of(to_text(x));
  REQUIRE(back);
  CHECK(to_text(*back) == to_text(x));
  CHECK(back->facts->region == "local");
  CHECK(back->hold == x.hold);
  CHECK(back->maintenance->name == "Upgrade");
  CHECK(back->maintenance->window == x.maintenance->window);
  CHECK_FALSE(opening_record_of(""));
  CHECK_FALSE(opening_record_of("{"));
  CHECK_FALSE(opening_record_of(R"({"tags": 1})"));
  CHECK(monitor_then(*back, nullptr).type() == monitor_type::tcp);
  monitor_spec now;
  now.name = "API";
  now.tags = {"other"};
  CHECK(monitor_then(*back, &now).tags == x.tags);
  CHECK(monitor_then(*back, &now).muted_until == noon);
}

TEST_CASE_METHOD(story, "what was kept of the opening decides, and what was not known holds of nothing") {
  auto wants = [](condition_field field, condition_operator op, std::int64_t n) {
    return [=](alert_rule_spec& r) { r.conditions.terms = {{field, op, n}}; };
  };
  using f = condition_field;
  auto unknown = of(wants(f::latency_ms, condition_operator::gt, 500));
  CHECK(unknown.outcome == rule_outcome::tells); // nothing was kept, so nothing is said against it
  CHECK(unknown.conditions.front().verdict == term_verdict::unknown);
  opening_record seen;
  seen.facts.emplace();
  seen.facts->latency_ms = 81;
  x.about.seen = to_text(seen);
  auto slow = of(wants(f::latency_ms, condition_operator::gt, 500));
  CHECK(slow.outcome == rule_outcome::conditions_not_met);
  CHECK(slow.detail == "latency_ms gt 500: latency_ms is 81.");
  CHECK(slow.conditions.front().verdict == term_verdict::does_not_hold);
  CHECK(of(wants(f::latency_ms, condition_operator::lt, 500)).outcome == rule_outcome::tells);
  auto blind = of(wants(f::domain_days_left, condition_operator::ne, 500));
  CHECK(blind.outcome == rule_outcome::conditions_not_met);
  CHECK(blind.conditions.front().verdict == term_verdict::unknown);
  CHECK(of([](auto& r) { r.trigger = rule_trigger::check; }).outcome == rule_outcome::other_trigger);
  x.monitor->muted_until = noon + seconds{1}; // since then
  CHECK(of([](auto&) {}).outcome == rule_outcome::tells);
  x.monitor.reset();
  CHECK(of([](auto&) {}).outcome == rule_outcome::tells); // it is known what it was
  seen.maintenance = maintenance_in_force{noon, noon + seconds{60}, "Upgrade", window_id::make(noon)};
  x.about.seen = to_text(seen);
  auto quiet = of([](auto&) {});
  CHECK(quiet.outcome == rule_outcome::maintenance);
  CHECK(quiet.detail == "Maintenance window Upgrade is in force until 2026-01-31T12:01:00.000Z.");
}

TEST_CASE_METHOD(story, "a rule that waits for what was held back says for what") {
  opening_record seen;
  seen.hold = opening_hold{hold_reason::parent_failing, monitor_id::make(noon), "Router", {}};
  x.about.seen = to_text(seen);
  alert_rule_record rule;
  rule.id = rule_id::make(noon);
  rule.spec.channel_ids = {heard};
  x.rules = {rule};
  CHECK(explain(x).rules.front().outcome == rule_outcome::tells); // it has told since
  x.about.hushed = {rule.id};
  auto held = explain(x).rules.front();
  CHECK(held.outcome == rule_outcome::held);
  CHECK(held.detail == "Nobody is told: it depends on Router, which fails.");
  CHECK_FALSE(held.edited_since);
  x.rules.front().updated_at = noon + seconds{1};
  CHECK(explain(x).rules.front().edited_since);
}

TEST_CASE("somebody is told by their rules, and without any that leads anywhere by everything") {
  auto ada = user_id::make(noon), bob = user_id::make(noon);
  auto method = [&](user_id of, bool verified) {
    contact_method_record m;
    m.id = contact_method_id::make(noon);
    m.spec.user = of;
    if (verified)
      m.proof.verified_at = noon;
    return m;
  };
  std::vector methods{method(ada, true), method(ada, false), method(bob, true), method(ada, true)};
  auto rule = [&](std::size_t which, int delay, urgency hurry = urgency::high) {
    notification_rule_record r;
    r.id = notification_rule_id::make(noon);
    r.spec.user = ada;
    r.spec.urgency = hurry;
    r.spec.contact_method = methods[which].id;
    r.spec.delay = seconds{delay};
    return r;
  };
  std::vector rules{rule(0, 60), rule(1, 0), rule(3, 0, urgency::low)};
  auto high = routes_of(ada, urgency::high, rules, methods);
  REQUIRE(high.size() == 2);
  CHECK(high[0].rule == rules[1].id);
  CHECK_FALSE(high[0].usable);
  CHECK(high[1].method == methods[0].id);
  CHECK(high[1].delay == seconds{60});
  rules = {rule(1, 0)};
  auto all = routes_of(ada, urgency::high, rules, methods);
  REQUIRE(all.size() == 3); // the rule that leads nowhere, and what is used instead
  CHECK_FALSE(all[1].rule);
  CHECK(all[1].method == methods[0].id);
  CHECK(all[2].method == methods[3].id);
  CHECK(routes_of(bob, urgency::low, {}, methods).size() == 1);
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
