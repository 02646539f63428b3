#include "core/schema/rule_actions.hpp"

#include "core/schema/common.hpp"
#include "core/schema/resources.hpp"
#include "core/schema/rule_conditions.hpp"

namespace gochron::core {
namespace {

using how = const write_options&;
constexpr std::string_view some_instant = R"("2026-01-31T12:00:00.000Z")";

// The part of a trial that every test has.
struct of_test {
  rule_test_request& operator()(rule_trial_request& x) const { return x; }
  const rule_test_request& operator()(const rule_trial_request& x) const { return x; }
};

object_ptr<replayed_alert> alert_schema() {
  auto s = std::make_shared<object_schema<replayed_alert>>("ReplayedAlert", "Once that a rule would have fired.");
  s->property("opened_at", &replayed_alert::opened_at, instant(),
              {.doc = "When the incident would have opened.", .example = some_instant, .read_only = true});
  s->property("fired_at", &replayed_alert::fired_at, instant(),
              {.doc = "The round in which the rule would have been met.", .example = some_instant, .read_only = true});
  s->property("told_at", &replayed_alert::told_at, instant(),
              {.doc = "When it would have told, by its mute and hours of now. Null: it was over by then.",
               .example = some_instant,
               .read_only = true});
  s->property("resolved_at", &replayed_alert::resolved_at, instant(),
              {.doc = "Null: it still held in the last round.", .example = some_instant, .read_only = true});
  s->property("because", &replayed_alert::because, any_text(),
              {.doc = "What was seen.", .example = R"("latency_ms is 812")", .read_only = true});
  return s;
}

} // namespace

object_ptr<match_reason> match_reason_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<match_reason>>("RuleMatchReason", "Why a rule does not tell.");
    s->property("code", &match_reason::code, enumeration<match_obstacle>(),
                {.doc = "What is in the way.", .example = R"("condition_false")", .read_only = true});
    s->property(
        "message", &match_reason::message, any_text(),
        {.doc = "The same, as a sentence.", .example = R"("latency_ms gt 500: latency_ms is 81.")", .read_only = true});
    s->property(
        "term", &match_reason::term, count<std::int64_t>(),
        {.doc = "The place of the term that does not hold; the first is 0.", .example = "0", .read_only = true});
    s->property("until", &match_reason::until, instant(),
                {.doc = "When a mute or quiet hours end.", .example = "null", .read_only = true});
    return s;
  }();
  return schema;
}

namespace {

object_ptr<rule_match> match_schema() {
  auto s = std::make_shared<object_schema<rule_match>>("RuleMatch", "A rule, and whether it would tell.");
  s->property("rule_id", &rule_match::rule, identifier<rule_id>(), {.doc = "The rule.", .read_only = true});
  s->property("name", &rule_match::name, any_text(),
              {.doc = "Its name.", .example = R"("Production to the pager")", .read_only = true});
  s->property("matches", &rule_match::matches, boolean(),
              {.doc = "Whether nothing is in the way.", .example = "false", .read_only = true});
  s->property("reasons", &rule_match::reasons, array_of<match_reason>(match_reason_schema(), {.max = 100}),
              {.doc = "All that is.", .read_only = true});
  s->property("channel_ids", &rule_match::channel_ids, array_of(identifier<channel_id>(), {.max = 100}),
              {.doc = "Whom the rule names.", .example = "[]", .read_only = true});
  s->property("escalation_policy_id", &rule_match::policy, identifier<policy_id>(),
              {.doc = "What the rule begins.", .example = "null", .read_only = true});
  return s;
}

} // namespace

object_ptr<rule_test_request> rule_test_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<rule_test_request>>("RuleTest", "Which rounds to replay.");
    s->property("monitor_id", &rule_test_request::monitor, identifier<monitor_id>(),
                {.doc = "Whose. Null where the rule names one monitor and no more: that one.", .example = "null"});
    s->property("rounds", &rule_test_request::rounds, integer<std::uint32_t>(1, 1000),
                {.doc = "How many, the latest. With retries no more than 2,000 results are read.", .example = "200"});
    return s;
  }();
  return schema;
}

