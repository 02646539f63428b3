#include "core/rule_replay.hpp"

#include <catch2/catch.hpp>

#include "core/alert_matching.hpp"
#include "core/rule_match.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

/// Rounds a minute apart, written as letters: `.` good and fast, `s` good and slow, `x` failing, `?` our fault.
struct past {
  monitor_spec web;
  alert_rule_spec rule;
  timestamp t{std::chrono::hours{24 * 365 * 50}};

  past() { web.name = "web"; }
  void checks(std::uint32_t for_rounds = 1) {
    rule.trigger = rule_trigger::check;
    rule.for_rounds = for_rounds;
    rule.conditions.terms = {{condition_field::latency_ms, condition_operator::gt, 500}};
  }
  std::vector<check_result> results(std::string_view letters) const {
    std::vector<check_result> all;
    for (char c : letters) {
      check_result x;
      x.round_at = t + 60s * static_cast<int>(all.size());
      x.outcome.verdict = c == 'x' ? verdict::down : c == '?' ? verdict::error : verdict::up;
      x.outcome.reason = c == 'x' ? reason::connect_refused : reason::none;
      x.outcome.response_time = c == 's' ? 900ms : 50ms;
      all.push_back(x);
    }
    return all;
  }
  /// `2-4 5-`: the rounds in which it fired and in which it was resolved.
  std::string run(std::string_view letters, std::size_t most = 1000) const {
    auto at = [this](timestamp x) { return std::to_string((x - t) / 60s); };
    std::string all;
    for (const auto& a : replay(rule, web, results(letters), most).alerts)
      all += (all.empty() ? "" : " ") + at(a.fired_at) + "-" + (a.resolved_at ? at(*a.resolved_at) : "");
    return all;
  }
};

} // namespace

TEST_CASE_METHOD(past, "a rule that checks fires while its conditions hold") {
  checks();
  CHECK(run("......") == "");
  CHECK(run("..ss..s") == "2-4 6-");
  CHECK(run("s?s.") == "0-3");   // our fault says nothing
  CHECK(run("sxs") == "0-1 2-"); // nothing answered, so nothing was slow
  auto done = replay(rule, web, results("..ss.."), 1000);
  CHECK(done.rounds == 6);
  CHECK(done.rounds_met == 2);
  CHECK(done.from == t);
  CHECK(done.to == t + 300s);
  CHECK(done.alerts.at(0).because == "latency_ms is 900");
}

TEST_CASE_METHOD(past, "conditions must hold in so many rounds in a row") {
  checks(3);
  CHECK(run("ss.sss.") == "5-6");
  CHECK(run("ss?s.") == "3-4");
}

TEST_CASE_METHOD(past, "a rule about incidents is met when one opens, or later") {
  CHECK(run("..xx.") == "2-4");
  web.failure_threshold = 2;
  CHECK(run("..xx.x.") == "3-4");
  rule.conditions.terms = {{condition_field::failing_for_seconds, condition_operator::gte, 180}};
  CHECK(run("xx..xxxxx.") == "7-9");
  auto late = replay(rule, web, results("xxxxx."), 1000).alerts.at(0);
  CHECK(late.opened_at == t + 60s);
  CHECK(late.fired_at == t + 180s);
  CHECK(late.because == "failing_for_seconds is 180");
}

TEST_CASE_METHOD(past, "what was over before the mute ended was told to nobody") {
  rule.muted_until = t + 150s;
  auto alerts = replay(rule, web, results("x..xx."), 1000).alerts;
  REQUIRE(alerts.size() == 2);
  CHECK_FALSE(alerts[0].told_at);
  CHECK(alerts[1].told_at == alerts[1].fired_at);
}

TEST_CASE_METHOD(past, "retries of a round count as the round, and only the latest rounds are looked at") {
  checks();
  auto all = results("s.");
  all[1].round_at = all[0].round_at;
  all[1].attempt = 2;
  CHECK(replay(rule, web, all, 1000).rounds == 1);
  CHECK(replay(rule, web, all, 1000).alerts.empty());
  CHECK(run("s...s", 2) == "4-");
  CHECK(replay(rule, web, {}, 10).rounds == 0);
}

TEST_CASE_METHOD(past, "all that keeps a rule from telling is named") {
  alert_rule_record x;
  x.spec = rule;
  std::optional<maintenance_in_force> window;
  auto codes = [&](event_type event, condition_facts facts = {}) {
    std::string all;
    for (const auto& r : match(x, {event, monitor_id{}, web, t, facts, {}, window}).reasons)
      all += std::to_string(static_cast<int>(r.code)) + (r.term ? "@" + std::to_string(*r.term) : "") + " ";
    return all;
  };
  constexpr auto opened = event_type::incident_opened;
  CHECK(match(x, {opened, monitor_id{}, web, t, {}, {}}).matches);
  x.spec.conditions.terms = {{condition_field::latency_ms, condition_operator::gt, 500},
                             {condition_field::status_code, condition_operator::eq, 503}};
  condition_facts facts;
  facts.latency_ms = 600;
  CHECK(codes(opened, facts) == "4@1 ");
  x.spec.conditions.match = condition_match::any;
  CHECK(codes(opened, facts) == "");
  CHECK(codes(opened) == "4@0 4@1 ");
  x.spec.enabled = false;
  x.spec.trigger = rule_trigger::check;
  x.spec.monitor_ids = {monitor_id::make(t)};
  x.spec.muted_until = t + 1h;
  x.spec.active_hours = {{"UTC", {}, {1}, 8h, 9h}};
  web.muted_until = t + 2h;
  CHECK(codes(event_type::incident_escalated) == "0 1 2 3 4@0 4@1 6 6 7 ");
  window.emplace();
  window->to = t + 1h;
  CHECK(codes(event_type::incident_escalated) == "0 1 2 3 4@0 4@1 5 6 6 7 ");
}
