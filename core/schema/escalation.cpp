#include "core/paging.hpp"
#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/read_models.hpp"

namespace gochron::core {
namespace {

constexpr std::string_view some_instant = R"("2026-01-31T12:00:00.000Z")";
using how = const write_options&;

// Both in one: a step's name, and which time through the ladder it is.
template <class T, class Place>
void add_place(object_schema<T>& s, Place place_of) {
  s.computed("step_key", key_text(), {.doc = "The step.", .example = R"("first")"},
             [place_of](const T& x, how) { return place_of(x).key; });
  s.computed("step", count<std::int64_t>(), {.doc = "Its place among the steps; the first is 1.", .example = "1"},
             [place_of](const T& x, how) { return std::int64_t{place_of(x).step} + 1; });
  s.computed("cycle", count<std::int64_t>(), {.doc = "Which time through the steps; the first is 1.", .example = "1"},
             [place_of](const T& x, how) { return place_of(x).cycle + 1; });
}

object_ptr<escalation_place> place_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<escalation_place>>("EscalationPlace", "A rung of the ladder.");
    add_place(*s, [](const escalation_place& x) -> const escalation_place& { return x; });
    return s;
  }();
  return schema;
}

object_ptr<escalation_recipient> recipient_schema() {
  static const auto schema = [] {
    using recipient = const escalation_recipient&;
    auto s = std::make_shared<object_schema<escalation_recipient>>("EscalationRecipient", "Who a step tells.");
    s->computed("type", enumeration<escalation_target_type>(), {.doc = "What `id` names.", .example = R"("channel")"},
                [](recipient x, how) { return x.target.type; });
    s->computed("id", any_text(), {.doc = "As the step names it.", .example = R"("chn_01jd9e6h6gf4g8w1q6v5q8z3ab")"},
                [](recipient x, how) { return target_text(x.target); });
    s->maybe("name", any_text(), {.doc = "Of what `id` names; null: it is gone.", .example = R"("Operations")"},
             [](recipient x, how) { return non_empty(x.name); });
    s->maybe("channel_id", identifier<channel_id>(), {.doc = "The channel that is told; null: none is."},
             [](recipient x, how) { return x.user ? std::nullopt : x.channel; });
    s->property(
        "user_id", &escalation_recipient::user, identifier<user_id>(),
        {.doc = "Who is told; null: a channel is, or nobody is on call.", .example = "null", .read_only = true});
    s->maybe("user_name", any_text(), {.doc = "What people call them.", .example = "null"},
             [](recipient x, how) { return non_empty(x.user_name); });
    s->maybe("contact_method_id", identifier<contact_method_id>(),
             {.doc = "By what; null: the user has no verified contact method that is in use.", .example = "null"},
             [](recipient x, how) {
               return x.user && x.channel ? std::optional{contact_method_of(*x.channel)} : std::nullopt;
             });
    s->property("method", &escalation_recipient::type, enumeration<channel_type>(),
                {.doc = "The type of what is told; null: nothing can be.", .example = R"("sms")", .read_only = true});
    s->maybe("at", instant(), {.doc = "When; null: never.", .example = some_instant},
             [](recipient x, how) { return x.channel ? std::optional{x.at} : std::nullopt; });
    return s;
  }();
  return schema;
}

object_ptr<escalation_call> call_schema(std::string_view component, bool timed) {
  auto s = std::make_shared<object_schema<escalation_call>>(component, "A step, and who it tells.");
  if (timed)
    s->property("at", &escalation_call::at, instant(), {.doc = "When.", .example = some_instant, .read_only = true});
  add_place(*s, [](const escalation_call& x) -> const escalation_place& { return x.place; });
  s->property("recipients", &escalation_call::recipients,
              array_of<escalation_recipient>(recipient_schema(), {.max = 200}),
              {.doc = "Who; of a round robin whose turn it is.", .read_only = true});
  return s;
}

} // namespace

