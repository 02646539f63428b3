#include "core/documents.hpp"

#include <catch2/catch.hpp>

#include "core/schema/resources.hpp"
#include "core/schema_random.hpp"

using namespace gochron;
using namespace gochron::core;

namespace {

template <class Spec>
void check_document(const Spec& x, result<Spec> (*read)(std::string_view, std::string_view)) {
  auto stored = to_document(x);
  INFO(stored.plain << "\n" << stored.secret);
  auto again = read(stored.plain, stored.secret);
  REQUIRE(again);
  CHECK(*again == x);
}

} // namespace

TEST_CASE("a stored document is read back as what was written") {
  test::random_specs make{20261123};
  for (int i = 0; i < 300; ++i) {
    check_document(make.monitor(), monitor_spec_of);
    check_document(make.channel(), channel_spec_of);
    check_document(make.alert_rule(), alert_rule_spec_of);
    check_document(make.schedule(), schedule_spec_of);
  }
}

TEST_CASE("sealed properties are in the sealed half of a document, and nowhere else") {
  monitor_spec x;
  x.name = std::string{"n"};
  http_check http;
  http.headers = {{"X-Key", "first-secret"}};
  http.body = "second-secret";
  http.auth = {auth_kind::basic, "user", "third-secret", std::nullopt};
  x.check = http;
  auto stored = to_document(x);
  CHECK(stored.plain.find("secret") == std::string::npos);
  CHECK(stored.plain.find("user") != std::string::npos);
  CHECK(stored.secret == R"({"http":{"headers":[{"name":"X-Key","value":"first-secret"}],"body":"second-secret",)"
                         R"("auth":{"password":"third-secret"}}})");
}

TEST_CASE("a document without secrets has an empty sealed half") {
  CHECK(to_document(monitor_spec{}).secret.empty());
  CHECK(to_document(channel_spec{}).secret.empty());
  CHECK(to_document(alert_rule_spec{}).secret.empty());
  CHECK(to_document(schedule_spec{}).secret.empty());
}

TEST_CASE("a document without a property that came later takes its default") {
  auto x = monitor_spec_of(R"({"type":"heartbeat","heartbeat":{"period_seconds":7}})", "");
  REQUIRE(x);
  CHECK(x->timeout == milliseconds{10000});
  CHECK(std::get<heartbeat_check>(x->check).period == seconds{7});
}

TEST_CASE("a bound that was tightened later does not make a document unreadable") {
  auto x = monitor_spec_of(
      R"({"name":"","type":"tcp","tcp":{"host":"not a host","port":0},"interval_seconds":1000000})", "");
  REQUIRE(x);
  CHECK(x->interval == seconds{1000000});
}

TEST_CASE("a document that this version cannot have written is refused") {
  CHECK(monitor_spec_of("{", "").error().code == errc::malformed);
  CHECK(monitor_spec_of("[]", "").error().code == errc::invalid);
  CHECK(monitor_spec_of(R"({"type":"carrier-pigeon"})", "").error().code == errc::invalid);
  CHECK(monitor_spec_of(R"({"type":"tcp","tcp":{"port":65536}})", "").error().code == errc::invalid);
  CHECK(monitor_spec_of(R"({"nmae":"x"})", "").error().code == errc::invalid);
  CHECK(monitor_spec_of(R"({"type":"http"})", R"({"tcp":{}})").error().code == errc::invalid);
  CHECK(channel_spec_of(R"({"id":"chn_00000000000000000000000000"})", "").error().code == errc::invalid);
}
