#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/resources.hpp"
#include "core/schema/rule_conditions.hpp"

namespace gochron::core {
namespace {

object_ptr<active_hours> active_hours_schema() {
  auto s = std::make_shared<object_schema<active_hours>>("ActiveHours", "Hours of some days, by a local clock.");
  s->property("time_zone", &active_hours::time_zone, time_zone_text(),
              {.doc = "IANA name.", .example = R"("Europe/Berlin")"});
  s->property("weekdays", &active_hours::weekdays, set_of(enumeration<weekday>(), {.max = 7}),
              {.doc = "A set; empty: every day of the week.", .example = R"(["monday","friday"])"});
  s->property("days_of_month", &active_hours::days_of_month, set_of(integer<std::int32_t>(-31, 31, 0), {.max = 62}),
              {.doc = "A set of 1 to 31, and of -1 (the last day) to -31; empty: every day of the month.",
               .example = "[1,-1]"});
  s->property("start", &active_hours::start, time_of_day_text(),
              {.doc = "By the local clock, on a day that is in both sets.", .example = R"("08:00")"});
  s->property("end", &active_hours::end, time_of_day_text(),
              {.doc = "Not included. Unless it is later than `start`, that of the next day.", .example = R"("18:00")"});
  return s;
}

bool is_grouping(std::string_view x) {
  return x == "monitor" || x == "severity" || x == "type" || (x.starts_with("tag:") && x.size() > 4);
}

object_ptr<alert_grouping> grouping_schema() {
  auto s = std::make_shared<object_schema<alert_grouping>>("AlertGrouping", "Several incidents in one message.");
  auto name =
      text({.min = 1, .max = 100, .shape = "^(monitor|severity|type|tag:.+)$", .check = [](std::string_view x) {
              return is_grouping(x)
                         ? std::nullopt
                         : std::optional{complaint{"invalid_format", "`monitor`, `severity`, `type` or `tag:<name>`."}};
            }});
  s->property("by", &alert_grouping::by, set_of(name, {.max = 10}),
              {.doc = "A set: what is the same in all of these goes into one message. Empty: all of the rule.",
               .example = R"(["severity","tag:team"])"});
  s->property("wait_seconds", &alert_grouping::wait, integer<seconds>(0, 3600),
              {.doc = "From the first event of a group to its message.", .example = "30"});
  s->property("repeat_seconds", &alert_grouping::repeat, integer<seconds>(300, 604800),
              {.doc = "An open incident that nobody has acknowledged is told again each time after so long. Null: not.",
               .example = "3600"});
  return s;
}

void check_trigger_rules(object_schema<alert_rule_spec>& s) {
  s.rule({"trigger", "conditions", "for_rounds"}, [](const alert_rule_spec& x, reader& r) {
    bool checks = x.trigger == rule_trigger::check;
    if (checks && x.conditions.terms.empty())
      r.fail("required", "A rule with trigger `check` needs conditions.", "conditions");
    if (!checks && x.for_rounds != 1)
      r.fail("inconsistent", "Goes only with trigger `check`.", "for_rounds");
  });
}

constexpr auto record_of = [](const alert_rule_record& x) -> const alert_rule_record& { return x; };

} // namespace

object_ptr<monitor_selector> monitor_selector_schema() {
  auto s = std::make_shared<object_schema<monitor_selector>>("MonitorSelector", "Picks monitors by what they are.");
  s->property("tags", &monitor_selector::tags, set_of(tag_text(), {.max = 50}),
              {.doc = "A set; a monitor must carry all of them.", .example = R"(["env:prod"])"});
  s->property("types", &monitor_selector::types, set_of(enumeration<monitor_type>(), {.max = 50}),
              {.doc = "A set; empty: any type.", .example = R"(["http","tcp"])"});
  return s;
}

object_ptr<alert_rule_spec> alert_rule_spec_schema() {
  static const auto schema = [] {
    auto s =
        std::make_shared<object_schema<alert_rule_spec>>("AlertRuleSpec", "The configurable part of an alert rule.");
    s->property("name", &alert_rule_spec::name, line_text(),
                {.doc = "What people call it.", .example = R"("Production to the pager")", .required = true});
    s->property("key", &alert_rule_spec::key, key_text(), key_facts);
    s->property("enabled", &alert_rule_spec::enabled, boolean(), {.doc = "Whether it is in force.", .example = "true"});
    s->property("trigger", &alert_rule_spec::trigger, enumeration<rule_trigger>(),
                {.doc = "`incident`: fires on the monitors' own incidents. `check`: looks at each round, and opens an "
                        "incident of its own while the conditions hold.",
                 .example = R"("incident")"});
    s->property("monitor_ids", &alert_rule_spec::monitor_ids, set_of(identifier<monitor_id>(), {.max = 1000}),
                {.doc = "A set. Empty, with an empty selector: every monitor.", .example = "[]"});
    s->property("selector", &alert_rule_spec::selector, monitor_selector_schema(),
                {.doc = "Monitors by tags and types; not together with `monitor_ids`.",
                 .example = R"({"tags":["env:prod"],"types":[]})"});
    s->property("events", &alert_rule_spec::events, set_of(enumeration<event_type>(), {.min = 1, .max = 20}),
                {.doc = "A set: what is told.", .example = R"(["incident.opened","incident.resolved"])"});
    s->property("severity", &alert_rule_spec::severity, enumeration<severity>(),
                {.doc = "How urgent the incidents are.", .example = R"("critical")"});
    s->property("channel_ids", &alert_rule_spec::channel_ids,
                array_of(identifier<channel_id>(), {.max = 100, .distinct = true}),
                {.doc = "Who is told, in this order, none twice.", .example = "[]"});
    s->property(
        "active_hours", &alert_rule_spec::active_hours, array_of<active_hours>(active_hours_schema(), {.max = 20}),
        {.doc = "Outside of all of these nobody is told, and what still fires when one begins is told then. Empty: "
                "always.",
         .example = "[]"});
    s->property("muted_until", &alert_rule_spec::muted_until, instant(),
                {.doc = "Until then this rule tells nobody; what still fires is told then.", .example = "null"});
    s->property("escalation_policy_id", &alert_rule_spec::escalation_policy_id, identifier<policy_id>(),
                {.doc =
                     "Begun by each incident that opens under this rule, where `events` has `incident.opened`: who is "
                     "told next while nobody takes it.",
                 .example = "null"});
    s->property("managed_by", &alert_rule_spec::managed_by, line_text(),
                {.doc = "The tool that owns this configuration.", .example = R"("terraform")"});
    s->property("conditions", &alert_rule_spec::conditions, alert_conditions_schema(),
                {.doc = "Trigger `incident`: an incident is told from the first round in which they hold. Trigger "
                        "`check`: an incident is open while they hold.",
                 .example = R"({"match":"all","terms":[{"field":"latency_ms","operator":"gt","value":500}]})"});
    s->property("for_rounds", &alert_rule_spec::for_rounds, integer<std::uint32_t>(1, 20),
                {.doc = "Trigger `check`: the conditions must hold in so many rounds in a row.", .example = "1"});
    s->property("grouping", &alert_rule_spec::grouping, grouping_schema(),
                {.doc = "Null: each event is a message of its own.", .example = "null"});
    check_trigger_rules(*s);
    s->rule({"monitor_ids", "selector"}, [](const alert_rule_spec& x, reader& r) {
      if (!x.monitor_ids.empty() && x.selector != monitor_selector{})
        r.fail("inconsistent", "Either `monitor_ids` or a selector.", "selector");
    });
    return s;
  }();
  return schema;
}

object_ptr<alert_rule_record> alert_rule_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<alert_rule_record>>("AlertRule", "Which events go to which channels.");
    add_id<rule_id>(*s, record_of);
    s->embed(
        *alert_rule_spec_schema(), [](auto& x) -> auto& { return x.spec; });
    add_history(*s, record_of);
    return s;
  }();
  return schema;
}

} // namespace gochron::core
