#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/free_object.hpp"
#include "core/schema/read_models.hpp"

namespace gochron::core {
namespace {

constexpr std::string_view some_instant = R"("2026-01-31T12:00:00.000Z")";

void add_course(object_schema<incident>& s) {
  using how = const write_options&;
  s.property("started_at", &incident::started_at, instant(),
             {.doc = "The first failing round.", .example = some_instant, .read_only = true});
  s.property("opened_at", &incident::opened_at, instant(),
             {.doc = "When the failure was confirmed.", .example = some_instant, .read_only = true});
  s.property("acknowledged_at", &incident::acknowledged_at, instant(),
             {.doc = "When somebody took it.", .example = "null", .read_only = true});
  s.maybe("acknowledged_by", any_text(), {.doc = "Who took it.", .example = "null"},
          [](const incident& x, how) { return non_empty(x.acknowledged_by); });
  s.property("recovered_at", &incident::recovered_at, instant(),
             {.doc = "The first good round.", .example = "null", .read_only = true});
  s.property("resolved_at", &incident::resolved_at, instant(),
             {.doc = "When it was over.", .example = "null", .read_only = true});
  s.maybe("resolved_by", any_text(), {.doc = "`system`, or who resolved it by hand.", .example = "null"},
          [](const incident& x, how) { return non_empty(x.resolved_by); });
  s.property("snoozed_until", &incident::snoozed_until, instant(),
             {.doc = "Its escalations stand still until then.", .example = "null", .read_only = true});
  s.property("merged_into", &incident::merged_into, identifier<incident_id>(),
             {.doc = "The incident that it was merged into.", .example = "null", .read_only = true});
}

void add_source(object_schema<incident>& s) {
  using how = const write_options&;
  s.property("source", &incident::source, enumeration<incident_source>(),
             {.doc = "Who opened it: its monitor, somebody by hand, or what speaks to the monitor's inbound URL.",
              .example = R"("monitor")",
              .read_only = true});
  s.property("dedup_key", &incident::dedup_key, any_text(),
             {.doc = "Whoever opens one with this key while it is open gets it instead.",
              .example = "null",
              .read_only = true});
  s.property("runbook_url", &incident::runbook_url, any_text(),
             {.doc = "Where it is written what to do about this one.", .example = "null", .read_only = true});
  s.maybe<json_text>(
      "details", free_object(), {.doc = "What came with it, as it came.", .example = "null"},
      [](const incident& x, how) { return x.details.empty() ? std::nullopt : std::optional{json_text{x.details}}; });
}

} // namespace

object_ptr<incident> incident_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<incident>>("Incident",
                                                       "Something that is wrong, from when that is sure to its end.");
    s->property("id", &incident::id, identifier<incident_id>(),
                {.doc = "Given by us, never changed.", .read_only = true});
    s->property("number", &incident::number, count<std::int64_t>(),
                {.doc = "Counts up in the organisation; may skip.", .example = "17", .read_only = true});
    s->property("title", &incident::title, any_text(),
                {.doc = "One line.", .example = R"("Shop front page is down: connection refused")", .read_only = true});
    s->property("state", &incident::state, enumeration<incident_state>(),
                {.doc = "How far it is.", .example = R"("triggered")", .read_only = true});
    s->property("severity", &incident::severity, enumeration<severity>(),
                {.doc = "The highest of the rules that it met.", .example = R"("critical")", .read_only = true});
    s->property("monitor_id", &incident::monitor, identifier<monitor_id>(), {.doc = "What failed.", .read_only = true});
    s->property("monitor_name", &incident::monitor_name, any_text(),
                {.doc = "Its name when the incident opened.", .example = R"("Shop front page")", .read_only = true});
    s->property("cause", &incident::cause, status_reason_schema(), {.doc = "Why.", .read_only = true});
    add_course(*s);
    add_source(*s);
    s->property("escalations", &incident::escalations, array_of<escalation>(escalation_schema(), {.max = 1000}),
                {.doc = "How far it has come on each escalation policy.", .example = "[]", .read_only = true});
    s->property("sequence", &incident::sequence, count<std::int64_t>(),
                {.doc = "Of its last event.", .example = "1", .read_only = true});
    s->property("suppressed_by", &incident::suppressed_by, identifier<monitor_id>(),
                {.doc = "The failing monitor that this one depends on, as long as that is why nobody is told.",
                 .example = "null",
                 .read_only = true});
    s->property("rule_id", &incident::rule, identifier<rule_id>(),
                {.doc = "The alert rule whose conditions opened it. Null: it is the monitor's own failure.",
                 .example = "null",
                 .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<timeline_entry> timeline_entry_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<timeline_entry>>("TimelineEntry", "One line of an incident's history.");
    s->property("id", &timeline_entry::id, identifier<timeline_id>(), {.doc = "Given by us.", .read_only = true});
    s->property("incident_id", &timeline_entry::incident, identifier<incident_id>(),
                {.doc = "Whose history.", .read_only = true});
    s->property("at", &timeline_entry::at, instant(), {.doc = "When.", .example = some_instant, .read_only = true});
    s->property("kind", &timeline_entry::kind, enumeration<timeline_kind>(),
                {.doc = "What happened.", .example = R"("opened")", .read_only = true});
    s->property("actor", &timeline_entry::actor, any_text(),
                {.doc = "`system`, or who did it.", .example = R"("system")", .read_only = true});
    s->property("message", &timeline_entry::message, any_text(), {.doc = "A sentence.", .read_only = true});
    s->property("rule_id", &timeline_entry::rule, identifier<rule_id>(),
                {.doc = "The alert rule behind it.", .example = "null", .read_only = true});
    s->maybe("channel_id", identifier<channel_id>(), {.doc = "The channel behind it.", .example = "null"},
             [](const timeline_entry& x, const write_options&) { return x.user ? std::nullopt : x.channel; });
    s->maybe("contact_method_id", identifier<contact_method_id>(),
             {.doc = "The contact method behind it.", .example = "null"},
             [](const timeline_entry& x, const write_options&) {
               return x.user && x.channel ? std::optional{contact_method_of(*x.channel)} : std::nullopt;
             });
    s->property("user_id", &timeline_entry::user, identifier<user_id>(),
                {.doc = "Whose it is.", .example = "null", .read_only = true});
    s->property("delivery_id", &timeline_entry::delivery, identifier<delivery_id>(),
                {.doc = "The delivery behind it.", .example = "null", .read_only = true});
    s->property("escalation_policy_id", &timeline_entry::policy, identifier<policy_id>(),
                {.doc = "The escalation policy behind it.", .example = "null", .read_only = true});
    s->property("note_id", &timeline_entry::note, identifier<note_id>(),
                {.doc = "The note whose text this is, while it is there.", .example = "null", .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<status_change> status_change_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<status_change>>("StatusChange", "One step of a monitor's status.");
    s->property("monitor_id", &status_change::monitor, identifier<monitor_id>(), {.doc = "Whose.", .read_only = true});
    s->property("at", &status_change::at, instant(),
                {.doc = "When it took effect.", .example = some_instant, .read_only = true});
    s->property("decided_at", &status_change::decided_at, instant(),
                {.doc = "When it was known.", .example = some_instant, .read_only = true});
    s->property("from", &status_change::from, enumeration<monitor_status>(),
                {.doc = "The status before.", .example = R"("up")", .read_only = true});
    s->property("to", &status_change::to, enumeration<monitor_status>(),
                {.doc = "The status after.", .example = R"("down")", .read_only = true});
    s->maybe<status_reason>("reason", status_reason_schema(), {.doc = "Why, or null.", .example = "null"},
                            [](const status_change& x, const write_options&) { return non_empty(x.cause); });
    s->property("incident_id", &status_change::incident, identifier<incident_id>(),
                {.doc = "The incident that it opened or resolved.", .example = "null", .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<incident_action> incident_action_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<incident_action>>("IncidentAction", "What to write into the timeline.");
    s->property("note", &incident_action::note, text({.max = 1024}),
                {.doc = "A sentence for the timeline.", .example = R"("On it.")"});
    return s;
  }();
  return schema;
}

object_ptr<escalate_action> escalate_action_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<escalate_action>>("EscalateAction", "The next step at once.");
    s->property("note", &escalate_action::note, text({.max = 1024}),
                {.doc = "A sentence for the timeline.", .example = R"("I cannot reach the console.")"});
    s->property("as_of", &escalate_action::as_of, instant(),
                {.doc = "Only what has not moved after this time, which is not in the future: an escalation's "
                        "`moved_at`. So the same request once more does nothing. Null: whatever runs.",
                 .example = R"("2026-01-31T12:00:00.000Z")"});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
