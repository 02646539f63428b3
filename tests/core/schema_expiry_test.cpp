#include <catch2/catch.hpp>

#include "core/documents.hpp"
#include "core/names.hpp"
#include "core/schema/read_models.hpp"
#include "core/schema/resources.hpp"
#include "core/schema_support.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;
using test::faults;
using test::faults_of;

namespace {

constexpr timestamp now{1'700'000'000'000ms}; // 2023-11-14T22:13:20Z

std::string body(const std::string& more) {
  return R"({"name":"n","type":"http","http":{"url":"http://a.example"},)" + more + "}";
}

std::string shown(const monitor_spec& x) {
  monitor_view v;
  v.record.spec = x;
  json_writer w;
  monitor_schema()->write(v, w, {});
  return w.str();
}

} // namespace

TEST_CASE("a ttl is another way to write the end, and is not shown again") {
  auto x = create<monitor_spec>(body(R"("ttl_seconds":90)"), now);
  REQUIRE(x);
  CHECK(*x->expires_at == now + 90s);
  CHECK(shown(*x).find(R"("ttl_seconds":null)") != std::string::npos);
  CHECK(shown(*x).find(R"("expires_at":"2023-11-14T22:14:50.000Z")") != std::string::npos);
  CHECK(*merge(*x, R"({"ttl_seconds":60})", now + 1h)->expires_at == now + 1h + 60s);
  CHECK(*replace(*x, body(R"("ttl_seconds":60,"expires_at":null)"), now)->expires_at == now + 60s);
}

TEST_CASE("null in a ttl does nothing, null in the end takes it away") {
  auto x = create<monitor_spec>(body(R"("expires_at":"2023-11-15T00:00:00Z","ttl_seconds":null)"), now);
  REQUIRE(x);
  CHECK(*merge(*x, R"({"ttl_seconds":null})", now)->expires_at == *x->expires_at);
  CHECK_FALSE(merge(*x, R"({"expires_at":null})", now)->expires_at);
  CHECK_FALSE(replace(*x, body(R"("paused":true)"), now)->expires_at);
  CHECK(*merge(*x, R"({"paused":true})", now + 24h * 365)->expires_at == *x->expires_at); // what is kept is not judged
}

TEST_CASE("an end that is past, or said twice, is refused with all else that is wrong") {
  auto of = [](const std::string& more) { return faults_of(create<monitor_spec>(body(more), now)); };
  CHECK(of(R"("expires_at":"2023-11-14T22:13:20Z")") == faults{{"/expires_at", "out_of_range"}});
  CHECK(of(R"("expires_at":"soon")") == faults{{"/expires_at", "invalid_format"}});
  CHECK(of(R"("ttl_seconds":0)") == faults{{"/ttl_seconds", "out_of_range"}});
  CHECK(of(R"("ttl_seconds":2592001)") == faults{{"/ttl_seconds", "out_of_range"}});
  CHECK(of(R"("ttl_seconds":60,"expires_at":"2024-01-01T00:00:00Z")") == faults{{"/ttl_seconds", "inconsistent"}});
  CHECK(of(R"("ttl_seconds":60,"expires_at":"2020-01-01T00:00:00Z","tags":7)") ==
        faults{{"/expires_at", "out_of_range"}, {"/tags", "wrong_type"}, {"/ttl_seconds", "inconsistent"}});
  CHECK(faults_of(create<monitor_spec>(body(R"("ttl_seconds":60)"))) == faults{{"/ttl_seconds", "inconsistent"}});
}

TEST_CASE("a stored end reads whenever that was, and its ttl is nowhere in the document") {
  auto x = create<monitor_spec>(body(R"("ttl_seconds":1)"), now);
  REQUIRE(x);
  auto document = to_document(*x);
  CHECK(document.plain.find("ttl_seconds") == std::string::npos);
  CHECK(document.secret.empty());
  CHECK(monitor_spec_of(document.plain, "").value() == *x);
}

TEST_CASE("each type of monitor has a schema that stands alone") {
  auto all = monitor_types();
  REQUIRE(all.size() == names_of<monitor_type>().size());
  for (auto& x : all) {
    INFO(x.schema);
    auto parsed = parse_json(x.schema);
    REQUIRE(parsed);
    CHECK(x.schema.find("#/components/") == std::string::npos);
    auto own = parsed->find("$ref")->as<std::string>()->substr(std::string{"#/$defs/"}.size());
    REQUIRE(parsed->find("$defs")->find(own));
    CHECK(parsed->find("$defs")->find(own)->find("properties"));
  }
}
