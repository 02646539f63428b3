#include <catch2/catch.hpp>

#include "core/schema/read_models.hpp"
#include "core/schema/resources.hpp"
#include "core/schema_random.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

template <class T>
std::string json_of(const object_schema<T>& schema, const T& x, const write_options& o = {}) {
  json_writer w;
  schema.write(x, w, o);
  return w.str();
}

json_value parsed(const std::string& json) {
  auto x = parse_json(json);
  INFO(json);
  REQUIRE(x);
  return *x;
}

// Every row of the table is in the JSON, in order, and nothing else; so for each object inside.
void check_complete(const json_value& x, const type_info& info, const std::string& path) {
  INFO(path);
  if (info.kind == json_kind::array && x.as<json_array>())
    for (const auto& item : *x.as<json_array>())
      check_complete(item, *info.items, path + "/-");
  if (info.kind != json_kind::object || x.is_null())
    return;
  const auto& members = *x.as<json_object>();
  REQUIRE(members.size() == info.properties.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    CHECK(members[i].name == info.properties[i].name);
    check_complete(members[i].value, *info.properties[i].type, path + "/" + members[i].name);
  }
}

template <class T>
void check_complete(const object_schema<T>& schema, const T& x) {
  check_complete(parsed(json_of(schema, x)), *schema.info(), schema.info()->component);
}

monitor_view heartbeat_view() {
  monitor_view x;
  x.record.id = *monitor_id::parse("mon_01h455vb4pex5vsknk084sn02q");
  x.record.spec.name = "backup";
  x.record.spec.check = heartbeat_check{};
  x.record.ping_token = "abc";
  return x;
}

} // namespace

TEST_CASE("every property is in every answer, unset as null") {
  test::random_specs make{9};
  for (int i = 0; i < 50; ++i) {
    monitor_view m;
    m.record.spec = make.monitor();
    check_complete(*monitor_schema(), m);
    channel_record c;
    c.spec = make.channel();
    check_complete(*channel_schema(), c);
    alert_rule_record r;
    r.spec = make.alert_rule();
    check_complete(*alert_rule_schema(), r);
    schedule_record s;
    s.spec = make.schedule();
    check_complete(*schedule_schema(), s);
  }
  check_complete(*incident_schema(), incident{});
  check_complete(*timeline_entry_schema(), timeline_entry{});
  check_complete(*status_change_schema(), status_change{});
  check_complete(*delivery_schema(), delivery{});
  check_complete(*delivery_attempt_schema(), delivery_attempt{});
  check_complete(*token_schema(), token_record{});
  check_complete(*created_token_schema(), created_token{});
  check_complete(*monitor_summary_schema(), monitor_summary{});
  check_complete(*availability_schema(), availability_report{{}, {}, {}, {availability_bucket{}}});
  check_result full;
  full.outcome.remote_ip = "192.0.2.1";
  full.outcome.http.emplace().headers = {{"A", "1"}, {"A", "2"}};
  full.ping_kind = "fail";
  check_complete(*check_result_schema(), full);
  check_complete(*check_result_schema(), check_result{});
}

TEST_CASE("secrets that are write-only are null in answers") {
  monitor_spec x;
  x.name = "n";
  std::get<http_check>(x.check).auth = {auth_kind::basic, "user", "hidden-1", "hidden-2"};
  std::get<http_check>(x.check).headers = {{"X-Key", "shown"}};
  monitor_view view;
  view.record.spec = x;
  auto json = json_of(*monitor_schema(), view);
  CHECK(json.find("hidden") == std::string::npos);
  CHECK(json.find(R"("password":null,"token":null)") != std::string::npos);
  CHECK(json.find("shown") != std::string::npos);
}

TEST_CASE("a webhook's secret is shown only when asked for") {
  channel_record x;
  x.secret.value = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  x.secret.previous = "whsec_older";
  auto hidden = json_of(*channel_schema(), x);
  CHECK(hidden.find("whsec_") == std::string::npos);
  CHECK(hidden.find(R"("secret":{"value":null,"version":1,"fingerprint":"96ad2ccd")") != std::string::npos);
  auto shown = json_of(*channel_schema(), x, {.show_secret = true});
  CHECK(shown.find(R"("value":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")") != std::string::npos);
  CHECK(shown.find("whsec_older") == std::string::npos);
}

TEST_CASE("a monitor shows what was observed apart from what was configured") {
  auto x = heartbeat_view();
  auto json = parsed(json_of(*monitor_schema(), x, {.base_url = "https://gochron.example"}));
  CHECK(*json.find("id")->as<std::string>() == "mon_01h455vb4pex5vsknk084sn02q");
  CHECK(*json.find("ping_url")->as<std::string>() == "https://gochron.example/ping/abc");
  CHECK(*json.find("type")->as<std::string>() == "heartbeat");
  CHECK(json.find("http")->is_null());
  CHECK(*json.find("heartbeat")->find("period_seconds")->as<std::int64_t>() == 86400);
  for (auto name :
       {"transition", "status_reason", "last_checked_at", "next_check_at", "open_incident_id", "uptime_24h"})
    CHECK(json.find(name)->is_null());
  x.runtime.state.transition = transition_kind::confirming_down;
  x.runtime.cause = {reason::missed_ping, "No ping."};
  x.uptime_24h = 99.93;
  json = parsed(json_of(*monitor_schema(), x));
  CHECK(*json.find("transition")->as<std::string>() == "confirming_down");
  CHECK(*json.find("status_reason")->find("code")->as<std::string>() == "missed_ping");
  CHECK(*json.find("uptime_24h")->as<double>() == 99.93);
}

TEST_CASE("a result is written as documented") {
  check_result x;
  x.monitor = *monitor_id::parse("mon_01h455vb4pex5vsknk084sn02q");
  x.round_at = x.scheduled_at = x.outcome.started_at = timestamp{1'700'000'000'000ms};
  x.lag = 2ms;
  x.outcome.verdict = verdict::down;
  x.outcome.reason = reason::connect_refused;
  x.outcome.message = "Connection refused.";
  x.outcome.response_time = 3ms;
  x.outcome.timings.dns = 1ms;
  x.outcome.remote_ip = "192.0.2.1";
  x.outcome.remote_port = 80;
  CHECK(json_of(*check_result_schema(), x) ==
        R"({"id":")" + result_id_of(x).str() +
            R"(","monitor_id":"mon_01h455vb4pex5vsknk084sn02q","round_at":"2023-11-14T22:13:20.000Z","region":"local",)"
            R"("attempt":1,"trigger":"schedule","scheduled_at":"2023-11-14T22:13:20.000Z",)"
            R"("started_at":"2023-11-14T22:13:20.000Z","lag_ms":2,"verdict":"down","reason":"connect_refused",)"
            R"("message":"Connection refused.","response_time_ms":3,"timings_ms":{"dns":1,"connect":null,"tls":null,)"
            R"("first_byte":null,"transfer":null},"remote":{"ip":"192.0.2.1","port":80},"http":null,"ping":null})");
}

TEST_CASE("a summary has every status, if with a count of zero") {
  monitor_summary x;
  x.by_status = {{monitor_status::up, 3}};
  x.total = 3;
  CHECK(json_of(*monitor_summary_schema(), x) ==
        R"({"by_status":{"pending":0,"up":3,"degraded":0,"down":0,"maintenance":0,"paused":0,"unknown":0},)"
        R"("total":3,"open_incidents":0})");
}
