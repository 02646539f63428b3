#include <catch2/catch.hpp>

#include "core/inbound/formats.hpp"
#include "core/inbound/parse.hpp"

using namespace gochron;
using namespace gochron::core;

namespace {

incident_signal one(std::string_view body) {
  auto all = parse_signals(body);
  REQUIRE(all);
  REQUIRE(all->size() == 1);
  return all->front();
}

std::vector<std::string> pointers(std::string_view body) {
  auto all = parse_signals(body);
  REQUIRE_FALSE(all);
  CHECK(all.error().code == errc::invalid);
  std::vector<std::string> found;
  for (const auto& v : all.error().violations)
    found.push_back(v.pointer);
  return found;
}

} // namespace

TEST_CASE("times of others are read with any fraction and offset") {
  auto noon = timestamp{std::chrono::milliseconds{1769860800000}};
  CHECK(inbound::time_of("2026-01-31T12:00:00Z") == noon);
  CHECK(inbound::time_of("2026-01-31T12:00:00.123456789Z") == noon + milliseconds{123});
  CHECK(inbound::time_of("2026-01-31T12:00:00.5Z") == noon + milliseconds{500});
  CHECK(inbound::time_of("2026-01-31T13:30:00+01:30") == noon);
  CHECK(inbound::time_of("2026-01-31T07:00:00.250-05:00") == noon + milliseconds{250});
  for (auto wrong : {"", "now", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31T12:00:00+1:00", "2026-13-31T12:00:00Z",
                     "2026-01-31T12:00:00.Z5"})
    CHECK_FALSE(inbound::time_of(wrong));
}

TEST_CASE("what is too long is cut at a character") {
  CHECK(inbound::shortened("abc", 3) == "abc");
  CHECK(inbound::shortened("abcd", 3) == "ab\u2026");
  CHECK(inbound::shortened("\u00fc\u00fc\u00fc\u00fc", 3) == "\u00fc\u00fc\u2026");
  CHECK(inbound::one_line(" a\n\tb\x7f ", 10) == "a b");
}

TEST_CASE("words for severities are understood whatever their case") {
  CHECK(inbound::severity_named("Critical") == severity::critical);
  CHECK(inbound::severity_named("page") == severity::critical);
  CHECK(inbound::severity_named("warning") == severity::warning);
  CHECK_FALSE(inbound::severity_named("purple"));
}

TEST_CASE("our own format is read strictly") {
  auto x = one(R"({"title":"t","dedup_key":"k","severity":"error","message":"m","details":{"a":[1,{"b":null}]}})");
  CHECK(x.verb == signal_verb::trigger);
  CHECK(x.title == "t");
  CHECK(x.dedup_key == "k");
  CHECK(x.severity == severity::error);
  CHECK(x.details == R"({"a":[1,{"b":null}]})");
  CHECK(one(R"({"action":"resolve","dedup_key":"k"})").verb == signal_verb::resolve);
  CHECK(pointers("{}") == std::vector<std::string>{"/title"});
  CHECK(pointers(R"({"action":"acknowledge"})") == std::vector<std::string>{"/dedup_key"});
  CHECK(pointers(R"({"titel":"t","severity":"bad"})").size() >= 2);
  CHECK(parse_signals("[").error().code == errc::malformed);
  CHECK_FALSE(parse_signals("[]"));
}

TEST_CASE("an Alertmanager group is a signal for each alert") {
  auto all = parse_signals(R"({"version":"4","groupKey":"g","externalURL":"http://am","alerts":[
    {"status":"firing","labels":{"alertname":"Disk","instance":"db","severity":"page"},
     "annotations":{"summary":"Disk\nfull","runbook_url":"https://wiki/x"},"startsAt":"2026-01-31T12:00:00.5Z",
     "generatorURL":"http://p","fingerprint":"f1"},
    {"status":"resolved","labels":{"alertname":"Net","instance":"db"},"annotations":{"message":"m"}}]})");
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  const auto& disk = all->front();
  CHECK(disk.title == "Disk full");
  CHECK(disk.dedup_key == "f1");
  CHECK(disk.severity == severity::critical);
  CHECK(disk.runbook_url == "https://wiki/x");
  CHECK(disk.details.find(R"("labels":{"alertname":"Disk")") != std::string::npos);
  CHECK(disk.details.find("http://am") != std::string::npos);
  const auto& net = all->back();
  CHECK(net.verb == signal_verb::resolve);
  CHECK(net.title == "Net (db)");
  CHECK(net.message.empty());        // what was wrong is not how it ended
  CHECK(net.dedup_key.size() == 64); // of its labels
  CHECK_FALSE(net.severity);
}

TEST_CASE("what is no Alertmanager group of version 4 is refused with all that is wrong") {
  CHECK(pointers(R"({"alerts":{},"version":"3"})") == std::vector<std::string>{"/alerts", "/version"});
  CHECK(pointers(R"({"alerts":[{"status":"on fire"}],"version":"4"})") ==
        std::vector<std::string>{"/alerts/0/labels", "/alerts/0/status"});
  std::string many = R"({"version":"4","alerts":[)";
  for (int i = 0; i < 1001; ++i)
    many += i ? ",{}" : "{}";
  CHECK(pointers(many + "]}") == std::vector<std::string>{"/alerts"});
}

TEST_CASE("details that are too large lose members, and say so") {
  std::string big(17'000, 'x');
  auto x =
      one(R"({"event_action":"trigger","payload":{"summary":"s","source":"db","custom_details":")" + big + R"("}})");
  CHECK(x.details == R"({"source":"db","truncated":true})");
}

TEST_CASE("a PagerDuty event is read as its clients mean it") {
  auto x = one(R"({"routing_key":"r","event_action":"trigger","dedup_key":"k","links":[{"href":"javascript:x"},
    {"href":"https://link/"}],"payload":{"summary":"s","source":"db","severity":"critical"}})");
  CHECK(x.title == "s");
  CHECK(x.message == "Source: db");
  CHECK(x.runbook_url == "https://link/");
  CHECK(one(R"({"event_action":"resolve","dedup_key":"k"})").verb == signal_verb::resolve);
  CHECK(pointers(R"({"event_action":"trigger"})") == std::vector<std::string>{"/payload/summary"});
  CHECK(pointers(R"({"event_action":"acknowledge"})") == std::vector<std::string>{"/dedup_key"});
  CHECK(pointers(R"({"event_action":"explode"})") == std::vector<std::string>{"/event_action"});
}
