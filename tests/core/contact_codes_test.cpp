#include "core/contact_codes.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "core/channels/notice.hpp"
#include "core/event_body.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

constexpr timestamp t0{1'000'000s};

channel_record method() {
  channel_record x;
  x.id = channel_id::make(t0);
  x.spec.user = user_id::make(t0);
  x.secret.value = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  return x;
}

channel_record sent(channel_record x, const std::string& code, timestamp at) {
  x.proof = with_code(x, code, at);
  return x;
}

std::string wrong(const std::string& code) {
  return code == "000000" ? "000001" : "000000";
}

} // namespace

TEST_CASE("codes are six digits, and differ") {
  std::set<std::string> all;
  for (int i = 0; i < 200; ++i) {
    auto code = make_code();
    CHECK(code.size() == 6);
    CHECK(code.find_first_not_of("0123456789") == std::string::npos);
    all.insert(code);
  }
  CHECK(all.size() > 190);
}

TEST_CASE("the code that was sent verifies, and no trace of it is kept") {
  auto x = sent(method(), "123456", t0);
  CHECK(x.proof.code_digest.size() == 64);
  CHECK(x.proof.code_digest.find("123456") == std::string::npos);
  auto answer = answer_code(x, "123456", t0 + 9min);
  REQUIRE(answer);
  CHECK(answer->right);
  CHECK(answer->proof.verified_at == t0 + 9min);
  CHECK(answer->proof.code_digest.empty());
}

TEST_CASE("the digest is of one contact method and one key") {
  auto x = sent(method(), "123456", t0);
  auto other = x;
  other.id = channel_id::make(t0);
  CHECK(with_code(other, "123456", t0).code_digest != x.proof.code_digest);
  auto keyed = x;
  keyed.secret.value += "x";
  CHECK(with_code(keyed, "123456", t0).code_digest != x.proof.code_digest);
}

TEST_CASE("a code is good for ten minutes and no moment longer") {
  auto x = sent(method(), "123456", t0);
  CHECK(answer_code(x, "123456", t0 + 10min - 1ms)->right);
  CHECK(answer_code(x, "123456", t0 + 10min).error().code == errc::conflict);
  CHECK(answer_code(method(), "123456", t0).error().code == errc::conflict);
}

TEST_CASE("the fifth wrong try ends a code, even for who knows it") {
  auto x = sent(method(), "123456", t0);
  for (int left = 4; left >= 0; --left) {
    auto answer = answer_code(x, wrong("123456"), t0);
    REQUIRE(answer);
    CHECK_FALSE(answer->right);
    CHECK(answer->tries_left == left);
    x.proof = answer->proof;
  }
  CHECK(answer_code(x, "123456", t0).error().code == errc::conflict);
  x = sent(x, "654321", t0 + 1min);
  CHECK(answer_code(x, "654321", t0 + 1min)->right);
}

TEST_CASE("a newer code takes the place of the one before") {
  auto x = sent(sent(method(), "111111", t0), "222222", t0 + 1min);
  CHECK_FALSE(answer_code(x, "111111", t0 + 1min)->right);
  CHECK(answer_code(x, "222222", t0 + 1min)->right);
}

TEST_CASE("one code a minute and five an hour") {
  auto x = method();
  for (int i = 0; i < 5; ++i) {
    auto at = t0 + i * 1min;
    REQUIRE(may_send_code(x.proof, at));
    x = sent(x, "123456", at);
    auto early = may_send_code(x.proof, at + 59s);
    CHECK(early.error().code == errc::rate_limited);
    CHECK(early.error().retry_after >= 1s);
  }
  auto refused = may_send_code(x.proof, t0 + 10min);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().retry_after == 50min);
  CHECK(may_send_code(x.proof, t0 + 1h));
  x.proof.verified_at = t0;
  CHECK(may_send_code(x.proof, t0 + 3h).error().code == errc::conflict);
}

TEST_CASE("a code that a provider repeats is blacked out") {
  std::string said = R"({"body":"123456 is your gochron code","again":"123456"})";
  hide_code(said, "123456");
  CHECK(said == R"({"body":"****** is your gochron code","again":"******"})");
}

TEST_CASE("the message with a code begins with the code, what is kept has none") {
  auto x = method();
  x.spec.name = "Mobile";
  event e;
  e.id = event_id::make(t0);
  e.type = event_type::contact_method_verification;
  auto told = read_notice(render_verification(e, x, "123456", "http://g"));
  REQUIRE(told);
  CHECK(told->headline == "123456 is your gochron code");
  CHECK(told->summary.find("10 minutes") != std::string::npos);
  CHECK(told->link.empty());
  auto kept = render_verification(e, x, "", "http://g");
  CHECK(kept.find("\"code\":null") != std::string::npos);
  CHECK(kept.find(contact_method_of(x.id).str()) != std::string::npos);
  CHECK(kept.find("chn_") == std::string::npos);
}

TEST_CASE("tests and ends of a contact method are told to its user as theirs") {
  auto x = method();
  x.spec.name = "Mobile";
  event e;
  e.type = event_type::channel_test;
  CHECK(read_notice(render_channel_event(e, x, "", "http://g"))->headline == "Test of your contact method Mobile");
  e.type = event_type::channel_disabled;
  auto told = read_notice(render_channel_event(e, x, "gone", "http://g"));
  CHECK(told->headline == "Your contact method Mobile was disabled");
  CHECK(told->tone == tone::trouble);
}
