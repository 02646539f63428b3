#include <catch2/catch.hpp>

#include "core/configuration/configuration.hpp"
#include "schema_random.hpp"

using namespace gochron;
using namespace gochron::core;

namespace {

constexpr timestamp start{milliseconds{1772366400000}};

template <class Record, class Spec>
Record row(Spec spec, std::optional<std::string> key) {
  Record x;
  x.id = decltype(x.id)::make(start);
  x.spec = std::move(spec);
  x.spec.key = std::move(key);
  return x;
}

// An organisation of `size` monitors whose rules name what there is.
configuration random_organisation(std::uint32_t seed, std::size_t size, bool keys, bool secrets = false) {
  test::random_specs specs{seed};
  std::mt19937 dice{seed};
  auto key = [&](const char* noun, std::size_t i) {
    return keys || dice() % 2 == 0 ? std::optional{noun + std::to_string(i)} : std::nullopt;
  };
  configuration x;
  for (std::size_t i = 0; i < size / 10; ++i)
    x.channels.push_back(row<channel_record>(specs.channel(), key("channel.", i)));
  for (std::size_t i = 0; i < size; ++i) {
    auto spec = specs.monitor();
    if (auto* check = std::get_if<http_check>(&spec.check); check && !secrets)
      check->auth = {}; // what needs a secret cannot be made from a document without it
    if (i > 0 && dice() % 4 == 0)
      spec.depends_on = std::vector{x.monitors[dice() % i].id};
    x.monitors.push_back(row<monitor_record>(std::move(spec), key("monitor.", i)));
  }
  for (std::size_t i = 0; i < size / 5; ++i) {
    auto spec = specs.alert_rule();
    spec.selector = {};
    spec.monitor_ids = {x.monitors[dice() % size].id};
    spec.channel_ids = {x.channels[dice() % x.channels.size()].id};
    x.alert_rules.push_back(row<alert_rule_record>(std::move(spec), key("rule.", i)));
  }
  for (std::size_t i = 0; i < size / 20; ++i)
    x.schedules.push_back(row<schedule_record>(specs.schedule(), key("schedule.", i)));
  return x;
}

json_value parsed(const std::string& text) {
  auto x = parse_json(text, {64, 1'000'000});
  REQUIRE(x);
  return std::move(*x);
}

config_plan plan(const configuration& present, const std::string& document, bool prune = false) {
  auto x = plan_of(present, parsed(document), {prune, [] { return make_uuid(start); }});
  INFO((x ? "" : x.error().violations.front().pointer + " " + x.error().violations.front().detail));
  REQUIRE(x);
  return std::move(*x);
}

template <class Record>
void put(std::vector<Record>& rows, const config_change& c) {
  using spec = decltype(Record::spec);
  auto it = std::ranges::find(rows, c.id, [](const Record& x) { return x.id.value; });
  if (c.action == config_action::remove) {
    rows.erase(it);
    return;
  }
  if (it == rows.end()) {
    rows.emplace_back();
    it = rows.end() - 1;
  }
  it->id.value = c.id;
  it->spec = std::get<spec>(c.wanted);
}

// As the engine would.
void apply(configuration& to, const config_plan& x) {
  for (const auto& c : x.changes)
    c.noun == keyed_noun::channel    ? put(to.channels, c)
    : c.noun == keyed_noun::monitor  ? put(to.monitors, c)
    : c.noun == keyed_noun::schedule ? put(to.schedules, c)
                                     : put(to.alert_rules, c);
}

std::vector<violation> refused(const configuration& present, const std::string& document, bool prune = false) {
  auto x = plan_of(present, parsed(document), {prune, [] { return make_uuid(start); }});
  REQUIRE_FALSE(x);
  CHECK(x.error().code == errc::invalid);
  return x.error().violations;
}

bool names(const std::vector<violation>& all, std::string_view pointer, std::string_view code) {
  return std::ranges::any_of(all, [&](const violation& v) { return v.pointer == pointer && v.code == code; });
}

} // namespace

