#include "core/audit_entries.hpp"

#include <catch2/catch.hpp>

#include "core/audit_chain.hpp"
#include "core/bytes.hpp"

using namespace gochron;

namespace {

constexpr timestamp noon{std::chrono::seconds{1772366400}}; // 2026-03-01T12:00:00Z

monitor_record shop() {
  monitor_record x;
  x.id = *monitor_id::parse("mon_01jd9e6h6gf4g8w1q6v5q8z3ab");
  x.org = *org_id::parse("org_01jd9e6h6gf4g8w1q6v5q8z3ab");
  x.spec.name = "shop";
  http_check check;
  check.url = "https://shop.example/";
  check.headers = {{"Authorization", "Bearer hidden"}};
  check.auth = {auth_kind::bearer, {}, {}, "very secret"};
  x.spec.check = check;
  return x;
}

change_origin origin() {
  change_origin x;
  x.who = "token:tok_01jd9e6h6gf4g8w1q6v5q8z3ab";
  x.token = *token_id::parse("tok_01jd9e6h6gf4g8w1q6v5q8z3ab");
  x.reason = "https://git.example/pull/7";
  x.ip = "192.0.2.7";
  x.request_id = "r1";
  return x;
}

bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("an entry says who changed what, from which version to which, and why") {
  auto before = shop(), after = shop();
  after.version = 2;
  after.spec.interval = seconds{30};
  auto x = core::entry_of(origin(), audit_action::update, noon, &before, &after);
  CHECK(x.org == before.org);
  CHECK(x.at == noon);
  CHECK(x.actor == origin().who);
  CHECK(x.token == origin().token);
  CHECK(x.type == audited_resource::monitor);
  CHECK(x.resource == before.id.str());
  CHECK(x.version_from == 1);
  CHECK(x.version_to == 2);
  CHECK(x.patch == R"([{"op":"replace","path":"/interval_seconds","value":30}])");
  CHECK(x.reason == origin().reason);
  CHECK(x.ip == origin().ip);
  CHECK(x.request_id == origin().request_id);
}

TEST_CASE("what is new has no version before, and no secret in its patch") {
  auto x = shop();
  auto entry = core::entry_of(origin(), audit_action::create, noon, nullptr, &x);
  CHECK_FALSE(entry.version_from);
  CHECK(entry.version_to == 1);
  CHECK(has(entry.patch, R"([{"op":"replace","path":"","value":{)"));
  CHECK(has(entry.patch, R"("url":"https://shop.example/")"));
  CHECK_FALSE(has(entry.patch, "hidden"));
  CHECK_FALSE(has(entry.patch, "very secret"));
}

TEST_CASE("what is gone is told as it was, without its secrets") {
  auto x = shop();
  auto entry = core::entry_of(origin(), audit_action::remove, noon, &x, nullptr);
  CHECK(entry.version_from == 1);
  CHECK_FALSE(entry.version_to);
  CHECK(has(entry.patch, R"([{"op":"test","path":"","value":{"name":"shop")"));
  CHECK(has(entry.patch, R"({"op":"replace","path":"","value":null}])"));
  CHECK_FALSE(has(entry.patch, "secret\""));
}

TEST_CASE("a secret that changed is told as changed, and not as what") {
  auto before = shop(), after = shop();
  std::get<http_check>(after.spec.check).auth.token = "another secret";
  std::get<http_check>(after.spec.check).headers[0].value = "Bearer other";
  auto x = core::entry_of(origin(), audit_action::update, noon, &before, &after);
  CHECK(x.patch == R"([{"op":"replace","path":"/http/headers","value":null},)"
                   R"({"op":"replace","path":"/http/auth/token","value":null}])");
}

TEST_CASE("a rolled secret shows its version alone") {
  channel_record before, after;
  before.secret.value = "whsec_old";
  after.secret.value = "whsec_new";
  after.secret.version = 2;
  auto x = core::entry_of(origin(), audit_action::roll_secret, noon, &before, &after);
  CHECK(has(x.patch, R"({"op":"replace","path":"/secret/version","value":2})"));
  CHECK_FALSE(has(x.patch, "whsec"));
}

TEST_CASE("the hash of an entry can be computed by anybody who reads this") {
  auto before = shop(), after = shop();
  after.version = 2;
  after.spec.paused = true;
  auto x = core::entry_of(origin(), audit_action::update, noon, &before, &after);
  x.id = *audit_id::parse("aud_01jd9e6h6gf4g8w1q6v5q8z3ab");
  x.sequence = 7;
  CHECK(core::chained_text(x) ==
        R"([7,"org_01jd9e6h6gf4g8w1q6v5q8z3ab","aud_01jd9e6h6gf4g8w1q6v5q8z3ab","2026-03-01T12:00:00.000Z",)"
        R"("token:tok_01jd9e6h6gf4g8w1q6v5q8z3ab","tok_01jd9e6h6gf4g8w1q6v5q8z3ab","update","monitor",)"
        R"("mon_01jd9e6h6gf4g8w1q6v5q8z3ab",1,2,"[{\"op\":\"replace\",\"path\":\"/paused\",\"value\":true}]",)"
        R"("https://git.example/pull/7","192.0.2.7","r1"])");
  sha256_digest zeroes{};
  CHECK(core::chained_hash(zeroes, x) == core::sha256(std::string(32, '\0') + core::chained_text(x)));
  auto other = x;
  other.actor = "system";
  CHECK(core::chained_hash(zeroes, other) != core::chained_hash(zeroes, x));
  sha256_digest ones{};
  ones.fill(1);
  CHECK(core::chained_hash(ones, x) != core::chained_hash(zeroes, x));
}