object_ptr<escalation> escalation_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<escalation>>("Escalation", "An incident on its way up a policy.");
    s->property("id", &escalation::id, identifier<escalation_id>(), {.doc = "Given by us.", .read_only = true});
    s->property("policy_id", &escalation::policy, identifier<policy_id>(),
                {.doc = "The escalation policy.", .read_only = true});
    s->property("rule_id", &escalation::rule, identifier<rule_id>(),
                {.doc = "The alert rule that began it.", .example = "null", .read_only = true});
    s->property("state", &escalation::state, enumeration<escalation_state>(),
                {.doc = "`running` until somebody takes the incident, `exhausted` when there is no further step, "
                        "`ended` with the incident.",
                 .example = R"("running")",
                 .read_only = true});
    s->property("next", &escalation::next, place_schema(),
                {.doc = "What is told next while it runs; null: there is no further step.",
                 .example = R"({"step_key":"first","step":1,"cycle":1})",
                 .read_only = true});
    s->property("last", &escalation::last, place_schema(),
                {.doc = "What was told last; null: nobody yet.", .example = "null", .read_only = true});
    s->property("due_at", &escalation::due_at, instant(),
                {.doc = "When `next` is told; of an acknowledged one, when it is triggered again; null: never.",
                 .example = some_instant,
                 .read_only = true});
    s->property("pending", &escalation::pending, pending_pages_type(),
                {.doc = "Who is told later, by rules with a delay.", .example = "[]", .read_only = true});
    s->property(
        "moved_at", &escalation::moved_at, instant(),
        {.doc = "When it last changed: the `as_of` of `escalate`.", .example = some_instant, .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<simulate_request> simulate_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<simulate_request>>("SimulateRequest", "An incident that is none.");
    s->property("at", &simulate_request::at, instant(), {.doc = "When it opens; null: now.", .example = some_instant});
    s->property(
        "severity", &simulate_request::severity, enumeration<severity>(),
        {.doc = "Of the incident: it decides which notification rules are in force.", .example = R"("critical")"});
    return s;
  }();
  return schema;
}

object_ptr<escalation_forecast> escalation_forecast_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<escalation_forecast>>(
        "EscalationForecast", "What would happen to an incident that nobody takes, as things are now.");
    s->property("policy_id", &escalation_forecast::policy, identifier<policy_id>(),
                {.doc = "The escalation policy.", .read_only = true});
    s->property("policy_name", &escalation_forecast::policy_name, any_text(),
                {.doc = "Its name.", .example = R"("Shop")", .read_only = true});
    s->property("at", &escalation_forecast::at, instant(),
                {.doc = "When it opens.", .example = some_instant, .read_only = true});
    s->property(
        "calls", &escalation_forecast::calls,
        array_of<escalation_call>(call_schema("EscalationCall", true), {.max = 200}),
        {.doc = "Each step in the order of time, with who it tells; at most 200 recipients.", .read_only = true});
    s->property(
        "exhausted_at", &escalation_forecast::exhausted_at, instant(),
        {.doc = "When there is no further step; null: see `truncated`.", .example = some_instant, .read_only = true});
    s->property("truncated", &escalation_forecast::truncated, boolean(),
                {.doc = "It goes on like this.", .example = "false", .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<escalation_forecast> escalation_oncall_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<escalation_forecast>>("EscalationOncall", "Whom each step tells.");
    s->property("policy_id", &escalation_forecast::policy, identifier<policy_id>(),
                {.doc = "The escalation policy.", .read_only = true});
    s->property("policy_name", &escalation_forecast::policy_name, any_text(),
                {.doc = "Its name.", .example = R"("Shop")", .read_only = true});
    s->property("at", &escalation_forecast::at, instant(),
                {.doc = "The instant asked about.", .example = some_instant, .read_only = true});
    s->property("steps", &escalation_forecast::calls,
                array_of<escalation_call>(call_schema("EscalationStepOncall", false), {.max = 20}),
                {.doc = "Each step, with who it would tell.", .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
