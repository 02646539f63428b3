#include <catch2/catch.hpp>

#include "core/schema/resources.hpp"
#include "core/schema_random.hpp"
#include "core/schema_support.hpp"

using namespace gochron;
using namespace gochron::core;
using test::faults;
using test::faults_of;

namespace {

monitor_spec present() {
  auto x = create<monitor_spec>(R"({"name":"n","description":"d","type":"http","interval_seconds":120,"tags":["a","b"],
    "retry":{"count":3,"delay_seconds":5},"degraded_after_ms":500,"http":{"url":"http://a.example","method":"POST",
    "auth":{"type":"basic","username":"u","password":"p"},"headers":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}})");
  REQUIRE(x);
  return *x;
}

const http_check& http_of(const monitor_spec& x) {
  return std::get<http_check>(x.check);
}

// What a client sends back: the writable part of what it got, with the secrets that it never gets.
template <class Spec>
std::string body_of(const object_schema<Spec>& schema, const Spec& x) {
  json_writer w;
  schema.write(x, w, {.to = audience::whole});
  return w.str();
}

} // namespace

TEST_CASE("what is written is read back as the same spec") {
  test::random_specs make{7};
  for (int i = 0; i < 300; ++i) {
    auto monitor = make.monitor();
    auto json = body_of(*monitor_spec_schema(), monitor);
    INFO(json);
    auto again = create<monitor_spec>(json);
    CHECK(faults_of(again) == faults{});
    REQUIRE(again);
    CHECK(*again == monitor);
    auto channel = make.channel();
    CHECK(create<channel_spec>(body_of(*channel_spec_schema(), channel)).value() == channel);
    auto rule = make.alert_rule();
    CHECK(create<alert_rule_spec>(body_of(*alert_rule_spec_schema(), rule)).value() == rule);
    auto schedule = make.schedule();
    CHECK(create<schedule_spec>(body_of(*schedule_spec_schema(), schedule)).value() == schedule);
  }
}

TEST_CASE("an empty patch changes nothing, whatever there is") {
  test::random_specs make{8};
  for (int i = 0; i < 200; ++i) {
    auto x = make.monitor();
    auto patched = merge(x, "{}");
    REQUIRE(patched);
    CHECK(*patched == x);
  }
}

TEST_CASE("a patch keeps what is absent, resets what is null, merges objects and replaces arrays") {
  auto before = present();
  auto x = merge(before, R"({"description":null,"interval_seconds":null,"tags":["c"],"retry":{"count":1},
    "http":{"method":"PUT","headers":[{"name":"C","value":"3"}],"auth":{"username":"v"}}})");
  CHECK(faults_of(x) == faults{});
  REQUIRE(x);
  auto wanted = before;
  wanted.description.reset();
  wanted.interval = seconds{60};
  wanted.tags = {"c"};
  wanted.retry.count = 1;
  auto& http = std::get<http_check>(wanted.check);
  http.method = "PUT";
  http.headers = {{"C", "3"}};
  http.auth.username = "v";
  CHECK(*x == wanted);
}

TEST_CASE("a patch resets a whole object to its default") {
  auto x = merge(present(), R"({"retry":null,"http":{"auth":null,"tls":null}})");
  REQUIRE(x);
  CHECK(x->retry == retry_policy{});
  CHECK(http_of(*x).auth == http_auth{});
}

TEST_CASE("a patch is held to the rules of the whole") {
  CHECK(faults_of(merge(present(), R"({"interval_seconds":5})")) == faults{{"/timeout_ms", "inconsistent"}});
  CHECK(faults_of(merge(present(), R"({"http":{"auth":{"password":null}}})")) ==
        faults{{"/http/auth/password", "required"}});
  CHECK(faults_of(merge(present(), R"({"name":null,"http":{"url":null}})")) ==
        faults{{"/http/url", "required"}, {"/name", "required"}});
  CHECK(faults_of(merge(present(), R"({"http":null})")) == faults{{"/http", "required"}});
  CHECK(faults_of(merge(present(), R"({"tcp":{"host":"h","port":1}})")) == faults{{"/tcp", "inconsistent"}});
  CHECK(faults_of(merge(present(), R"({"status":"up","bogus":1})")) ==
        faults{{"/bogus", "unknown_property"}, {"/status", "read_only"}});
  CHECK(faults_of(merge(present(), R"({"http":{"headers":[{"name":"A"}]}})")) ==
        faults{{"/http/headers/0/value", "required"}});
  CHECK(faults_of(merge(present(), "[]")) == faults{{"", "wrong_type"}});
}

TEST_CASE("the type of a monitor never changes") {
  CHECK(merge(present(), R"({"type":"http"})"));
  CHECK(faults_of(merge(present(), R"({"type":"tcp"})")) == faults{{"/type", "immutable"}});
  CHECK(faults_of(replace(present(), R"({"name":"n","type":"heartbeat","heartbeat":{}})")) ==
        faults{{"/type", "immutable"}});
  CHECK(faults_of(replace(present(), R"({"name":"n","heartbeat":{}})")) == faults{{"/type", "required"}});
}

TEST_CASE("a replacement takes the default of what is absent, secrets included") {
  auto x = replace(present(), R"({"name":"m","type":"http","http":{"url":"http://b.example"}})");
  REQUIRE(x);
  monitor_spec wanted;
  wanted.name = "m";
  std::get<http_check>(wanted.check).url = "http://b.example";
  CHECK(*x == wanted);
  CHECK(faults_of(replace(present(), R"({"name":"m","type":"http","http":{"url":"http://b.example",
    "auth":{"type":"basic","username":"u","password":null}}})")) == faults{{"/http/auth/password", "required"}});
}

TEST_CASE("a damaged body is read or refused, and what is read is written and read the same") {
  test::random_specs make{10};
  std::mt19937 chance{11};
  auto pick = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(chance); };
  constexpr std::string_view pieces = "{}[]\",:0-9.eE\\u\x01\xff tnf";
  int read = 0;
  for (int i = 0; i < 3000; ++i) {
    auto json = body_of(*monitor_spec_schema(), make.monitor());
    for (auto n = 1 + pick(3); n > 0; --n)
      json[pick(json.size())] = pieces[pick(pieces.size())];
    auto x = create<monitor_spec>(json);
    if (!x) {
      CHECK((x.error().code == errc::malformed || x.error().code == errc::invalid));
      continue;
    }
    ++read;
    CHECK(create<monitor_spec>(body_of(*monitor_spec_schema(), *x)).value() == *x);
  }
  CHECK(read > 0);
}
