#include "core/rule_conditions.hpp"

#include <catch2/catch.hpp>

#include "core/check_machine.hpp"
#include "core/schema/resources.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

using field = condition_field;
using op = condition_operator;
using numbers = std::vector<std::int64_t>;
using texts = std::vector<std::string>;

/// A web monitor of two tags, one round after which everything is known.
struct round_seen {
  monitor_spec web;
  condition_facts facts;
  round_seen() {
    web.tags = {"env:prod", "team:web"};
    facts = {812, 503, "local", 1, 3, 120, reason::status_mismatch, 12, 90};
  }
  bool holds(condition_term x) const {
    return compiled_conditions{{condition_match::all, {std::move(x)}}}.met(web, facts);
  }
};

std::string verdict_on(const std::string& conditions) {
  auto made = create<alert_rule_spec>(R"({"name":"n","conditions":)" + conditions + "}");
  if (made)
    return "ok";
  std::string all;
  for (const auto& v : made.error().violations)
    all += (all.empty() ? "" : " ") + v.pointer + ":" + v.code;
  return all;
}

std::string term(std::string_view f, std::string_view o, std::string_view value) {
  return R"({"match":"all","terms":[{"field":")" + std::string{f} + R"(","operator":")" + std::string{o} +
         R"(","value":)" + std::string{value} + "}]}";
}

} // namespace

TEST_CASE("a term compares what was seen") {
  struct row {
    condition_term term;
    bool holds;
  };
  const row table[] = {
      {{field::latency_ms, op::gt, 811}, true},
      {{field::latency_ms, op::gt, 812}, false},
      {{field::latency_ms, op::gte, 812}, true},
      {{field::latency_ms, op::lt, 813}, true},
      {{field::latency_ms, op::lt, 812}, false},
      {{field::latency_ms, op::lte, 812}, true},
      {{field::status_code, op::eq, 503}, true},
      {{field::status_code, op::ne, 503}, false},
      {{field::status_code, op::ne, 500}, true},
      {{field::status_code, op::in, numbers{500, 503}}, true},
      {{field::status_code, op::not_in, numbers{500, 503}}, false},
      {{field::status_code, op::not_in, numbers{500}}, true},
      {{field::region, op::eq, "local"}, true},
      {{field::region, op::contains, "oca"}, true},
      {{field::region, op::matches, "^l.*l$"}, true},
      {{field::region, op::matches, "^oca"}, false},
      {{field::region, op::matches, "oca"}, true}, // anywhere, unless anchored
      {{field::failing_regions, op::gte, 1}, true},
      {{field::consecutive_failures, op::gte, 3}, true},
      {{field::consecutive_failures, op::gte, 4}, false},
      {{field::failing_for_seconds, op::gt, 119}, true},
      {{field::reason, op::eq, "status_mismatch"}, true},
      {{field::reason, op::ne, "status_mismatch"}, false},
      {{field::reason, op::in, texts{"dns_timeout", "status_mismatch"}}, true},
      {{field::reason, op::not_in, texts{"dns_timeout"}}, true},
      {{field::reason, op::matches, "^(status|keyword)_"}, true},
      {{field::certificate_days_left, op::lt, 14}, true},
      {{field::domain_days_left, op::lt, 30}, false},
      {{field::tag, op::eq, "env:prod"}, true},
      {{field::tag, op::eq, "env"}, false},
      {{field::tag, op::ne, "env:prod"}, false}, // one of them is
      {{field::tag, op::ne, "env:dev"}, true},
      {{field::tag, op::in, texts{"env:dev", "team:web"}}, true},
      {{field::tag, op::not_in, texts{"env:dev", "team:web"}}, false},
      {{field::tag, op::contains, "web"}, true},
      {{field::tag, op::matches, "^team:"}, true},
      {{field::monitor_type, op::eq, "http"}, true},
      {{field::monitor_type, op::in, texts{"tcp", "heartbeat"}}, false},
      {{field::monitor_type, op::not_in, texts{"tcp", "heartbeat"}}, true},
  };
  round_seen x;
  for (const auto& [t, holds] : table) {
    INFO(spell(t));
    CHECK(x.holds(t) == holds);
  }
}

TEST_CASE("a term about what is not known is false, whatever its operator") {
  round_seen x;
  x.facts = {};
  x.web.tags.clear();
  const condition_term table[] = {
      {field::latency_ms, op::lt, 100000},
      {field::latency_ms, op::ne, 5},
      {field::status_code, op::ne, 200},
      {field::status_code, op::not_in, numbers{200}},
      {field::region, op::ne, "mars"},
      {field::reason, op::ne, "dns_timeout"},
      {field::reason, op::not_in, texts{"dns_timeout"}},
      {field::certificate_days_left, op::lt, 14},
      {field::certificate_days_left, op::ne, 14},
      {field::domain_days_left, op::gte, 0},
      {field::tag, op::matches, ""},
  };
  for (const auto& t : table) {
    INFO(spell(t));
    CHECK_FALSE(x.holds(t));
  }
  CHECK(x.holds({field::tag, op::ne, "env:prod"})); // that there are no tags is known
  CHECK(x.holds({field::monitor_type, op::ne, "tcp"}));
  CHECK(spell_fact(field::status_code, x.web, x.facts) == "status_code is not known");
}

