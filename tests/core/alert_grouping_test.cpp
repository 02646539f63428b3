#include "core/alert_grouping.hpp"

#include <catch2/catch.hpp>

#include "core/channels/notice.hpp"
#include "core/event_body.hpp"
#include "core/schema/json.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

/// A rule that groups, and incidents of a web monitor.
struct flood {
  alert_rule_record rule;
  monitor_record web;
  monitor_runtime runtime;
  timestamp t{std::chrono::hours{24 * 365 * 50}};

  flood() {
    rule.id = rule_id::make(t);
    rule.spec.grouping = alert_grouping{};
    web.id = monitor_id::make(t);
    web.spec.name = "Shop";
    web.spec.tags = {"env:prod", "team:pay", "team:web", "urgent"};
  }
  incident about(std::int64_t number) const {
    incident x;
    x.id = incident_id::make(t);
    x.number = number;
    x.monitor = web.id;
    x.monitor_name = web.spec.name;
    x.title = "Shop is down";
    x.severity = severity::error;
    return x;
  }
  delivery sent(std::int64_t number, event_type type = event_type::incident_opened) const {
    delivery d;
    d.event.id = event_id::make(t);
    d.event.type = type;
    d.event.at = t + seconds{number};
    d.event.sequence = 1;
    auto x = about(number);
    d.event.incident = x.id;
    d.event.body = std::make_shared<const std::string>(render_event(d.event, x, web, runtime, nullptr, "http://g"));
    return d;
  }
  std::string group(std::vector<std::string> by, event_type type = event_type::incident_opened) {
    rule.spec.grouping->by = std::move(by);
    return group_of(rule, about(1), web.spec, type);
  }
};

} // namespace

TEST_CASE_METHOD(flood, "what is alike in all that the rule groups by goes together") {
  auto all = group({});
  CHECK(all == rule.id.str());
  CHECK(group({"severity"}) == all + "\nseverity=error");
  CHECK(group({"type"}) == all + "\ntype=http");
  CHECK(group({"monitor"}) == all + "\nmonitor=" + web.id.str());
  CHECK(group({"tag:env"}) == all + "\ntag:env==prod");
  CHECK(group({"tag:team"}) == all + "\ntag:team==pay=web");
  CHECK(group({"tag:urgent"}) == all + "\ntag:urgent==");
  CHECK(group({"tag:colour"}) == all + "\ntag:colour=");
  CHECK(group({"severity", "tag:env"}) == all + "\nseverity=error\ntag:env==prod");
}

TEST_CASE_METHOD(flood, "steps of policies, and rules that do not group, go alone") {
  CHECK(group({}, event_type::incident_escalated).empty());
  CHECK_FALSE(group({}, event_type::incident_resolved).empty());
  rule.spec.grouping.reset();
  CHECK(group_of(rule, about(1), web.spec, event_type::incident_opened).empty());
}

TEST_CASE_METHOD(flood, "one body lists the first fifty and counts all") {
  std::vector<delivery> members;
  for (int i = 1; i <= 60; ++i)
    members.push_back(sent(i, i > 58 ? event_type::incident_resolved : event_type::incident_opened));
  auto e = grouped_event(members, "http://g");
  REQUIRE(e);
  auto again = grouped_event(members, "http://g");
  CHECK(again->id == e->id);
  CHECK(*again->body == *e->body);
  CHECK(e->at == t + 60s);
  auto json = parse_json(*e->body);
  REQUIRE(json);
  CHECK(*json->find("type")->as<std::string>() == "incidents.grouped");
  CHECK(*json->find("id")->as<std::string>() == e->id.str());
  const auto* data = json->find("data");
  CHECK(*data->find("count")->as<std::int64_t>() == 60);
  CHECK(*data->find("opened")->as<std::int64_t>() == 58);
  CHECK(*data->find("resolved")->as<std::int64_t>() == 2);
  const auto& rows = *data->find("incidents")->as<json_array>();
  REQUIRE(rows.size() == 50);
  CHECK(*rows[49].find("number")->as<std::int64_t>() == 50);
  CHECK(*rows[0].find("title")->as<std::string>() == "Shop is down");
  CHECK(*rows[0].find("severity")->as<std::string>() == "error");
  CHECK(*rows[0].find("event_id")->as<std::string>() == members[0].event.id.str());

  members.pop_back();
  CHECK(grouped_event(members, "http://g")->id != e->id);
}

