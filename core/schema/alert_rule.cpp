#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/resources.hpp"

namespace gochron::core {
namespace {

object_ptr<monitor_selector> selector_schema() {
  auto s = std::make_shared<object_schema<monitor_selector>>("MonitorSelector", "Picks monitors by what they are.");
  s->property("tags", &monitor_selector::tags, set_of(tag_text(), {.max = 50}),
              {.doc = "A set; a monitor must carry all of them.", .example = R"(["env:prod"])"});
  s->property("types", &monitor_selector::types, set_of(enumeration<monitor_type>(), {.max = 50}),
              {.doc = "A set; empty: any type.", .example = R"(["http","tcp"])"});
  return s;
}

constexpr auto record_of = [](const alert_rule_record& x) -> const alert_rule_record& { return x; };

} // namespace

object_ptr<alert_rule_spec> alert_rule_spec_schema() {
  static const auto schema = [] {
    auto s =
        std::make_shared<object_schema<alert_rule_spec>>("AlertRuleSpec", "The configurable part of an alert rule.");
    s->property("name", &alert_rule_spec::name, line_text(),
                {.doc = "What people call it.", .example = R"("Production to the pager")", .required = true});
    s->property("key", &alert_rule_spec::key, key_text(), key_facts);
    s->property("enabled", &alert_rule_spec::enabled, boolean(), {.doc = "Whether it is in force.", .example = "true"});
    s->property("trigger", &alert_rule_spec::trigger, enumeration<rule_trigger>(),
                {.doc = "`incident`: fires on the monitors' own incidents.", .example = R"("incident")"});
    s->property("monitor_ids", &alert_rule_spec::monitor_ids, set_of(identifier<monitor_id>(), {.max = 1000}),
                {.doc = "A set. Empty, with an empty selector: every monitor.", .example = "[]"});
    s->property("selector", &alert_rule_spec::selector, selector_schema(),
                {.doc = "Monitors by tags and types; not together with `monitor_ids`.",
                 .example = R"({"tags":["env:prod"],"types":[]})"});
    s->property("events", &alert_rule_spec::events, set_of(enumeration<event_type>(), {.min = 1, .max = 20}),
                {.doc = "A set: what is told.", .example = R"(["incident.opened","incident.resolved"])"});
    s->property("severity", &alert_rule_spec::severity, enumeration<severity>(),
                {.doc = "How urgent the incidents are.", .example = R"("critical")"});
    s->property("channel_ids", &alert_rule_spec::channel_ids,
                array_of(identifier<channel_id>(), {.max = 100, .distinct = true}),
                {.doc = "Who is told, in this order, none twice.", .example = "[]"});
    s->property("escalation_policy_id", &alert_rule_spec::escalation_policy_id, identifier<policy_id>(),
                {.doc =
                     "Begun by each incident that opens under this rule, where `events` has `incident.opened`: who is "
                     "told next while nobody takes it.",
                 .example = "null"});
    s->property("managed_by", &alert_rule_spec::managed_by, line_text(),
                {.doc = "The tool that owns this configuration.", .example = R"("terraform")"});
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