TEST_CASE("all terms must hold, or any; without terms conditions are always met") {
  round_seen x;
  condition_term good{field::latency_ms, op::gt, 500}, bad{field::status_code, op::eq, 200};
  auto met = [&](condition_match how, std::vector<condition_term> terms) {
    return compiled_conditions{{how, std::move(terms)}}.met(x.web, x.facts);
  };
  CHECK(met(condition_match::all, {}));
  CHECK(met(condition_match::any, {}));
  CHECK(met(condition_match::all, {good, good}));
  CHECK_FALSE(met(condition_match::all, {good, bad}));
  CHECK(met(condition_match::any, {bad, good}));
  CHECK_FALSE(met(condition_match::any, {bad, bad}));
  compiled_conditions either{{condition_match::any, {bad, good}}};
  CHECK(either.first_held(x.web, x.facts) == 1);
  CHECK(spell(either.source()) == "status_code eq 200 or latency_ms gt 500");
  CHECK(spell_fact(field::latency_ms, x.web, x.facts) == "latency_ms is 812");
}

TEST_CASE("only terms that make sense are taken, and each fault is pointed at") {
  struct row {
    std::string conditions;
    std::string verdict;
  };
  const std::string at = "/conditions/terms/0/";
  const row table[] = {
      {R"({"match":"all","terms":[]})", "ok"},
      {term("latency_ms", "gt", "500"), "ok"},
      {term("latency_ms", "in", "[1,2]"), "ok"},
      {term("latency_ms", "gt", R"("500")"), at + "value:inconsistent"},
      {term("latency_ms", "gt", "5.5"), at + "value:wrong_type"},
      {term("latency_ms", "gt", "[5]"), at + "value:inconsistent"},
      {term("latency_ms", "gt", "null"), at + "value:required"},
      {term("latency_ms", "in", "5"), at + "value:inconsistent"},
      {term("latency_ms", "in", R"(["a"])"), at + "value:inconsistent"},
      {term("latency_ms", "in", "[]"), at + "value:out_of_range"},
      {term("latency_ms", "in", R"([1,"a"])"), at + "value/1:wrong_type"},
      {term("latency_ms", "contains", "5"), at + "operator:inconsistent"},
      {term("latency_ms", "gt", "9000000000000"), at + "value:out_of_range"},
      {term("status_code", "in", "[200.0,201]"), at + "value/0:wrong_type"},
      {term("region", "gt", R"("a")"), at + "operator:inconsistent"},
      {term("region", "eq", "5"), at + "value:inconsistent"},
      {term("region", "matches", R"("(")"), at + "value:inconsistent"},
      {term("region", "matches", R"("^l")"), "ok"},
      {term("region", "eq", R"("")"), at + "value:too_short"},
      {term("reason", "eq", R"("dns_timeout")"), "ok"},
      {term("reason", "eq", R"("none")"), at + "value:inconsistent"},
      {term("reason", "eq", R"("rule_condition")"), at + "value:inconsistent"},
      {term("reason", "in", R"(["dns_timeout","boredom"])"), at + "value/1:inconsistent"},
      {term("reason", "contains", R"("dns")"), "ok"},
      {term("monitor_type", "eq", R"("htpt")"), at + "value:inconsistent"},
      {term("monitor_type", "matches", R"("h")"), at + "operator:inconsistent"},
      {term("tag", "eq", R"("env:prod")"), "ok"},
      {term("colour", "eq", "1"), at + "field:not_one_of"},
      {R"({"match":"some","terms":[{"field":"latency_ms"}]})",
       "/conditions/match:not_one_of /conditions/terms/0/operator:required /conditions/terms/0/value:required"},
  };
  for (const auto& [conditions, verdict] : table) {
    INFO(conditions);
    CHECK(verdict_on(conditions) == verdict);
  }
}

TEST_CASE("a rule that checks needs conditions, and only such a rule counts rounds") {
  auto verdict = [](std::string members) {
    auto made = create<alert_rule_spec>(R"({"name":"n",)" + members + "}");
    return made ? std::string{"ok"} : made.error().violations.at(0).pointer + ":" + made.error().violations[0].code;
  };
  auto slow = R"("conditions":)" + term("latency_ms", "gt", "500");
  CHECK(verdict(R"("trigger":"check")") == "/conditions:required");
  CHECK(verdict(R"("trigger":"check",)" + slow) == "ok");
  CHECK(verdict(R"("trigger":"check","for_rounds":20,)" + slow) == "ok");
  CHECK(verdict(R"("trigger":"check","for_rounds":21,)" + slow) == "/for_rounds:out_of_range");
  CHECK(verdict(R"("for_rounds":2)") == "/for_rounds:inconsistent");
}

TEST_CASE("conditions come back as they were written") {
  auto made = create<alert_rule_spec>(
      R"({"name":"n","conditions":{"match":"any","terms":[{"field":"status_code","operator":"not_in","value":[500,502]},)"
      R"({"field":"reason","operator":"matches","value":"^tls_"}]}})");
  REQUIRE(made);
  json_writer w;
  alert_rule_spec_schema()->write(*made, w, {});
  CHECK(w.str().find(R"("conditions":{"match":"any","terms":[{"field":"status_code","operator":"not_in",)"
                     R"("value":[500,502]},{"field":"reason","operator":"matches","value":"^tls_"}]})") !=
        std::string::npos);
  auto again = replace<alert_rule_spec>(*made, w.str());
  REQUIRE(again);
  CHECK(*again == *made);
}

TEST_CASE("the facts of a round are what its attempt and the monitor's state say") {
  monitor_spec web;
  check_state state;
  timestamp t{std::chrono::hours{24 * 365 * 50}};
  check_result result;
  auto see = [&](verdict v, reason r, timestamp at) {
    result.outcome.verdict = v;
    result.outcome.reason = r;
    observation seen{v, {r, ""}, at};
    state = observe(policy_of(web), state, seen).next;
    return facts_of(web, state, seen, &result);
  };
  result.outcome.response_time = 81ms;
  result.outcome.http = http_observation{200, "1.1", {}, ""};
  result.outcome.started_at = t;
  result.outcome.certificate_expires_at = t + 36h;
  web.success_threshold = 2;

  auto good = see(verdict::up, reason::none, t);
  CHECK(good.latency_ms == 81);
  CHECK(good.status_code == 200);
  CHECK(good.consecutive_failures == 0);
  CHECK(good.failing_for_seconds == 0);
  CHECK(good.failing_regions == 0);
  CHECK_FALSE(good.reason);
  CHECK(good.certificate_days_left == 1);

  result.outcome.certificate_expires_at = t - 1h;
  result.outcome.http.reset();
  auto dead = see(verdict::down, reason::connect_refused, t + 60s);
  CHECK_FALSE(dead.latency_ms); // nothing answered
  CHECK_FALSE(dead.status_code);
  CHECK(dead.consecutive_failures == 1);
  CHECK(dead.failing_for_seconds == 0);
  CHECK(dead.failing_regions == 1);
  CHECK(dead.reason == reason::connect_refused);
  CHECK(dead.certificate_days_left == -1);

  result.outcome.http = http_observation{503, "1.1", {}, ""};
  auto ill = see(verdict::down, reason::status_mismatch, t + 120s);
  CHECK(ill.latency_ms == 81);
  CHECK(ill.status_code == 503);
  CHECK(ill.consecutive_failures == 2);
  CHECK(ill.failing_for_seconds == 60);

  auto blind = see(verdict::error, reason::probe_error, t + 180s);
  CHECK_FALSE(blind.status_code);
  CHECK_FALSE(blind.reason);
  CHECK(blind.consecutive_failures == 2);
  CHECK(blind.failing_for_seconds == 120);

  auto recovering = see(verdict::up, reason::none, t + 240s);
  CHECK(recovering.consecutive_failures == 0);
  CHECK(recovering.failing_for_seconds == 180); // until it is over
  auto over = see(verdict::up, reason::none, t + 300s);
  CHECK(over.failing_for_seconds == 0);
}

TEST_CASE("a failure that gets older may meet conditions by that alone") {
  condition_facts facts;
  auto next = [&](op o, condition_value v) {
    return next_age({condition_match::all, {{field::failing_for_seconds, o, std::move(v)}}}, facts);
  };
  CHECK_FALSE(next(op::gte, 300)); // nothing is known
  facts.failing_for_seconds = 10;
  CHECK(next(op::gte, 300) == 290s);
  CHECK(next(op::in, numbers{5, 20, 15}) == 5s);
  facts.failing_for_seconds = 300;
  CHECK(next(op::gt, 300) == 1s);
  facts.failing_for_seconds = 301;
  CHECK_FALSE(next(op::gt, 300));
  CHECK_FALSE(next_age({condition_match::all, {{field::latency_ms, op::gt, 500}}}, facts));
}
