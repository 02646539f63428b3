#include "core/schema/json_schema.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "core/event_body.hpp"
#include "core/schema/example.hpp"
#include "core/schema/read_models.hpp"
#include "core/schema/resources.hpp"

using namespace gochron;
using namespace gochron::core;

namespace {

// Everything that the API speaks of.
std::string book_of_all() {
  schema_book book;
  json_writer ignored;
  ignored.begin_array();
  for (const auto& info :
       {monitor_schema()->info(), channel_schema()->info(), alert_rule_schema()->info(), schedule_schema()->info()})
    for (auto use : {schema_use::response, schema_use::request, schema_use::patch})
      book.write(ignored, *info, use);
  for (const auto& info : {incident_schema()->info(), timeline_entry_schema()->info(), status_change_schema()->info(),
                           check_result_schema()->info(), delivery_schema()->info(), delivery_attempt_schema()->info(),
                           monitor_summary_schema()->info(), availability_schema()->info(), token_schema()->info(),
                           created_token_schema()->info(), event_body_schema()->info()})
    book.write(ignored, *info, schema_use::response);
  ignored.end_array();
  json_writer w;
  book.write_components(w);
  return w.str();
}

const json_value& components() {
  static const auto value = parse_json(book_of_all());
  REQUIRE(value);
  return *value;
}

template <class F>
void walk(const json_value& x, F&& visit) {
  visit(x);
  if (auto members = x.as<json_object>())
    for (const auto& m : *members)
      walk(m.value, visit);
  if (auto items = x.as<json_array>())
    for (const auto& item : *items)
      walk(item, visit);
}

std::set<std::string> texts(const json_value* x) {
  std::set<std::string> all;
  if (x && x->as<json_array>())
    for (const auto& item : *x->as<json_array>())
      all.insert(*item.as<std::string>());
  return all;
}

const json_value& property_of(std::string_view component, std::string_view name) {
  auto x = components().find(component);
  REQUIRE(x);
  x = x->find("properties")->find(name);
  INFO(component << "." << name);
  REQUIRE(x);
  return *x;
}

} // namespace

TEST_CASE("every reference leads to a component") {
  int seen = 0;
  walk(components(), [&](const json_value& x) {
    auto ref = x.find("$ref");
    if (!ref)
      return;
    auto path = *ref->as<std::string>();
    REQUIRE(path.starts_with("#/components/schemas/"));
    INFO(path);
    CHECK(components().find(path.substr(21)));
    ++seen;
  });
  CHECK(seen > 50);
}

TEST_CASE("a response has every property, a body needs only what it must, a patch nothing") {
  auto response = components().find("HttpMonitor");
  CHECK(texts(response->find("required")).size() == response->find("properties")->as<json_object>()->size());
  CHECK(texts(components().find("HttpMonitorInput")->find("required")) ==
        std::set<std::string>{"name", "type", "http"});
  CHECK_FALSE(components().find("MonitorPatch")->find("required"));
}

TEST_CASE("a body has no read-only properties, and refuses unknown ones") {
  auto input = components().find("HttpMonitorInput");
  CHECK_FALSE(input->find("properties")->find("id"));
  CHECK_FALSE(*input->find("additionalProperties")->as<bool>());
  CHECK(*property_of("HttpMonitor", "id").find("readOnly")->as<bool>());
}

TEST_CASE("bounds, defaults and names are those of the reader") {
  const auto& interval = property_of("TcpMonitorInput", "interval_seconds");
  CHECK(*interval.find("minimum")->as<std::int64_t>() == 1);
  CHECK(*interval.find("maximum")->as<std::int64_t>() == 86400);
  CHECK(*interval.find("default")->as<std::int64_t>() == 60);
  CHECK(texts(components().find("MonitorType")->find("enum")) ==
        std::set<std::string>{"http", "tcp", "heartbeat", "manual"});
  CHECK(*property_of("HttpMonitorInput", "tags").find("uniqueItems")->as<bool>());
  CHECK(*property_of("HttpAuthInput", "password").find("writeOnly")->as<bool>());
  CHECK(*property_of("HttpAuth", "password").find("type")->as<std::string>() == "null");
}

TEST_CASE("marks say what JSON Schema cannot: sets, and what is not for everybody's eyes") {
  CHECK(*property_of("HttpMonitorInput", "tags").find("x-gochron-set")->as<bool>());
  CHECK_FALSE(property_of("HttpCheckInput", "expected_status").find("x-gochron-set"));
  CHECK(*property_of("HttpCheckInput", "headers").find("x-gochron-sensitive")->as<bool>());
  CHECK_FALSE(property_of("HttpAuthInput", "password").find("x-gochron-sensitive")); // nobody gets to see it at all
  CHECK(*property_of("HeartbeatMonitor", "ping_url").find("format")->as<std::string>() == "password");
}

