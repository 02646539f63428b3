#include "core/webhook_signature.hpp"

#include <catch2/catch.hpp>

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

constexpr timestamp now{1'614'265'330'999ms};
constexpr auto published_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr auto published_id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr auto published_body = R"({"test": 2432232314})";

std::string header(const std::vector<name_value>& xs, std::string_view name) {
  for (const auto& x : xs)
    if (x.name == name)
      return x.value;
  return "absent";
}

} // namespace

TEST_CASE("GitHub's published vector is reproduced") {
  CHECK(github_signature("It's a Secret to Everybody", "Hello, World!") ==
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
}

TEST_CASE("Standard Webhooks' published vector is reproduced") {
  CHECK(standard_signature(published_secret, published_id, 1614265330, published_body) ==
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("a signer that is used again signs every body as if it were its first") {
  auto rolled = roll(make_webhook_secret(now), 1h, now);
  auto signer = webhook_signer::of(rolled);
  REQUIRE(signer);
  for (auto n : {0, 1, 63, 64, 65, 1400, 100'000}) {
    std::string body(static_cast<std::size_t>(n), 'x');
    for (auto t : {now, timestamp{now + 2h}}) {
      auto signed_now = signer->headers("evt_1", body, t);
      CHECK(signed_now == *signature_headers(rolled, "evt_1", body, t));
      CHECK(header(signed_now, "X-Gochron-Signature") == github_signature(rolled.value, body));
      auto standard =
          *standard_signature(rolled.value, "evt_1", std::chrono::floor<seconds>(t).time_since_epoch().count(), body);
      CHECK(header(signed_now, "webhook-signature").starts_with(standard));
    }
  }
}

TEST_CASE("a secret that is no secret is an error, never a signature") {
  for (auto bad :
       {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!!", "whsec_MfK", "WHSEC_MfKQ", "whsec_MfKQ MfKQ"}) {
    auto signature = standard_signature(bad, "id", 1, "body");
    REQUIRE_FALSE(signature);
    CHECK(signature.error().code == errc::invalid);
    webhook_secret secret{bad, 1, now, {}, std::nullopt};
    CHECK_FALSE(signature_headers(secret, "id", "body", now));
    secret = {published_secret, 2, now, bad, now + 1h};
    CHECK(signature_headers(secret, "id", "body", now).has_value() == (std::string_view{bad} == ""));
  }
}

TEST_CASE("an attempt carries both schemes, stamped with its own second") {
  webhook_secret secret{published_secret, 1, now, {}, std::nullopt};
  auto headers = signature_headers(secret, published_id, published_body, now);
  REQUIRE(headers);
  CHECK(headers->size() == 4);
  CHECK(header(*headers, "X-Gochron-Signature") == github_signature(published_secret, published_body));
  CHECK(header(*headers, "webhook-id") == published_id);
  CHECK(header(*headers, "webhook-timestamp") == "1614265330");
  CHECK(header(*headers, "webhook-signature") == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("a rolled secret signs beside the previous one until the overlap ends") {
  auto first = make_webhook_secret(now);
  CHECK(first.version == 1);
  CHECK(first.created_at == now);
  auto second = roll(first, 3600s, now + 5s);
  CHECK(second.version == 2);
  CHECK(second.created_at == now + 5s);
  CHECK(second.value != first.value);
  CHECK(second.previous == first.value);
  CHECK(second.previous_expires_at == now + 3605s);

  auto during = signature_headers(second, "evt_1", "{}", now + 3605s - 1ms);
  REQUIRE(during);
  CHECK(header(*during, "X-Gochron-Signature") == github_signature(second.value, "{}"));
  CHECK(header(*during, "X-Gochron-Signature-Previous") == github_signature(first.value, "{}"));
  auto unix_seconds = std::stoll(header(*during, "webhook-timestamp"));
  CHECK(header(*during, "webhook-signature") == *standard_signature(second.value, "evt_1", unix_seconds, "{}") + " " +
                                                    *standard_signature(first.value, "evt_1", unix_seconds, "{}"));

  auto after = signature_headers(second, "evt_1", "{}", now + 3605s);
  REQUIRE(after);
  CHECK(header(*after, "X-Gochron-Signature-Previous") == "absent");
  CHECK(header(*after, "webhook-signature").find(' ') == std::string::npos);
}

TEST_CASE("a roll without overlap forgets the previous secret at once") {
  auto second = roll(make_webhook_secret(now), 0s, now);
  CHECK(second.previous.empty());
  CHECK_FALSE(second.previous_expires_at);
  auto third = roll(roll(make_webhook_secret(now), 60s, now), 60s, now + 1s);
  CHECK(third.version == 3);
  CHECK(signature_headers(third, "evt_1", "{}", now + 2s)->size() == 5);
}

TEST_CASE("fresh secrets are whsec_ and 32 bytes, each its own") {
  auto a = make_webhook_secret(now).value, b = make_webhook_secret(now).value;
  CHECK(a != b);
  CHECK(a.starts_with("whsec_"));
  CHECK(a.size() == 6 + 44);
  CHECK(fingerprint(a).size() == 16);
  CHECK(fingerprint(a) == fingerprint(a));
  CHECK(fingerprint(a) != fingerprint(b));
}
