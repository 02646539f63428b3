#include "core/event_body.hpp"

#include <catch2/catch.hpp>

#include "core/schema/json.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

struct story {
  event happened;
  incident about;
  monitor_record monitor;
  monitor_runtime runtime;

  story() {
    happened.id = *event_id::parse("evt_01h455vb4pex5vsknk084sn02q");
    happened.at = timestamp{1'700'000'000'000ms};
    happened.sequence = 1;
    about.id = *incident_id::parse("inc_01h455vb4pex5vsknk084sn02r");
    about.cause = {reason::connect_refused, "Connection refused."};
    monitor.id = *monitor_id::parse("mon_01h455vb4pex5vsknk084sn02s");
    monitor.spec.name = "API";
    monitor.spec.tags = {"env:prod"};
    http_check http;
    http.url = "https://api.example/health";
    http.headers = {{"Authorization", "Bearer hidden-1"}};
    http.body = "hidden-2";
    http.auth = {auth_kind::basic, "hidden-3", "hidden-4", {}};
    monitor.spec.check = http;
    runtime.state.status = monitor_status::down;
    runtime.cause = about.cause;
  }
  std::string body(const check_result* evidence = nullptr) const {
    return render_event(happened, about, monitor, runtime, evidence, "https://gochron.example");
  }
};

json_value parsed(const std::string& json) {
  auto x = parse_json(json);
  REQUIRE(x);
  return *x;
}

std::vector<std::string> names(const json_value& x) {
  std::vector<std::string> all;
  for (const auto& m : *x.as<json_object>())
    all.push_back(m.name);
  return all;
}

std::string text_at(const json_value& x, std::initializer_list<std::string_view> path) {
  auto at = &x;
  for (auto name : path) {
    at = at->find(name);
    REQUIRE(at);
  }
  REQUIRE(at->as<std::string>());
  return *at->as<std::string>();
}

} // namespace

TEST_CASE("the body of an incident's event has the documented shape") {
  auto x = parsed(story{}.body());
  CHECK(names(x) == std::vector<std::string>{"id", "type", "version", "timestamp", "sequence", "data", "links"});
  CHECK(names(*x.find("data")) == std::vector<std::string>{"incident", "monitor", "result", "oncall", "by", "channel",
                                                           "maintenance_window", "contact_method", "schedule"});
  CHECK(text_at(x, {"id"}) == "evt_01h455vb4pex5vsknk084sn02q");
  CHECK(text_at(x, {"type"}) == "incident.opened");
  CHECK(*x.find("version")->as<std::int64_t>() == 1);
  CHECK(text_at(x, {"timestamp"}) == "2023-11-14T22:13:20.000Z");
  CHECK(*x.find("sequence")->as<std::int64_t>() == 1);
  CHECK(text_at(x, {"data", "incident", "cause", "code"}) == "connect_refused");
  CHECK(text_at(x, {"data", "monitor", "status"}) == "down");
  CHECK(text_at(x, {"data", "monitor", "target"}) == "https://api.example/health");
  CHECK(x.find("data")->find("result")->is_null());
  CHECK(x.find("data")->find("oncall")->is_null());
  CHECK(text_at(x, {"links", "incident"}) == "https://gochron.example/api/incidents/inc_01h455vb4pex5vsknk084sn02r");
  CHECK(text_at(x, {"links", "monitor"}) == "https://gochron.example/api/monitors/mon_01h455vb4pex5vsknk084sn02s");
}

TEST_CASE("the result behind an event is in its body") {
  check_result r;
  r.outcome.reason = reason::connect_refused;
  auto x = parsed(story{}.body(&r));
  CHECK(text_at(x, {"data", "result", "reason"}) == "connect_refused");
}

TEST_CASE("no credential of a monitor leaves with an event") {
  CHECK(story{}.body().find("hidden") == std::string::npos);
}

TEST_CASE("the same facts give the same bytes") {
  CHECK(story{}.body() == story{}.body());
}

TEST_CASE("the target of a TCP monitor is host and port, an IPv6 address in brackets") {
  story s;
  s.monitor.spec.check = tcp_check{"2001:db8::1", 25, {}, {}, {}};
  CHECK(text_at(parsed(s.body()), {"data", "monitor", "target"}) == "[2001:db8::1]:25");
  s.monitor.spec.check = tcp_check{"mail.example", 25, {}, {}, {}};
  CHECK(text_at(parsed(s.body()), {"data", "monitor", "target"}) == "mail.example:25");
}

TEST_CASE("an event about a channel names it and shows no secret") {
  event e;
  e.type = event_type::channel_disabled;
  channel_record c;
  c.spec.name = "ops";
  c.spec.target = webhook_target{"https://h.example/hidden", {{"A", "hidden"}}, seconds{10}};
  c.secret.value = "whsec_hidden";
  auto json = render_channel_event(e, c, "gone", "");
  CHECK(json.find("hidden") == std::string::npos);
  auto x = parsed(json);
  CHECK(text_at(x, {"type"}) == "channel.disabled");
  CHECK(text_at(x, {"data", "channel", "disabled_reason"}) == "gone");
  CHECK(x.find("sequence")->is_null());
  CHECK(x.find("data")->find("incident")->is_null());
  CHECK(parsed(render_channel_event(e, c, "", "")).find("data")->find("channel")->find("disabled_reason")->is_null());
}

TEST_CASE("the end of a monitor is told without an incident") {
  story s;
  event e;
  e.type = event_type::monitor_expired;
  auto x = parsed(render_monitor_event(e, s.monitor, s.runtime, "http://g"));
  CHECK(text_at(x, {"type"}) == "monitor.expired");
  CHECK(text_at(x, {"data", "monitor", "name"}) == s.monitor.spec.name);
  CHECK(text_at(x, {"links", "monitor"}) == "http://g/api/monitors/" + s.monitor.id.str());
  CHECK(x.find("sequence")->is_null());
  CHECK(x.find("data")->find("incident")->is_null());
}