TEST_CASE("any configuration is what its own document says") {
  auto seed = GENERATE(range(1U, 6U));
  for (bool keys : {false, true}) {
    auto here = random_organisation(seed, 60, keys, true);
    auto document = export_document(here);
    auto same = plan(here, document, true);
    CHECK(same.changes.empty());
    CHECK(same.unchanged == 60 + 6 + 12 + 3);
    std::ranges::reverse(here.monitors);
    CHECK(export_document(here) == document);
  }
}

TEST_CASE("where everything has a key, a document means the same bytes everywhere") {
  auto seed = GENERATE(range(1U, 6U));
  auto document = export_document(random_organisation(seed, 60, true));
  configuration there;
  apply(there, plan(there, document));
  CHECK(export_document(there) == document);
  CHECK(plan(there, document, true).changes.empty());
}

TEST_CASE("any configuration becomes any other, and then nothing is left to do") {
  auto seed = GENERATE(range(1U, 6U));
  auto here = random_organisation(seed, 40, true);
  auto goal = export_document(random_organisation(seed + 100, 30, true));
  // A type cannot change: what would change it goes first.
  std::erase_if(here.monitors, [](const monitor_record&) { return true; });
  for (auto& rule : here.alert_rules)
    rule.spec.monitor_ids.clear();
  apply(here, plan(here, goal, true));
  CHECK(export_document(here) == goal);
  CHECK(plan(here, goal, true).changes.empty());
}

TEST_CASE("changes come in an order in which they can be made") {
  auto document = export_document(random_organisation(7, 20, true));
  auto made = plan({}, document).changes;
  auto order = [](keyed_noun x) {
    constexpr keyed_noun all[] = {
        keyed_noun::channel,           keyed_noun::monitor,    keyed_noun::contact_method,
        keyed_noun::notification_rule, keyed_noun::team,       keyed_noun::schedule,
        keyed_noun::escalation_policy, keyed_noun::alert_rule, keyed_noun::maintenance_window};
    return std::ranges::find(all, x) - std::begin(all);
  };
  CHECK(std::ranges::is_sorted(made, {}, [&](const auto& c) { return order(c.noun); }));
  configuration there;
  apply(there, plan(there, document));
  auto gone = plan(there, R"({"format":1,"channels":[],"monitors":[],"alert_rules":[],"schedules":[]})", true).changes;
  CHECK(gone.size() == made.size());
  CHECK(std::ranges::is_sorted(gone, std::greater{}, [&](const auto& c) { return order(c.noun); }));
  CHECK(plan(there, R"({"format":1})", true).changes.empty());
  CHECK(plan(there, R"({"format":1,"channels":[],"monitors":[],"alert_rules":[]})").changes.empty());
}

TEST_CASE("a secret that is null stays, and one that changes shows as a change and no more") {
  configuration here;
  http_check check;
  check.url = "http://a.example/";
  check.auth = {auth_kind::bearer, {}, {}, "very-secret"};
  monitor_spec spec;
  spec.name = "m";
  spec.check = check;
  here.monitors.push_back(row<monitor_record>(spec, "m"));
  auto document = export_document(here);
  CHECK(document.find("very-secret") == std::string::npos);
  CHECK(plan(here, document).changes.empty());
  auto at = document.find("\"token\": null");
  REQUIRE(at != std::string::npos);
  auto changed = plan(here, document.replace(at, 13, "\"token\": \"fresh\"")).changes;
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].patch.find("fresh") == std::string::npos);
  CHECK(changed[0].patch != "[]");
  CHECK(std::get<http_check>(std::get<monitor_spec>(changed[0].wanted).check).auth.token ==
        boxed<std::string>{"fresh"});
}

