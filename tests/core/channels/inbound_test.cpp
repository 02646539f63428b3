#include "core/bytes.hpp"
#include "core/channels/slack_inbound.hpp"
#include "core/channels/twilio_inbound.hpp"
#include "support.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

// The example of https://docs.slack.dev/authentication/verifying-requests-from-slack
constexpr std::string_view slack_secret = "8f742231b10e8888abcd99yyyzzz85a5";
constexpr std::string_view slack_at = "1531420618";
constexpr std::string_view slack_body =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&"
    "user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
    "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
    "803a0bc887a14"
    "d10d2c447fce8b6703c";
constexpr std::string_view slack_mac = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
const timestamp slack_now{1'531'420'618s};

// The example of https://www.twilio.com/docs/usage/security
const form_fields twilio_fields{{"CallSid", "CA1234567890ABCDE"},
                                {"Caller", "+14158675309"},
                                {"Digits", "1234"},
                                {"From", "+14158675309"},
                                {"To", "+18005551212"}};

std::optional<sms_command> wanted(link_verb verb, std::optional<std::int64_t> number) {
  return sms_command{verb, number};
}

} // namespace

TEST_CASE("Slack's published example is from Slack, for five minutes around its time") {
  auto at = [](timestamp now) { return is_from_slack(slack_secret, slack_at, slack_mac, slack_body, now); };
  CHECK(at(slack_now));
  CHECK(at(slack_now + 5min));
  CHECK(at(slack_now - 5min));
  CHECK_FALSE(at(slack_now + 5min + 1s));
  CHECK_FALSE(at(slack_now - 5min - 1s));
}

TEST_CASE("what differs from what Slack signed is not from Slack") {
  auto check = [](std::string_view secret, std::string_view at, std::string_view mac, std::string_view body) {
    return is_from_slack(secret, at, mac, body, slack_now);
  };
  REQUIRE(check(slack_secret, slack_at, slack_mac, slack_body));
  CHECK_FALSE(check("other", slack_at, slack_mac, slack_body));
  CHECK_FALSE(check(slack_secret, "1531420619", slack_mac, slack_body));
  CHECK_FALSE(check(slack_secret, slack_at, slack_mac.substr(3), slack_body));
  CHECK_FALSE(check(slack_secret, slack_at, "", slack_body));
  CHECK_FALSE(check(slack_secret, slack_at, slack_mac, slack_body.substr(1)));
  CHECK_FALSE(check(slack_secret, slack_at, "v1=" + std::string{slack_mac.substr(3)}, slack_body));
}

TEST_CASE("a time that is none is not from Slack, however it is signed") {
  for (std::string_view at : {"", "soon", "-5", "1531420618.5", "99999999999999999999"}) {
    auto mac = "v0=" + to_hex(hmac_sha256(slack_secret, "v0:" + std::string{at} + ":x"));
    CHECK_FALSE(is_from_slack(slack_secret, at, mac, "x", slack_now));
  }
}

TEST_CASE("a button says who pressed it and what it was for") {
  auto x = read_slack_press(
      R"({"type":"block_actions","user":{"id":"U1","username":"ada","name":"ada.l"},)"
      R"("actions":[{"action_id":"acknowledge","block_id":"gochron","value":"tok","type":"button"}]})");
  REQUIRE(x);
  CHECK(x->user == "ada");
  CHECK(x->token == "tok");
  auto fallback = read_slack_press(R"({"type":"block_actions","user":{"id":"U1"},"actions":[]})");
  REQUIRE(fallback);
  CHECK(fallback->user == "U1");
}

TEST_CASE("what is no button of ours has no token") {
  for (auto text : {R"({"type":"block_actions","actions":[{"block_id":"other","value":"tok"}]})",
                    R"({"type":"view_submission","actions":[{"block_id":"gochron","value":"tok"}]})",
                    R"({"type":"block_actions","actions":[{"block_id":"gochron","value":"a"},{"block_id":"gochron"}]})",
                    R"({"type":"block_actions","actions":7,"user":[]})", R"({})", R"([])", R"("x")"}) {
    auto x = read_slack_press(text);
    REQUIRE(x);
    CHECK(x->token.empty());
  }
  CHECK_FALSE(read_slack_press("{"));
  CHECK_FALSE(read_slack_press(""));
}

TEST_CASE("a name that would be more than a line is one") {
  auto x = read_slack_press(R"({"user":{"username":"a\nb)" + many("x", 200) + R"("}})");
  REQUIRE(x);
  CHECK(x->user.starts_with("a bxx"));
  CHECK(x->user.size() < 90);
}

TEST_CASE("Twilio's published example has Twilio's signature, in whatever order its fields come") {
  constexpr auto url = "https://mycompany.com/myapp.php?foo=1&bar=2";
  CHECK(twilio_signature("12345", url, twilio_fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
  form_fields turned{twilio_fields.rbegin(), twilio_fields.rend()};
  CHECK(twilio_signature("12345", url, turned) == "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
  CHECK(twilio_signature("12345", "https://mycompany.com/myapp.php?foo=1", twilio_fields) !=
        "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
}

TEST_CASE("a carrier's words become a report") {
  auto said = [](std::string status, std::string code = {}) {
    return read_carrier_report({{"MessageSid", "SM1"}, {"MessageStatus", status}, {"ErrorCode", code}}, slack_now);
  };
  REQUIRE(said("delivered"));
  CHECK(said("delivered")->state == carrier_state::delivered);
  CHECK(said("delivered")->at == slack_now);
  CHECK(said("sent")->state == carrier_state::sent);
  CHECK(said("undelivered", "30003")->code == "30003");
  CHECK(said("failed", "<b>")->code.empty());
  CHECK(said("failed", "0")->code.empty());
  for (auto other : {"queued", "sending", "read", "", "x"})
    CHECK_FALSE(said(other));
  CHECK(read_carrier_report({{"SmsStatus", "failed"}}, slack_now)->state == carrier_state::failed);
}

TEST_CASE("an answer names an incident and what is to be done") {
  for (auto text : {"17a", "17A", " 17 a ", "#17a.", "17 ack", "ack 17", "Acknowledge #17!", "a17"})
    CHECK(read_sms_command(text) == wanted(link_verb::acknowledge, 17));
  for (auto text : {"17c", "close 17", "17 r", "Resolve 17"})
    CHECK(read_sms_command(text) == wanted(link_verb::resolve, 17));
  CHECK(read_sms_command("Ack") == wanted(link_verb::acknowledge, std::nullopt));
  CHECK(read_sms_command("resolve") == wanted(link_verb::resolve, std::nullopt));
}

TEST_CASE("what is no command does nothing") {
  for (const auto& text :
       {std::string{}, std::string{"17"}, std::string{"17a c"}, std::string{"17 18 a"}, std::string{"yes"},
        std::string{"0a"}, std::string{"-17a"}, std::string{"17x"}, std::string{"99999999999999999999a"},
        std::string{"on my way, ack 17"}, many("a", 300), std::string{"17\xc3\xa4"}, std::string{"a a"}})
    CHECK_FALSE(read_sms_command(text));
}

TEST_CASE("an answer in TwiML is XML whatever it says") {
  CHECK(twiml("a < b & \"c\"") ==
        R"(<?xml version="1.0" encoding="UTF-8"?><Response><Message>a &lt; b &amp; &quot;c&quot;)"
        "</Message></Response>");
  CHECK(twiml("") == R"(<?xml version="1.0" encoding="UTF-8"?><Response></Response>)");
}
