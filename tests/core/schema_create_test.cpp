#include <catch2/catch.hpp>

#include "core/schema/read_models.hpp"
#include "core/schema/resources.hpp"
#include "core/schema_support.hpp"

using namespace gochron;
using namespace gochron::core;
using test::faults;
using test::faults_of;

namespace {

struct bad_body {
  const char* json;
  faults expected;
};

// A body that is right but for these members of its own and of its `http` object.
std::string http_body(std::string own, std::string inner = "") {
  return R"({"name":"n","type":"http",)" + own + (own.empty() ? "" : ",") + R"("http":{"url":"http://a.example")" +
         (inner.empty() ? "" : "," + inner) + "}}";
}

} // namespace

TEST_CASE("the least monitor takes every default") {
  auto x = create<monitor_spec>(R"({"name":"n","type":"http","http":{"url":"http://a.example"}})");
  REQUIRE(x);
  monitor_spec wanted;
  wanted.name = "n";
  std::get<http_check>(wanted.check).url = "http://a.example";
  CHECK(*x == wanted);
  auto beat = create<monitor_spec>(R"({"name":"n","type":"heartbeat","heartbeat":{},"http":null})");
  REQUIRE(beat);
  CHECK(beat->check == decltype(beat->check){heartbeat_check{}});
}

TEST_CASE("a body that is no object, or lacks what is required, says so") {
  for (const auto& [json, expected] : std::vector<bad_body>{
           {"[]", {{"", "wrong_type"}}},
           {"null", {{"", "wrong_type"}}},
           {"\"x\"", {{"", "wrong_type"}}},
           {"{}", {{"/name", "required"}, {"/type", "required"}}},
           {R"({"name":null,"type":null})", {{"/name", "required"}, {"/type", "required"}}},
           {R"({"name":"n","type":"http"})", {{"/http", "required"}}},
           {R"({"name":"n","type":"http","http":null})", {{"/http", "required"}}},
           {R"({"name":"n","type":"http","http":{}})", {{"/http/url", "required"}}},
           {R"({"name":"n","type":"tcp","tcp":{}})", {{"/tcp/host", "required"}, {"/tcp/port", "required"}}},
           {R"({"name":"n","type":"htpp","http":{}})", {{"/type", "not_one_of"}}},
           {R"({"name":"n","type":"tcp","tcp":{"host":"h","port":1},"http":{"url":"http://a"}})",
            {{"/http", "inconsistent"}}},
       }) {
    INFO(json);
    CHECK(faults_of(create<monitor_spec>(json)) == expected);
  }
}

TEST_CASE("every violation is reported at once, with its pointer") {
  auto x = create<monitor_spec>(R"({"nmae":"n","type":"http","interval_seconds":"60","tags":["a",1,""],"paused":1,
    "http":{"url":"ftp://x","headers":[{"name":"a b","value":"x"},{"name":"x","value":"a\r\nb"}],"auth":{"typ":"none"}}})");
  CHECK(faults_of(x) == faults{{"/http/auth/typ", "unknown_property"},
                               {"/http/headers/0/name", "invalid_format"},
                               {"/http/headers/1/value", "invalid_format"},
                               {"/http/url", "invalid_format"},
                               {"/interval_seconds", "wrong_type"},
                               {"/name", "required"},
                               {"/nmae", "unknown_property"},
                               {"/paused", "wrong_type"},
                               {"/tags/1", "wrong_type"},
                               {"/tags/2", "too_short"}});
  for (const auto& v : x.error().violations)
    if (v.pointer == "/nmae")
      CHECK(v.detail == "No such property. Did you mean \"name\"?");
}

TEST_CASE("a body with thousands of faults is answered with a hundred") {
  std::string json = "{";
  for (int i = 0; i < 5000; ++i)
    json += "\"x" + std::to_string(i) + "\":1,";
  json += R"("name":"n"})";
  CHECK(create<monitor_spec>(json).error().violations.size() == reader::max_violations);
}

