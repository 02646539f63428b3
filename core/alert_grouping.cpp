#include "core/alert_grouping.hpp"

#include <algorithm>

#include "core/bytes.hpp"
#include "core/event_body.hpp"
#include "core/names.hpp"
#include "core/schema/common.hpp"
#include "core/schema/json.hpp"

namespace gochron::core {
namespace {

bool is_grouped(event_type x) {
  return x == event_type::incident_opened || x == event_type::incident_acknowledged ||
         x == event_type::incident_resolved || x == event_type::incident_unacknowledged;
}

// `team:web` for `tag:team`: what stands behind the colon, of all of them in their order.
std::string values_of_tag(std::string_view name, const monitor_spec& monitor) {
  std::string all;
  for (std::string_view tag : monitor.tags) {
    auto colon = tag.find(':');
    if (tag.substr(0, colon) == name)
      all += '=' + std::string{colon == std::string_view::npos ? std::string_view{} : tag.substr(colon + 1)};
  }
  return all;
}

std::string value_of(std::string_view by, const incident& x, const monitor_spec& monitor) {
  if (by == "monitor")
    return x.monitor.str();
  if (by == "severity")
    return std::string{name_of(x.severity)};
  if (by == "type")
    return std::string{name_of(monitor.type())};
  return values_of_tag(by.substr(std::string_view{"tag:"}.size()), monitor);
}

// The first of them by time, and a digest of all.
event_id id_of(std::span<const delivery> members) {
  std::string all;
  for (const auto& d : members)
    all += d.event.id.str();
  auto digest = sha256(all);
  event_id id = members.front().event.id;
  std::copy_n(digest.begin(), 10, id.value.bytes.begin() + 6);
  return id;
}

using facts = const grouped_facts&;
using how = const write_options&;

template <class T>
std::optional<T> member(const json_value& of, std::string_view name) {
  const auto* x = of.find(name);
  const auto* value = x ? x->as<T>() : nullptr;
  return value ? std::optional{*value} : std::nullopt;
}

grouped_incident incident_in(const delivery& d, const json_value& body) {
  static const json_value nothing{nullptr};
  const auto* data = body.find("data");
  const auto* found = data ? data->find("incident") : nullptr;
  const auto& about = found ? *found : nothing;
  grouped_incident x{&d, {}, {}, {}, {}, {}, {}};
  x.number = member<std::int64_t>(about, "number").value_or(0);
  for (auto [name, to] :
       {std::pair{"title", &x.title}, std::pair{"state", &x.state}, std::pair{"severity", &x.severity},
        std::pair{"monitor_id", &x.monitor}, std::pair{"monitor_name", &x.monitor_name}})
    *to = member<std::string>(about, name).value_or("");
  return x;
}

object_ptr<grouped_incident> incident_part() {
  using row = const grouped_incident&;
  auto s = std::make_shared<object_schema<grouped_incident>>("GroupedIncident", "One of several.");
  s->computed("event_id", identifier<event_id>(), {.doc = "The event as the feed has it."},
              [](row x, how) { return x.from->event.id; });
  s->computed("event_type", enumeration<event_type>(), {.doc = "What happened.", .example = R"("incident.opened")"},
              [](row x, how) { return x.from->event.type; });
  s->computed("sequence", count<std::int64_t>(), {.doc = "Counts the events of the incident.", .example = "1"},
              [](row x, how) { return x.from->event.sequence; });
  s->maybe("id", identifier<incident_id>(), {.doc = "The incident."},
           [](row x, how) { return x.from->event.incident; });
  s->property("number", &grouped_incident::number, count<std::int64_t>(),
              {.doc = "Its number.", .example = "17", .read_only = true});
  auto text = [&](std::string_view name, std::string grouped_incident::*at, std::string_view example) {
    s->property(name, at, any_text(), {.doc = "As the incident has it.", .example = example, .read_only = true});
  };
  text("title", &grouped_incident::title, R"("Shop front page is down: connection refused")");
  text("state", &grouped_incident::state, R"("triggered")");
  text("severity", &grouped_incident::severity, R"("critical")");
  text("monitor_id", &grouped_incident::monitor, R"("mon_01jd9e6h6gf4g8w1q6v5q8z3ab")");
  text("monitor_name", &grouped_incident::monitor_name, R"("Shop front page")");
  return s;
}

object_ptr<grouped_facts> data_part() {
  auto s = std::make_shared<object_schema<grouped_facts>>("GroupedData", "What a message about several is about.");
  s->computed("count", count<std::int64_t>(), {.doc = "Of events in this message.", .example = "60"},
              [](facts x, how) { return static_cast<std::int64_t>(x.members.size()); });
  auto of_type = [&](std::string_view name, event_type type) {
    s->computed(name, count<std::int64_t>(), {.doc = "Of them.", .example = "20"}, [type](facts x, how) {
      return std::int64_t{std::ranges::count_if(x.members, [type](const delivery& d) { return d.event.type == type; })};
    });
  };
  of_type("opened", event_type::incident_opened);
  of_type("acknowledged", event_type::incident_acknowledged);
  of_type("unacknowledged", event_type::incident_unacknowledged);
  of_type("resolved", event_type::incident_resolved);
  s->property("incidents", &grouped_facts::listed, array_of<grouped_incident>(incident_part(), {.max = most_listed}),
              {.doc = "The first 50 events, in their order.", .read_only = true});
  return s;
}

object_ptr<grouped_facts> links_part() {
  auto s = std::make_shared<object_schema<grouped_facts>>("GroupedLinks", "Where the API shows what it is about.");
  s->computed("incidents", any_text(),
              {.doc = "All of them.", .example = R"("https://gochron.example.com/api/incidents")"},
              [](facts, how o) { return std::string{o.base_url} + "/api/incidents"; });
  return s;
}

std::vector<const alert_rule_record*> rules_that_repeat(const alert_book& book, const occurrence& opening,
                                                        const incident& x) {
  std::vector<const alert_rule_record*> all;
  if (x.state != incident_state::triggered || x.snoozed_until)
    return all;
  for (const auto& id : matching_rules(book, opening)) {
    const auto* rule = find_rule(book, id);
    if (rule->spec.grouping && rule->spec.grouping->repeat && std::ranges::find(x.hushed, id) == x.hushed.end())
      all.push_back(rule);
  }
  return all;
}

} // namespace

std::string group_of(const alert_rule_record& rule, const incident& x, const monitor_spec& monitor, event_type type) {
  if (!rule.spec.grouping || !is_grouped(type))
    return {};
  std::string key = rule.id.str();
  for (const auto& by : rule.spec.grouping->by)
    key += '\n' + by + '=' + value_of(by, x, monitor);
  return key;
}

object_ptr<grouped_facts> grouped_event_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<grouped_facts>>(
        "GroupedEvent", "What receivers of webhooks get where a rule groups: several events in one message.");
    s->computed("id", identifier<event_id>(), {.doc = "The same for the same events: the `webhook-id`."},
                [](facts x, how) { return x.about->id; });
    s->computed("type", text({.one_of = {"incidents.grouped"}}),
                {.doc = "Always this.", .example = R"("incidents.grouped")"},
                [](facts, how) { return std::string{"incidents.grouped"}; });
    s->computed("version", integer<int>(1, 1000), {.doc = "Of this format.", .example = "1"},
                [](facts, how) { return event_body_version; });
    s->computed("timestamp", instant(), {.doc = "Of the latest event.", .example = R"("2026-01-31T12:00:00.000Z")"},
                [](facts x, how) { return x.about->at; });
    s->maybe("sequence", count<std::int64_t>(), {.doc = "Null: each incident has its own.", .example = "null"},
             [](facts, how) -> std::optional<std::int64_t> { return std::nullopt; });
    s->computed<grouped_facts>("data", data_part(), {.doc = "What it is about."}, [](facts x, how) { return x; });
    s->computed<grouped_facts>("links", links_part(), {.doc = "Where to look."}, [](facts x, how) { return x; });
    return s;
  }();
  return schema;
}