TEST_CASE_METHOD(flood, "people read how many there are, and of the first what") {
  std::vector<delivery> members;
  for (int i = 1; i <= 8; ++i)
    members.push_back(sent(i, i == 8 ? event_type::incident_resolved : event_type::incident_opened));
  auto told = read_notice(*grouped_event(members, "http://g")->body);
  REQUIRE(told);
  CHECK(told->headline == "8 incidents: 7 opened, 1 resolved");
  CHECK(told->tone == tone::trouble);
  CHECK(told->severity == severity::error);
  REQUIRE(told->facts.size() == 7);
  CHECK(told->facts[0].label == "#1 opened");
  CHECK(told->facts[0].value == "Shop is down");
  CHECK(told->facts[6].value == "2 more");
  CHECK(told->thread() == told->event_id);

  std::vector<delivery> over{sent(1, event_type::incident_resolved), sent(2, event_type::incident_resolved)};
  CHECK(read_notice(*grouped_event(over, "http://g")->body)->tone == tone::over);
}

TEST_CASE("repeats are counted from the opening") {
  timestamp t{std::chrono::hours{24 * 365 * 50}};
  CHECK(next_repeat(t, 300s, t) == t + 300s);
  CHECK(next_repeat(t, 300s, t + 1ms) == t + 300s);
  CHECK(next_repeat(t, 300s, t + 300s) == t + 300s);
  CHECK(next_repeat(t, 300s, t + 301s) == t + 600s);
  CHECK(next_repeat(t, 300s, t - 5s) == t + 300s);
}

TEST_CASE_METHOD(flood, "the rules that repeat have their own grids, and none for what somebody has taken") {
  alert_book book;
  rule.spec.grouping->repeat = 300s;
  put_rule(book, rule);
  auto other = rule;
  other.id = rule_id::make(t);
  other.spec.grouping->repeat = 400s;
  put_rule(book, other);
  auto quiet = rule;
  quiet.id = rule_id::make(t);
  quiet.spec.grouping->repeat.reset();
  put_rule(book, quiet);
  auto x = about(1);
  x.opened_at = t;
  occurrence opening{event_type::incident_opened, web.id, web.spec, t};
  using rules = std::vector<rule_id>;
  CHECK(first_repeat(book, opening, x, t + 1ms) == t + 300s);
  CHECK(repeating_rules(book, opening, x, t + 300s, t + 300s) == rules{rule.id});
  CHECK(repeating_rules(book, opening, x, t + 299s, t + 301s) == rules{rule.id}); // late
  CHECK(repeating_rules(book, opening, x, t + 301s, t + 399s).empty());
  CHECK(first_repeat(book, opening, x, t + 301s) == t + 400s);
  CHECK(repeating_rules(book, opening, x, t + 1200s, t + 1200s) == rules{rule.id, other.id});
  x.hushed = {rule.id};
  CHECK(repeating_rules(book, opening, x, t + 1200s, t + 1200s) == rules{other.id});
  x.snoozed_until = t + 2000s;
  CHECK(repeating_rules(book, opening, x, t + 1200s, t + 1200s).empty());
  x.snoozed_until.reset();
  x.state = incident_state::acknowledged;
  CHECK(repeating_rules(book, opening, x, t + 1200s, t + 1200s).empty());
  CHECK_FALSE(first_repeat(book, opening, x, t));
}