TEST_CASE("values out of their bounds are refused") {
  struct row {
    std::string own, inner;
    faults expected;
  };
  for (const auto& [own, inner, expected] : std::vector<row>{
           {R"("interval_seconds":0)", "", {{"/interval_seconds", "out_of_range"}}},
           {R"("interval_seconds":86401)", "", {{"/interval_seconds", "out_of_range"}}},
           {R"("interval_seconds":60.0)", "", {{"/interval_seconds", "wrong_type"}}},
           {R"("interval_seconds":true)", "", {{"/interval_seconds", "wrong_type"}}},
           {R"("interval_seconds":18446744073709551615)", "", {{"/interval_seconds", "out_of_range"}}},
           {R"("interval_seconds":null)", "", {{"/interval_seconds", "wrong_type"}}},
           {R"("failure_threshold":21,"success_threshold":0)",
            "",
            {{"/failure_threshold", "out_of_range"}, {"/success_threshold", "out_of_range"}}},
           {R"("retry":{"count":11,"delay_seconds":-1})",
            "",
            {{"/retry/count", "out_of_range"}, {"/retry/delay_seconds", "out_of_range"}}},
           {R"("ip_version":4)", "", {{"/ip_version", "wrong_type"}}},
           {R"("ip_version":"5")", "", {{"/ip_version", "not_one_of"}}},
           {R"("key":"No Spaces")", "", {{"/key", "invalid_format"}}},
           {R"("tags":["a b","a:b:c","a,b"])", "", {{"/tags/0", "invalid_format"}, {"/tags/2", "invalid_format"}}},
           {R"("tags":["b","a","b"])", "", {{"/tags/2", "duplicate"}}},
           {R"("tags":"a")", "", {{"/tags", "wrong_type"}}},
           {R"("runbook_url":"wiki")", "", {{"/runbook_url", "invalid_format"}}},
           {R"("description":")" + std::string(4097, 'x') + '"', "", {{"/description", "too_long"}}},
           {"", R"("method":"get")", {{"/http/method", "not_one_of"}}},
           {"", R"("max_redirects":21)", {{"/http/max_redirects", "out_of_range"}}},
           {"", R"("expected_status":[])", {{"/http/expected_status", "too_few_items"}}},
           {"",
            R"("expected_status":["6xx","299-200","20"])",
            {{"/http/expected_status/0", "invalid_format"},
             {"/http/expected_status/1", "out_of_range"},
             {"/http/expected_status/2", "invalid_format"}}},
           {"", R"("headers":[{"name":"Content-Length","value":"1"}])", {{"/http/headers/0/name", "invalid_format"}}},
           {"", R"("headers":{"a":"b"})", {{"/http/headers", "wrong_type"}}},
           {"", R"("tls":{"ca_pem":"x"})", {{"/http/tls/ca_pem", "invalid_format"}}},
       }) {
    INFO(own << inner);
    CHECK(faults_of(create<monitor_spec>(http_body(own, inner))) == expected);
  }
}

TEST_CASE("lengths count characters, not bytes") {
  std::string name;
  for (int i = 0; i < 255; ++i)
    name += "é";
  CHECK(create<monitor_spec>(R"({"type":"heartbeat","heartbeat":{},"name":")" + name + "\"}"));
  CHECK(faults_of(create<monitor_spec>(R"({"type":"heartbeat","heartbeat":{},"name":")" + name + "é\"}")) ==
        faults{{"/name", "too_long"}});
}

TEST_CASE("settings that contradict each other are refused") {
  struct row {
    std::string own, inner;
    faults expected;
  };
  for (const auto& [own, inner, expected] : std::vector<row>{
           {R"("interval_seconds":10)", "", {{"/timeout_ms", "inconsistent"}}},
           {R"("interval_seconds":10,"timeout_ms":9999)", "", {}},
           {R"("degraded_after_ms":10000)", "", {{"/degraded_after_ms", "inconsistent"}}},
           {R"("interval_seconds":"x","timeout_ms":60000)", "", {{"/interval_seconds", "wrong_type"}}},
           {"",
            R"("auth":{"type":"basic"})",
            {{"/http/auth/password", "required"}, {"/http/auth/username", "required"}}},
           {"",
            R"("auth":{"type":"bearer","username":"u"})",
            {{"/http/auth/token", "required"}, {"/http/auth/username", "inconsistent"}}},
           {"", R"("auth":{"type":"none","token":"t"})", {{"/http/auth/token", "inconsistent"}}},
           {"",
            R"("auth":{"type":"basic","username":"a:b","password":""})",
            {{"/http/auth/username", "invalid_format"}}},
           {"",
            R"("auth":{"type":"bearer","token":"t"},"headers":[{"name":"authorization","value":"x"}])",
            {{"/http/headers", "inconsistent"}}},
           {"", R"("method":"HEAD","required_keyword":"x")", {{"/http/required_keyword", "inconsistent"}}},
       }) {
    INFO(own << inner);
    CHECK(faults_of(create<monitor_spec>(http_body(own, inner))) == expected);
  }
  CHECK(faults_of(create<monitor_spec>(
            R"({"name":"n","type":"heartbeat","heartbeat":{},"interval_seconds":30,"timeout_ms":100})")) ==
        faults{{"/interval_seconds", "inconsistent"}, {"/timeout_ms", "inconsistent"}});
  CHECK(faults_of(create<monitor_spec>(R"({"name":"n","type":"tcp","tcp":{"host":"h","port":1,"script":[{}]}})")) ==
        faults{{"/tcp/script/0", "required"}});
}