TEST_CASE("all that is wrong with a document is told at once") {
  configuration here;
  monitor_spec spec;
  spec.name = "m";
  here.monitors.push_back(row<monitor_record>(spec, "kept"));
  auto found = refused(
      here, R"({"format":1,"channels":[7,{"key":"c","id":"mon_x"},{"key":"c"},{"id":7},{"id":null}],"alert_rules":[
    {"key":"r","name":"r","monitor_ids":["key:kept","key:none"],"channel_ids":["chn_01jd9e6h6gf4g8w1q6v5q8z3ab"]}]})");
  CHECK(names(found, "/channels/0", "wrong_type"));
  CHECK(names(found, "/channels/1/id", "invalid_format"));
  CHECK(names(found, "/channels/1/name", "required"));
  CHECK(names(found, "/channels/2/key", "duplicate"));
  CHECK(names(found, "/channels/3/id", "wrong_type"));
  CHECK_FALSE(names(found, "/channels/4/id", "wrong_type"));
  CHECK(names(found, "/alert_rules/0/monitor_ids/1", "unknown_reference"));
  CHECK(names(found, "/alert_rules/0/channel_ids/0", "unknown_reference"));
  CHECK_FALSE(names(found, "/alert_rules/0/monitor_ids/0", "unknown_reference"));
  auto pruned = refused(
      here, R"({"format":1,"monitors":[],"alert_rules":[{"key":"r","name":"r","monitor_ids":["key:kept"]}]})", true);
  CHECK(names(pruned, "/alert_rules/0/monitor_ids/0", "unknown_reference"));
  for (const auto* frame : {"7", "{}", R"({"format":2})", R"({"format":1,"monitors":{}})", R"({"format":1,"x":[]})"})
    CHECK_FALSE(refused(here, frame).empty());
}

TEST_CASE("what a monitor depends on is made before it, and goes after it") {
  configuration there;
  auto document = R"({"format":1,"monitors":[
    {"key":"host","name":"h","type":"http","http":{"url":"http://h.example/"},"depends_on":["key:switch"]},
    {"key":"switch","name":"s","type":"http","http":{"url":"http://s.example/"},"depends_on":["key:router"]},
    {"key":"router","name":"r","type":"http","http":{"url":"http://r.example/"}}]})";
  auto keys = [](const config_plan& x) {
    std::vector<std::string> all;
    for (const auto& c : x.changes)
      all.push_back(*c.key);
    return all;
  };
  auto made = plan(there, document);
  CHECK(keys(made) == std::vector<std::string>{"router", "switch", "host"});
  apply(there, made);
  CHECK(keys(plan(there, R"({"format":1,"monitors":[]})", true)) ==
        std::vector<std::string>{"host", "switch", "router"});
  // Turned round: who no longer depends is written first.
  auto turned = plan(there, R"({"format":1,"monitors":[
    {"key":"router","name":"r","type":"http","http":{"url":"http://r.example/"},"depends_on":["key:host"]},
    {"key":"host","name":"h","type":"http","http":{"url":"http://h.example/"}}]})");
  CHECK(keys(turned) == std::vector<std::string>{"host", "router"});
}

TEST_CASE("a document in which monitors would depend on themselves is refused, at each of them") {
  configuration there;
  auto monitor = [](const std::string& key, const std::string& parents) {
    return R"({"key":")" + key + R"(","name":"m","type":"http","http":{"url":"http://m.example/"},"depends_on":[)" +
           parents + "]}";
  };
  auto found = refused(there, R"({"format":1,"monitors":[)" + monitor("a", "\"key:b\"") + ',' +
                                  monitor("b", "\"key:c\"") + ',' + monitor("c", "\"key:a\"") + ',' +
                                  monitor("self", "\"key:self\"") + ',' + monitor("apart", "\"key:a\"") + "]}");
  for (const auto* at :
       {"/monitors/0/depends_on", "/monitors/1/depends_on", "/monitors/2/depends_on", "/monitors/3/depends_on"})
    CHECK(names(found, at, "cycle"));
  CHECK_FALSE(names(found, "/monitors/4/depends_on", "cycle"));
  // Half of the circle is there already.
  apply(there, plan(there, R"({"format":1,"monitors":[)" + monitor("a", "") + ',' + monitor("b", "\"key:a\"") + "]}"));
  CHECK(names(refused(there, R"({"format":1,"monitors":[)" + monitor("a", "\"key:b\"") + "]}"),
              "/monitors/0/depends_on", "cycle"));
  CHECK(names(refused(there, R"({"format":1,"monitors":[)" + monitor("b", "\"key:nobody\"") + "]}"),
              "/monitors/0/depends_on/0", "unknown_reference"));
}