result<event> grouped_event(std::span<const delivery> members, std::string_view base_url) {
  event e;
  e.id = id_of(members);
  e.org = members.front().org;
  e.type = members.front().event.type;
  grouped_facts x{members, &e, {}};
  for (const auto& d : members) {
    e.at = std::max(e.at, d.event.at);
    if (x.listed.size() == most_listed)
      continue;
    auto body = parse_json(d.event.body ? *d.event.body : std::string{}, {64, 1'000'000});
    if (!body)
      return fail(body.error());
    x.listed.push_back(incident_in(d, *body));
  }
  json_writer w;
  grouped_event_schema()->write(x, w, {.base_url = base_url});
  e.body = std::make_shared<const std::string>(w.str());
  return e;
}

std::vector<rule_id> repeating_rules(const alert_book& book, const occurrence& opening, const incident& x,
                                     timestamp from, timestamp to) {
  std::vector<rule_id> all;
  for (const auto* rule : rules_that_repeat(book, opening, x))
    if (next_repeat(x.opened_at, *rule->spec.grouping->repeat, from) <= to)
      all.push_back(rule->id);
  return all;
}

std::optional<timestamp> first_repeat(const alert_book& book, const occurrence& opening, const incident& x,
                                      timestamp from) {
  std::optional<timestamp> first;
  for (const auto* rule : rules_that_repeat(book, opening, x)) {
    auto at = next_repeat(x.opened_at, *rule->spec.grouping->repeat, from);
    first = std::min(at, first.value_or(at));
  }
  return first;
}

timestamp next_repeat(timestamp from, seconds every, timestamp t) {
  if (t <= from)
    return from + every;
  auto passed = (t - from) / every;
  auto at = from + passed * every;
  return at >= t ? at : at + every;
}

} // namespace gochron::core