TEST_CASE("what is read-only cannot be set, even to what it is") {
  auto x = create<monitor_spec>(http_body(R"("id":"mon_00000000000000000000000000","status":"up","uptime_24h":null)"));
  CHECK(faults_of(x) == faults{{"/id", "read_only"}, {"/status", "read_only"}, {"/uptime_24h", "read_only"}});
}

TEST_CASE("channels are read, and their managed headers refused") {
  auto x = create<channel_spec>(R"({"name":"c","type":"webhook","events":["incident.resolved","incident.opened"],
    "webhook":{"url":"https://h.example/x","headers":[{"name":"X-A","value":"1"},{"name":"X-A","value":"2"}]}})");
  REQUIRE(x);
  CHECK(x->events == std::vector{event_type::incident_opened, event_type::incident_resolved});
  CHECK(x->target.as<webhook_target>().headers[1].value == "2");
  CHECK(faults_of(create<channel_spec>(R"({"name":"c","type":"webhook","secret":{},"events":["incident.open"],
    "webhook":{"url":"https://h.example","timeout_seconds":31,"headers":[{"name":"Host","value":"x"},
    {"name":"Webhook-Id","value":"x"},{"name":"X-Gochron-Signature-Previous","value":"x"}]}})")) ==
        faults{{"/events/0", "not_one_of"},
               {"/secret", "read_only"},
               {"/webhook/headers/0/name", "invalid_format"},
               {"/webhook/headers/1/name", "invalid_format"},
               {"/webhook/headers/2/name", "invalid_format"},
               {"/webhook/timeout_seconds", "out_of_range"}});
}

TEST_CASE("alert rules are read, their sets sorted, their channels in order") {
  auto x = create<alert_rule_spec>(R"({"name":"r","selector":{"tags":["b","a"]},
    "channel_ids":["chn_00000000000000000000000002","chn_00000000000000000000000001"]})");
  REQUIRE(x);
  CHECK(x->selector.tags == std::vector<std::string>{"a", "b"});
  CHECK(x->channel_ids[0].str() == "chn_00000000000000000000000002");
  CHECK(x->events == alert_rule_spec{}.events);
  CHECK(faults_of(create<alert_rule_spec>(R"({"name":"r","selector":{"tags":["a"]},"events":[],"severity":"fatal",
    "monitor_ids":["mon_00000000000000000000000001"],"channel_ids":["mon_00000000000000000000000001"]})")) ==
        faults{{"/channel_ids/0", "invalid_format"},
               {"/events", "too_few_items"},
               {"/selector", "inconsistent"},
               {"/severity", "not_one_of"}});
  CHECK(faults_of(create<alert_rule_spec>(R"({"name":"r","channel_ids":["chn_00000000000000000000000001",
    "chn_00000000000000000000000001"]})")) == faults{{"/channel_ids/1", "duplicate"}});
}

TEST_CASE("tokens are made of a name, scopes and an end") {
  auto x = read_body(*token_schema(),
                     R"({"name":"ci","scopes":["monitors:write","*:read"],"expires_at":"2027-01-31T12:00:00Z"})");
  REQUIRE(x);
  CHECK(x->scopes == std::vector<std::string>{"*:read", "monitors:write"});
  CHECK(faults_of(read_body(*token_schema(), R"({"name":"ci","scopes":["monitor:write"],"hint":"x"})")) ==
        faults{{"/hint", "read_only"}, {"/scopes/0", "not_one_of"}});
  CHECK(faults_of(read_body(*token_schema(), R"({"name":"ci","scopes":[],"expires_at":"tomorrow"})")) ==
        faults{{"/expires_at", "invalid_format"}, {"/scopes", "too_few_items"}});
}

TEST_CASE("bad JSON is malformed for every resource") {
  CHECK(create<monitor_spec>("{").error().code == errc::malformed);
  CHECK(create<channel_spec>(R"({"name":"a","name":"b"})").error().code == errc::malformed);
  CHECK(create<alert_rule_spec>("{\"name\":\"\xff\"}").error().code == errc::malformed);
  CHECK(read_body(*roll_request_schema(), "").error().code == errc::malformed);
}
