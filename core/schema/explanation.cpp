#include "core/schema/explanation.hpp"

#include "core/schema/common.hpp"
#include "core/schema/read_models.hpp"

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

object_ptr<explanation> recorded_schema() {
  auto s =
      std::make_shared<object_schema<explanation>>("RecordedExplanation", "What was written down when it happened.");
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
              {.doc = "Every rule of the organisation, those that were not met too.", .read_only = true});
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
