#include "core/opening_record.hpp"

#include "core/names.hpp"
#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/rule_conditions.hpp"

namespace gochron::core {
namespace {

constexpr std::string_view some_instant = R"("2026-01-31T12:00:00.000Z")";

object_ptr<maintenance_in_force> maintenance_schema() {
  auto s = std::make_shared<object_schema<maintenance_in_force>>("MaintenanceInForce", "A window, as it was then.");
  s->property("window_id", &maintenance_in_force::window, identifier<window_id>(), {.doc = "Which."});
  s->property("name", &maintenance_in_force::name, any_text(), {.doc = "Its name.", .example = R"("Upgrade")"});
  s->property("from", &maintenance_in_force::from, instant(), {.doc = "Since when.", .example = some_instant});
  s->property("to", &maintenance_in_force::to, instant(), {.doc = "Its planned end.", .example = some_instant});
  return s;
}

object_ptr<opening_hold> hold_schema() {
  auto s = std::make_shared<object_schema<opening_hold>>("OpeningHold", "Why no rule might tell of the opening yet.");
  s->property("reason", &opening_hold::why, enumeration<hold_reason>(),
              {.doc = "`parent_failing`: what it depends on fails. `parent_unknown`: that was not looked at yet. "
                      "`parent_recovered`: it has just recovered, and the monitor is to be seen failing once more. "
                      "`flapping`: the monitor's `flap` says so.",
               .example = R"("parent_failing")"});
  s->property("monitor_id", &opening_hold::parent, identifier<monitor_id>(),
              {.doc = "Of what it depends on; null: flapping.", .example = "null"});
  s->property("monitor_name", &opening_hold::name, any_text(),
              {.doc = "Its name then.", .example = R"("Core router")"});
  s->property("until", &opening_hold::until, instant(),
              {.doc = "When it was to be looked at again; null: when that changes.", .example = "null"});
  return s;
}

} // namespace

object_ptr<opening_record> opening_record_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<opening_record>>(
        "IncidentOpening", "What the rules were judged by when the incident opened, as it was written down then.");
    s->property("facts", &opening_record::facts, condition_facts_schema(),
                {.doc = "What was known of the round that confirmed it; null: there was none.", .example = "null"});
    s->property("monitor_type", &opening_record::type, enumeration<monitor_type>(),
                {.doc = "Of the monitor.", .example = R"("http")"});
    s->property("tags", &opening_record::tags, array_of(any_text(), {.max = 50}),
                {.doc = "Of the monitor.", .example = R"(["env:production"])"});
    s->property("muted_until", &opening_record::muted_until, instant(), {.doc = "Of the monitor.", .example = "null"});
    s->property("maintenance", &opening_record::maintenance, maintenance_schema(),
                {.doc = "The window in force that ended last; null: none was.", .example = "null"});
    s->property("hold", &opening_record::hold, hold_schema(),
                {.doc = "Why no rule might tell at first; null: they might.", .example = "null"});
    return s;
  }();
  return schema;
}

std::string to_text(const opening_record& x) {
  json_writer w;
  opening_record_schema()->write(x, w, {});
  return w.str();
}

std::optional<opening_record> opening_record_of(std::string_view text) {
  if (text.empty())
    return std::nullopt;
  auto body = parse_json(text);
  if (!body)
    return std::nullopt;
  opening_record x;
  reader r{read_mode::whole, true};
  opening_record_schema()->read(*body, x, r);
  if (r.count() > 0)
    return std::nullopt;
  if (x.facts && x.facts->failing_regions)
    x.facts->region = "local"; // the only one there is: it is not written
  return x;
}

monitor_spec monitor_then(const opening_record& x, const monitor_spec* now) {
  monitor_spec then = now ? *now : monitor_spec{};
  if (!now)
    switch (x.type) {
    case monitor_type::http:
      then.check = http_check{};
      break;
    case monitor_type::tcp:
      then.check = tcp_check{};
      break;
    case monitor_type::heartbeat:
      then.check = heartbeat_check{};
      break;
    case monitor_type::manual:
      then.check = manual_check{};
      break;
    }
  then.tags = x.tags;
  then.muted_until = x.muted_until;
  return then;
}

} // namespace gochron::core
