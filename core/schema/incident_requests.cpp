#include "core/schema/incident_requests.hpp"

#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/free_object.hpp"

namespace gochron::core {
namespace {

constexpr std::string_view some_title = R"("Nightly import is late")";
constexpr std::string_view some_key = R"("import/2026-01-31")";

/// A free object whose text alone is kept.
class details_type final : public type<std::string> {
public:
  details_type() : type(*free_object()->info()) {}
  void read(const json_value& from, std::string& x, reader& r) const override {
    json_text read;
    free_object()->read(from, read, r);
    x = std::move(read.json);
  }
  void write(const std::string& x, json_writer& w, const write_options&) const override { w.raw(x); }
};

type_ptr<std::string> details_object() {
  return std::make_shared<details_type>();
}

type_ptr<std::string> dedup_key_text() {
  return line_text(1, longest_dedup_key);
}

constexpr property_facts key_facts_of_incident{
    .doc = "Names what is wrong: while an incident of the monitor with this key is open there is no second one.",
    .example = some_key};
constexpr property_facts details_facts{.doc = "Whatever helps whoever is woken: an object of at most 16 KiB.",
                                       .example = R"({"rows":0})"};
constexpr property_facts runbook_facts{.doc = "Where it is written what to do about this one.", .example = "null"};
constexpr property_facts message_facts{.doc = "A sentence more.", .example = R"("Nothing since 02:00.")"};
constexpr property_facts severity_facts{.doc = "Null: the highest of the rules that it meets.",
                                        .example = R"("error")"};

type_ptr<std::string> note_text() {
  return text({.max = 1024});
}

constexpr property_facts note_facts{.doc = "A sentence for the timeline.", .example = "null"};

void check_signal(const signal_request& x, reader& r) {
  bool triggers = x.action == signal_verb::trigger;
  if (triggers && !x.title)
    r.fail("required", "Required to trigger.", "title");
  if (!triggers && !x.dedup_key)
    r.fail("required", "Required to acknowledge or resolve.", "dedup_key");
}

object_ptr<signal_answer> signal_answer_schema() {
  auto s = std::make_shared<object_schema<signal_answer>>("SignalAnswer", "What became of one signal.");
  using answer = const signal_answer&;
  using how = const write_options&;
  s->property("outcome", &signal_answer::outcome, enumeration<signal_outcome>(),
              {.doc = "`repeated`: its incident is open already. `unknown`: no incident with this key is open, and "
                      "nothing was done.",
               .example = R"("opened")",
               .read_only = true});
  s->property("dedup_key", &signal_answer::dedup_key, any_text(),
              {.doc = "Acknowledges and resolves it later; made by us where none was given.",
               .example = some_key,
               .read_only = true});
  s->maybe("incident_id", identifier<incident_id>(), {.doc = "Null where it is unknown."},
           [](answer x, how) { return x.incident ? std::optional{x.incident->id} : std::nullopt; });
  s->maybe("number", count<std::int64_t>(), {.doc = "Of the incident.", .example = "17"},
           [](answer x, how) { return x.incident ? std::optional{x.incident->number} : std::nullopt; });
  s->maybe("state", enumeration<incident_state>(), {.doc = "How far it is.", .example = R"("triggered")"},
           [](answer x, how) { return x.incident ? std::optional{x.incident->state} : std::nullopt; });
  return s;
}

} // namespace

object_ptr<incident_request> incident_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<incident_request>>("IncidentRequest", "An incident to be opened by hand.");
    s->property("monitor_id", &incident_request::monitor, identifier<monitor_id>(),
                {.doc = "Whose it is: any monitor of the organisation.",
                 .example = R"("mon_01kdz0c3v8e7q9b5n2m4x6y8za")",
                 .required = true});
    s->property("title", &incident_request::title, line_text(1, longest_title),
                {.doc = "One line.", .example = some_title, .required = true});
    s->property("severity", &incident_request::severity, enumeration<severity>(), severity_facts);
    s->property("message", &incident_request::message, text({.max = longest_message}), message_facts);
    s->property("dedup_key", &incident_request::dedup_key, dedup_key_text(), key_facts_of_incident);
    s->property("runbook_url", &incident_request::runbook_url, url_text(), runbook_facts);
    s->property("details", &incident_request::details, details_object(), details_facts);
    return s;
  }();
  return schema;
}

object_ptr<incident_change> incident_change_schema() {
  static const auto schema = [] {
    auto s =
        std::make_shared<object_schema<incident_change>>("IncidentChange", "What is to be changed of an incident.");
    s->property("title", &incident_change::title, line_text(1, longest_title),
                {.doc = "One line; absent or null: as it is.", .example = some_title});
    s->property("severity", &incident_change::severity, enumeration<severity>(),
                {.doc = "Absent or null: as it is.", .example = R"("warning")"});
    return s;
  }();
  return schema;
}