object_ptr<rule_trial_request> rule_trial_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<rule_trial_request>>("RuleTrial",
                                                                 "A rule that is none yet, and rounds to replay.");
    s->property("rule", &rule_trial_request::rule, alert_rule_spec_schema(),
                {.doc = "As for creating it; what it names need not exist.",
                 .example = R"({"name":"Slow","trigger":"check","conditions":{"match":"all","terms":)"
                            R"([{"field":"latency_ms","operator":"gt","value":500}]}})",
                 .required = true});
    s->embed(*rule_test_request_schema(), of_test{});
    return s;
  }();
  return schema;
}

object_ptr<rule_test_answer> rule_test_answer_schema() {
  static const auto schema = [] {
    using seen = const rule_test_answer&;
    auto s = std::make_shared<object_schema<rule_test_answer>>("RuleReplay", "What a rule would have done.");
    s->property("monitor_id", &rule_test_answer::monitor, identifier<monitor_id>(),
                {.doc = "Whose rounds.", .read_only = true});
    s->computed("rounds", count<std::int64_t>(), {.doc = "That were replayed.", .example = "200"},
                [](seen x, how) { return x.replay.rounds; });
    s->computed("rounds_met", count<std::int64_t>(), {.doc = "In which the conditions held.", .example = "3"},
                [](seen x, how) { return x.replay.rounds_met; });
    auto bound = [&](std::string_view name, std::string_view doc, timestamp rule_replay::*at) {
      s->maybe(name, instant(), {.doc = doc, .example = some_instant},
               [at](seen x, how) { return x.replay.rounds > 0 ? std::optional{x.replay.*at} : std::nullopt; });
    };
    bound("from", "The first round; null without any.", &rule_replay::from);
    bound("to", "The last round; null without any.", &rule_replay::to);
    s->computed("alerts", array_of<replayed_alert>(alert_schema(), {.max = 1000}),
                {.doc = "Each time that the rule would have fired, the oldest first."},
                [](seen x, how) { return x.replay.alerts; });
    s->computed("unknown_fields", array_of(enumeration<condition_field>(), {.max = most_terms}),
                {.doc = "Fields that the rule looks at and stored rounds do not have: here no term about them holds, "
                        "whatever it would have been.",
                 .example = "[]"},
                [](seen x, how) { return x.replay.unknown; });
    return s;
  }();
  return schema;
}

object_ptr<rule_match_request> rule_match_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<rule_match_request>>("RuleMatchQuestion", "What is to be matched.");
    s->property("incident_id", &rule_match_request::incident, identifier<incident_id>(),
                {.doc = "An incident, with what is known of it now. Either this or `monitor_id`.", .example = "null"});
    s->property(
        "monitor_id", &rule_match_request::monitor, identifier<monitor_id>(),
        {.doc = "A monitor whose incident is only imagined.", .example = R"("mon_01jd9e6h6gf4g8w1q6v5q8z3ab")"});
    s->property("event", &rule_match_request::event, enumeration<event_type>(),
                {.doc = "What happens to it.", .example = R"("incident.opened")"});
    s->property("at", &rule_match_request::at, instant(),
                {.doc = "When, for mutes and hours. Null: now.", .example = "null"});
    s->property("facts", &rule_match_request::facts, condition_facts_schema(),
                {.doc = "What the conditions see. Null: what the monitor's last round says.", .example = "null"});
    s->rule({"incident_id", "monitor_id"}, [](const rule_match_request& x, reader& r) {
      if (x.incident.has_value() == x.monitor.has_value())
        r.fail("inconsistent", "Exactly one of `incident_id` and `monitor_id`.", "monitor_id");
    });
    return s;
  }();
  return schema;
}

object_ptr<rule_match_answer> rule_match_answer_schema() {
  static const auto schema = [] {
    auto s =
        std::make_shared<object_schema<rule_match_answer>>("RuleMatches", "Every rule, and whether it would tell.");
    s->property("data", &rule_match_answer::data, array_of<rule_match>(match_schema(), {.max = 1000}),
                {.doc = "In the order in which they were made.", .read_only = true});
    s->property("truncated", &rule_match_answer::truncated, boolean(),
                {.doc = "Whether there are more rules than the first 1,000.", .example = "false", .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