TEST_CASE("null is a type of what may be null, and of what a patch may reset") {
  CHECK(texts(property_of("HttpMonitor", "description").find("type")) == std::set<std::string>{"string", "null"});
  CHECK(texts(property_of("MonitorPatch", "interval_seconds").find("type")) ==
        std::set<std::string>{"integer", "null"});
  CHECK(*property_of("MonitorPatch", "name").find("type")->as<std::string>() == "string");
  CHECK(property_of("HttpMonitor", "status_reason").find("anyOf")->as<json_array>()->size() == 2);
}

TEST_CASE("a tagged union names one object for each type, and what tells them apart") {
  for (std::string name : {"Monitor", "MonitorInput"}) {
    auto whole = components().find(name);
    REQUIRE(whole->find("oneOf")->as<json_array>()->size() == 4);
    CHECK(*whole->find("discriminator")->find("propertyName")->as<std::string>() == "type");
    auto mapping = whole->find("discriminator")->find("mapping");
    CHECK(*mapping->find("tcp")->as<std::string>() == "#/components/schemas/Tcp" + name);
    CHECK(*property_of("Tcp" + name, "type").find("const")->as<std::string>() == "tcp");
    CHECK(*property_of("Tcp" + name, "tcp").find("$ref")->as<std::string>() ==
          (name == "Monitor" ? "#/components/schemas/TcpCheck" : "#/components/schemas/TcpCheckInput"));
    CHECK_FALSE(components().find("Tcp" + name)->find("properties")->find("http"));
  }
  CHECK_FALSE(components().find("MonitorPatch")->find("oneOf"));
}

TEST_CASE("an enum has a name of its own, in every use the same") {
  CHECK(*property_of("HttpMonitor", "status").find("$ref")->as<std::string>() == "#/components/schemas/MonitorStatus");
  CHECK(*property_of("MonitorPatch", "type").find("$ref")->as<std::string>() == "#/components/schemas/MonitorType");
  CHECK(components().find("MonitorStatus")->find("enum")->as<json_array>()->size() == 7);
}

TEST_CASE("an example of a body is accepted, for each alternative") {
  for (const auto& tag : tags_of(*monitor_schema()->info())) {
    INFO(tag);
    CHECK(create<monitor_spec>(example_of(*monitor_schema()->info(), schema_use::request, tag)));
  }
  CHECK(create<channel_spec>(example_of(*channel_schema()->info(), schema_use::request)));
}

TEST_CASE("an example of an answer has every property") {
  for (const auto& tag : tags_of(*monitor_schema()->info())) {
    auto x = parse_json(example_of(*monitor_schema()->info(), schema_use::response, tag));
    REQUIRE(x);
    for (const auto& p : *components()
                              .find((tag == "http"     ? "Http"
                                     : tag == "tcp"    ? "Tcp"
                                     : tag == "manual" ? "Manual"
                                                       : "Heartbeat") +
                                    std::string{"Monitor"})
                              ->find("properties")
                              ->as<json_object>()) {
      INFO(tag << " " << p.name);
      CHECK(x->find(p.name));
    }
  }
}

TEST_CASE("every property says what it is") {
  int seen = 0;
  for (const auto& component : *components().as<json_object>()) {
    if (!component.value.find("properties"))
      continue; // a union or an enum
    for (const auto& p : *component.value.find("properties")->as<json_object>()) {
      INFO(component.name << "." << p.name);
      auto doc = p.value.find("description");
      REQUIRE(doc);
      CHECK(doc->as<std::string>()->ends_with('.'));
      ++seen;
    }
  }
  CHECK(seen > 200);
}

TEST_CASE("every example is accepted where it is given") {
  const auto base = *create<monitor_spec>(R"({"name":"n","type":"http","http":{"url":"http://a.example"}})");
  for (const auto& p : monitor_spec_schema()->info()->properties) {
    if (p.facts.example.empty() || (!p.tag.empty() && p.tag != "http"))
      continue;
    INFO(p.name);
    auto x = merge(base, "{\"" + p.name + "\":" + std::string{p.facts.example} + "}");
    CHECK(x);
  }
  const auto rule = *create<alert_rule_spec>(R"({"name":"r"})");
  for (const auto& p : alert_rule_spec_schema()->info()->properties) {
    INFO(p.name);
    CHECK(merge(rule, "{\"" + p.name + "\":" + std::string{p.facts.example} + "}"));
  }
}