object_ptr<snooze_action> snooze_action_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<snooze_action>>("SnoozeAction", "How long an incident is to wait.");
    s->property("until", &snooze_action::until, instant(),
                {.doc = "In the future, at most seven days ahead. Either this or `seconds`.", .example = "null"});
    s->property("seconds", &snooze_action::length, integer<seconds>(1, longest_snooze.count()),
                {.doc = "From now.", .example = "3600"});
    s->property("note", &snooze_action::note, note_text(), note_facts);
    s->rule({"until", "seconds"}, [](const snooze_action& x, reader& r) {
      if (x.until.has_value() == x.length.has_value())
        r.fail(x.until ? "inconsistent" : "required", "Exactly one of `until` and `seconds`.", "seconds");
    });
    return s;
  }();
  return schema;
}

result<timestamp> end_of(const snooze_action& x, timestamp now) {
  auto until = x.until.value_or(now + x.length.value_or(seconds{0}));
  if (until > now && until <= now + longest_snooze)
    return until;
  return fail({errc::invalid,
               "The request body is not valid.",
               {{"/until", "out_of_range", "In the future, at most seven days ahead."}},
               {},
               {}});
}

object_ptr<merge_action> merge_action_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<merge_action>>("MergeAction", "Where an incident is dealt with instead.");
    s->property("into", &merge_action::into, identifier<incident_id>(),
                {.doc = "Another incident, which is open.",
                 .example = R"("inc_01kdz0c3v8e7q9b5n2m4x6y8za")",
                 .required = true});
    s->property("note", &merge_action::note, note_text(), note_facts);
    return s;
  }();
  return schema;
}

object_ptr<reassign_action> reassign_action_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<reassign_action>>("ReassignAction", "Whose an incident is from now on.");
    s->property("escalation_policy_id", &reassign_action::policy, identifier<policy_id>(),
                {.doc = "It climbs this policy from the first step, which is told at once. Either this or `user_ids`.",
                 .example = "null"});
    s->property("user_ids", &reassign_action::users, set_of(identifier<user_id>(), {.max = most_reassigned}),
                {.doc = "A set: these people are told at once, and nobody after them.",
                 .example = R"(["usr_01kdz0c3v8e7q9b5n2m4x6y8za"])"});
    s->property("note", &reassign_action::note, note_text(), note_facts);
    s->rule({"escalation_policy_id", "user_ids"}, [](const reassign_action& x, reader& r) {
      if (x.policy.has_value() != x.users.empty())
        r.fail(x.policy ? "inconsistent" : "required", "Exactly one of `escalation_policy_id` and `user_ids`.",
               "user_ids");
    });
    return s;
  }();
  return schema;
}

object_ptr<signal_request> signal_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<signal_request>>("Signal", "What somebody says at an inbound URL.");
    s->property("action", &signal_request::action, enumeration<signal_verb>(),
                {.doc = "What is to be done.", .example = R"("trigger")"});
    s->property("dedup_key", &signal_request::dedup_key, dedup_key_text(), key_facts_of_incident);
    s->property("title", &signal_request::title, line_text(1, longest_title),
                {.doc = "One line; required to trigger.", .example = some_title});
    s->property("severity", &signal_request::severity, enumeration<severity>(), severity_facts);
    s->property("message", &signal_request::message, text({.max = longest_message}), message_facts);
    s->property("runbook_url", &signal_request::runbook_url, url_text(), runbook_facts);
    s->property("details", &signal_request::details, details_object(), details_facts);
    s->rule({"action", "dedup_key", "title"}, check_signal);
    return s;
  }();
  return schema;
}

object_ptr<signal_report> signal_report_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<signal_report>>("SignalReport", "What became of what was said.");
    using report = const signal_report&;
    using how = const write_options&;
    s->computed("status", any_text(), {.doc = "`success`, as PagerDuty's clients expect.", .example = R"("success")"},
                [](report, how) { return std::string{"success"}; });
    s->computed("message", any_text(), {.doc = "Likewise.", .example = R"("Event processed")"},
                [](report, how) { return std::string{"Event processed"}; });
    s->maybe("dedup_key", any_text(), {.doc = "Of the first signal.", .example = some_key}, [](report x, how) {
      return x.incidents.empty() ? std::nullopt : std::optional{x.incidents.front().dedup_key};
    });
    s->property("incidents", &signal_report::incidents,
                array_of<signal_answer>(signal_answer_schema(), {.max = most_open_incidents}),
                {.doc = "For each signal, in their order.", .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
