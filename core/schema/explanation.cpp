#include "core/schema/explanation.hpp"

#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/read_models.hpp"
#include "core/schema/rule_actions.hpp"

namespace gochron::core {
namespace {

using how = const write_options&;
constexpr std::string_view some_instant = R"("2026-01-31T12:00:00.000Z")";
constexpr std::size_t most = 1'000;

object_ptr<explained_channel> channel_schema_of_rule() {
  auto s = std::make_shared<object_schema<explained_channel>>("ExplainedChannel", "A channel that a rule names.");
  s->property("channel_id", &explained_channel::id, identifier<channel_id>(), {.doc = "Which.", .read_only = true});
  s->maybe("name", any_text(), {.doc = "Null: it is gone.", .example = R"("Operations")"},
           [](const explained_channel& x, how) { return non_empty(x.name); });
  s->property("outcome", &explained_channel::outcome, enumeration<channel_outcome>(),
              {.doc = "`told`: a delivery of the opening is recorded. The others are by its present configuration.",
               .example = R"("told")",
               .read_only = true});
  return s;
}

object_ptr<explained_term> term_schema() {
  auto s = std::make_shared<object_schema<explained_term>>("ExplainedTerm", "A term of a rule's conditions.");
  s->property("term", &explained_term::term, any_text(),
              {.doc = "As the rule has it now.", .example = R"("latency_ms gt 500")", .read_only = true});
  s->property(
      "seen", &explained_term::seen, any_text(),
      {.doc = "What was seen when the incident opened.", .example = R"("latency_ms is 81")", .read_only = true});
  s->property("verdict", &explained_term::verdict, enumeration<term_verdict>(),
              {.doc = "`unknown`: its fact was not known, so the term did not hold, whatever its operator.",
               .example = R"("does_not_hold")",
               .read_only = true});
  return s;
}

object_ptr<explained_rule> rule_schema_of_explanation() {
  auto s = std::make_shared<object_schema<explained_rule>>("ExplainedRule", "What a rule has to do with an incident.");
  s->property("rule_id", &explained_rule::id, identifier<rule_id>(), {.doc = "Which.", .read_only = true});
  s->property("name", &explained_rule::name, any_text(),
              {.doc = "Its name.", .example = R"("Page operations")", .read_only = true});
  s->property(
      "outcome", &explained_rule::outcome, enumeration<rule_outcome>(),
      {.doc = "What it says of an opening at the instant of this one.", .example = R"("tells")", .read_only = true});
  s->property("detail", &explained_rule::detail, any_text(),
              {.doc = "A sentence.", .example = R"("The rule tells of it.")", .read_only = true});
  s->property("edited_since", &explained_rule::edited_since, boolean(),
              {.doc = "Whether the rule was edited after the incident opened: it may have said something else then. "
                      "`recorded` has what it did.",
               .example = "false",
               .read_only = true});
  s->property("reasons", &explained_rule::reasons, array_of<match_reason>(match_reason_schema(), {.max = 100}),
              {.doc = "All that is in the way.", .example = "[]", .read_only = true});
  s->property("conditions", &explained_rule::conditions, array_of<explained_term>(term_schema(), {.max = most_terms}),
              {.doc = "Its terms, by what was seen when the incident opened.", .example = "[]", .read_only = true});
  s->property("recorded", &explained_rule::recorded, array_of<timeline_entry>(timeline_entry_schema(), {.max = most}),
              {.doc = "The lines of the timeline about it: why it did not tell, and what came of its messages.",
               .read_only = true});
  s->property("told_at", &explained_rule::told_at, instant(),
              {.doc = "Recorded: when the first message of the opening was owed because of it; null: none was.",
               .example = some_instant,
               .read_only = true});
  s->property("grouped_until", &explained_rule::grouped_until, instant(),
              {.doc = "Recorded: its message waits for its group until then; null: it does not.",
               .example = "null",
               .read_only = true});
  s->property("channels", &explained_rule::channels,
              array_of<explained_channel>(channel_schema_of_rule(), {.max = most}),
              {.doc = "In their order.", .read_only = true});
  s->property("escalation_policy_id", &explained_rule::policy, identifier<policy_id>(),
              {.doc = "What it begins.", .example = "null", .read_only = true});
  s->property("waiting", &explained_rule::waiting, boolean(),
              {.doc = "Recorded: it has still to tell of the opening.", .example = "false", .read_only = true});
  s->property("escalates", &explained_rule::escalates, boolean(),
              {.doc = "Recorded: it began an escalation.", .example = "true", .read_only = true});
  return s;
}

object_ptr<explained_escalation> escalation_schema_of_explanation() {
  auto s = std::make_shared<object_schema<explained_escalation>>("ExplainedEscalation",
                                                                 "How an escalation went, step by step.");
  s->property("escalation", &explained_escalation::row, escalation_schema(),
              {.doc = "How far it has come.", .read_only = true});
  s->maybe("policy_name", any_text(), {.doc = "Null: the policy is gone.", .example = R"("Operations")"},
           [](const explained_escalation& x, how) { return non_empty(x.policy_name); });
  s->property(
      "steps", &explained_escalation::steps, array_of<timeline_entry>(timeline_entry_schema(), {.max = most}),
      {.doc = "The lines of the timeline about it: who was told, who could not be, and why.", .read_only = true});
  return s;
}

object_ptr<explained_person> person_schema() {
  auto s = std::make_shared<object_schema<explained_person>>(
      "ExplainedPerson", "Somebody who was told or is to be, and by which notification rules.");
  s->property("user_id", &explained_person::id, identifier<user_id>(), {.doc = "Who.", .read_only = true});
  s->maybe("name", any_text(), {.doc = "Null: they are gone.", .example = R"("Ada Lovelace")"},
           [](const explained_person& x, how) { return non_empty(x.name); });
  s->property("urgency", &explained_person::hurry, enumeration<urgency>(),
              {.doc = "Of the incident, by its severity.", .example = R"("high")", .read_only = true});
  s->property("routes", &explained_person::routes, array_of<user_route>(user_route_schema(), {.max = most}),
              {.doc = "In the order of their delays.", .read_only = true});
  return s;
}

object_ptr<explanation> recorded_schema() {
  auto s =
      std::make_shared<object_schema<explanation>>("RecordedExplanation", "What was written down when it happened.");
  s->property("opening", &explanation::opening, opening_record_schema(),
              {.doc = "What the rules were judged by when it opened (or was reopened); null: it is older than this is "
                      "kept.",
               .example = "null",
               .read_only = true});
  s->property("holds", &explanation::holds, array_of<timeline_entry>(timeline_entry_schema(), {.max = most}),
              {.doc = "The lines of the timeline that say why nobody was told yet, whatever the rules said: what the "
                      "monitor depends on, and flapping.",
               .read_only = true});
  s->property("suppressed_by", &explanation::suppressed_by, identifier<monitor_id>(),
              {.doc = "The dependency whose failure is why nobody is told; null: none is.",
               .example = "null",
               .read_only = true});
  s->property("escalations", &explanation::escalations,
              array_of<explained_escalation>(escalation_schema_of_explanation(), {.max = most}),
              {.doc = "One a policy.", .read_only = true});
  s->property("deliveries", &explanation::deliveries, array_of<delivery>(delivery_schema(), {.max = most}),
              {.doc = "What channels were and are owed, newest first, with how that went.", .read_only = true});
  return s;
}

object_ptr<explanation> present_schema() {
  auto s =
      std::make_shared<object_schema<explanation>>("PresentExplanation", "What the configuration of now says of it.");
  s->property("monitor_exists", &explanation::monitor_exists, boolean(),
              {.doc = "Whether the monitor is still there.", .example = "true", .read_only = true});
  s->property("rules", &explanation::rules, array_of<explained_rule>(rule_schema_of_explanation(), {.max = most}),
              {.doc = "Every rule of the organisation, those that were not met too: as it is now, judged by what was "
                      "seen then.",
               .read_only = true});
  s->property(
      "people", &explanation::people, array_of<explained_person>(person_schema(), {.max = most}),
      {.doc = "Who was told by contact methods or is to be, with their notification rules of now.", .read_only = true});
  return s;
}

} // namespace

object_ptr<explanation> explanation_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<explanation>>("IncidentExplanation",
                                                          "Why somebody was told of an incident, or was not.");
    s->property("incident_id", &explanation::incident, identifier<incident_id>(), {.doc = "Which.", .read_only = true});
    s->property("at", &explanation::at, instant(),
                {.doc = "When this was looked at.", .example = some_instant, .read_only = true});
    s->computed<explanation>("recorded", recorded_schema(), {.doc = "From the rows of the incident."},
                             [](const explanation& x, how) { return x; });
    s->computed<explanation>("present", present_schema(),
                             {.doc = "By the configuration of now, which may be another than when it happened."},
                             [](const explanation& x, how) { return x; });
    s->property("truncated", &explanation::truncated, boolean(),
                {.doc = "Whether there is more than 1,000 of anything.", .example = "false", .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
