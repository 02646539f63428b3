#include <catch2/catch.hpp>

#include "core/configuration/terraform.hpp"

using namespace gochron;
using namespace gochron::core;
using Catch::Matchers::Contains;

namespace {

constexpr timestamp start{milliseconds{1772366400000}};

template <class Record, class Spec>
Record row(Spec spec) {
  Record x;
  x.id = decltype(x.id)::make(start);
  x.spec = std::move(spec);
  return x;
}

monitor_record web(std::string name) {
  monitor_spec spec;
  spec.name = std::move(name);
  http_check check;
  check.url = "https://shop.example/";
  spec.check = check;
  return row<monitor_record>(spec);
}

} // namespace

TEST_CASE("what is as it is by default is not written") {
  configuration x;
  x.monitors = {web("Shop")};
  auto id = x.monitors[0].id.str();
  CHECK_THAT(export_terraform(x, {}), Contains("\nresource \"gochron_monitor\" \"shop\" {\n"
                                               "  name = \"Shop\"\n"
                                               "  http = {\n"
                                               "    url = \"https://shop.example/\"\n"
                                               "  }\n"
                                               "}\n"
                                               "\nimport {\n"
                                               "  to = gochron_monitor.shop\n"
                                               "  id = \"" +
                                               id + "\"\n}\n"));
}

TEST_CASE("references are expressions; what is not there stays an id") {
  configuration x;
  x.monitors = {web("a"), web("b")};
  x.monitors[1].spec.depends_on = std::vector{x.monitors[0].id};
  alert_rule_spec rule;
  rule.name = x.monitors[0].id.str(); // a text is a text, whatever it says
  auto gone = channel_id::make(start);
  rule.channel_ids = {gone};
  x.alert_rules = {row<alert_rule_record>(rule)};
  auto text = export_terraform(x, {});
  CHECK_THAT(text, Contains("depends_on_ids = [gochron_monitor.a.id]"));
  CHECK_THAT(text, Contains("channel_ids = [\"" + gone.str() + "\"]"));
  CHECK_THAT(text, Contains("name        = \"" + rule.name + "\""));
}

TEST_CASE("a secret is a variable, and in no text") {
  configuration x;
  x.monitors = {web("a"), web("b")};
  for (auto& one : x.monitors) {
    auto& auth = std::get<http_check>(one.spec.check).auth;
    auth.type = auth_kind::basic;
    auth.username = "me";
    auth.password = "sesame";
  }
  auto text = export_terraform(x, {});
  CHECK_THAT(text, !Contains("sesame"));
  CHECK_THAT(text, Contains("password_wo = var.monitor_a_http_auth_password"));
  CHECK_THAT(text, Contains("variable \"monitor_b_http_auth_password\" {\n"));
  CHECK_THAT(text, Contains("  sensitive   = true\n  ephemeral   = true\n"));
}

TEST_CASE("no limit is an attribute of its own") {
  configuration x;
  escalation_policy_spec spec;
  spec.name = "Night";
  spec.repeat.count = std::nullopt;
  x.escalation_policies = {row<escalation_policy_record>(spec)};
  CHECK_THAT(export_terraform(x, {}), Contains("  repeat = {\n    count_unlimited = true\n  }\n"));
}

TEST_CASE("the order is by key, then by id, and no other") {
  configuration x;
  x.monitors = {web("third"), web("second"), web("first")};
  x.monitors[2].spec.key = "z";
  x.monitors[0].id.value.bytes.fill(0xff);
  auto text = export_terraform(x, {});
  std::swap(x.monitors[0], x.monitors[2]);
  CHECK(export_terraform(x, {}) == text);
  CHECK(text.find("\"z\" {") < text.find("\"second\" {"));
  CHECK(text.find("\"second\" {") < text.find("\"third\" {"));
}

TEST_CASE("an override is imported by its schedule and its id") {
  configuration x;
  schedule_spec spec;
  spec.name = "Primary";
  x.schedules = {row<schedule_record>(spec)};
  schedule_override one;
  one.id = override_id::make(start);
  one.of = x.schedules[0].id;
  one.start_at = one.end_at = start;
  auto text = export_terraform(x, {{}, {one}});
  CHECK_THAT(text, Contains("of_schedule_id = gochron_schedule.primary.id"));
  CHECK_THAT(text, Contains("id = \"" + one.of.str() + "/" + one.id.str() + "\""));
}
