#include "core/bytes.hpp"
#include "support.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

constexpr auto pagerduty = R"({"routing_key":"0123456789abcdef0123456789abcdef"})";
constexpr auto opsgenie = R"({"api_key":"k-1","base_url":"https://api.eu.opsgenie.example"})";
constexpr auto sms = R"({"account_sid":"AC0123456789abcdef0123456789abcdef","auth_token":"secret-7",)"
                     R"("from":"+15005550006","to":"+15558675310","base_url":"http://twilio.test"})";
constexpr auto pushover = R"({"app_token":"azGDORePK8gMaC0QOYAMyEEuzJnyUi",)"
                          R"("user_key":"uQiRzpo4DXghDmr9QzzfQu27cmVRsG","emergency":true})";

std::size_t points(std::string_view x) {
  std::size_t n = 0;
  for (char c : x)
    n += (static_cast<unsigned char>(c) & 0xc0) == 0x80 ? 0 : 1;
  return n;
}

std::string field(const std::string& body, const std::string& name) {
  auto at = ("&" + body).find("&" + name + "=");
  REQUIRE(at != std::string::npos);
  auto rest = ("&" + body).substr(at + name.size() + 2);
  std::string out;
  for (std::size_t i = 0; i < rest.size() && rest[i] != '&'; ++i)
    if (rest[i] == '%') {
      out += static_cast<char>(std::stoi(rest.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else
      out += rest[i] == '+' ? ' ' : rest[i];
  return out;
}

} // namespace

TEST_CASE("PagerDuty is told to trigger, acknowledge and resolve under one key") {
  story x{"pagerduty", pagerduty};
  CHECK(x.post().url == "https://events.pagerduty.com/v2/enqueue");
  auto body = x.body();
  CHECK(text_at(body, "routing_key") == "0123456789abcdef0123456789abcdef");
  CHECK(text_at(body, "event_action") == "trigger");
  CHECK(text_at(body, "dedup_key") == "inc_01h455vb4pex5vsknk084sn02r");
  CHECK(text_at(body, "payload", "summary") == "API is down: connection refused");
  CHECK(text_at(body, "payload", "severity") == "critical");
  CHECK(text_at(body, "payload", "source") == "API");
  CHECK(text_at(body, "payload", "timestamp") == "2023-11-14T22:13:20.000Z");
  CHECK(text_at(body, "payload", "class") == "connect_refused");
  CHECK(at(body, "links").as<json_array>()->empty());
  auto taken = story{"pagerduty", pagerduty}.acknowledged().body();
  CHECK(text_at(taken, "event_action") == "acknowledge");
  CHECK(text_at(taken, "dedup_key") == text_at(body, "dedup_key"));
  CHECK_FALSE(taken.find("payload"));
  CHECK(text_at(story{"pagerduty", pagerduty}.resolved().body(), "event_action") == "resolve");
}

TEST_CASE("PagerDuty's summary has at most 1,024 characters, and a test wakes nobody") {
  story x{"pagerduty", pagerduty};
  x.about.title = many("€", 2000);
  CHECK(points(text_at(x.body(), "payload", "summary")) == 1024);
  auto sample = std::get<webhook_post>(x.sample());
  CHECK(sample.url == "https://events.pagerduty.com/v2/change/enqueue");
  auto body = story::parsed(*sample.body);
  CHECK_FALSE(body.find("event_action"));
  CHECK(text_at(body, "payload", "summary") == "Test of the channel Ops");
}

TEST_CASE("PagerDuty's answers") {
  using enum delivery_outcome;
  CHECK(judged(channel_type::pagerduty, 202, R"({"status":"success","message":"Event processed","dedup_key":"k"})")
            .outcome == succeeded);
  auto bad =
      judged(channel_type::pagerduty, 400,
             R"({"status":"invalid event","message":"Event object is invalid","errors":["'routing_key' is wrong"]})");
  CHECK(bad.outcome == refused);
  CHECK(bad.message == "The receiver said: Event object is invalid 'routing_key' is wrong");
  CHECK(judged(channel_type::pagerduty, 429).outcome == retry);
  CHECK(judged(channel_type::pagerduty, 500).outcome == retry);
}

TEST_CASE("Opsgenie's alert is created, acknowledged and closed by its alias") {
  story x{"opsgenie", opsgenie};
  auto post = x.post();
  CHECK(post.url == "https://api.eu.opsgenie.example/v2/alerts");
  CHECK(header_of(post, "Authorization") == "GenieKey k-1");
  auto body = x.body();
  CHECK(text_at(body, "message") == "API is down: connection refused");
  CHECK(text_at(body, "alias") == "inc_01h455vb4pex5vsknk084sn02r");
  CHECK(text_at(body, "priority") == "P1");
  CHECK(text_at(body, "tags", 0) == "env:prod");
  CHECK(story{"opsgenie", opsgenie}.acknowledged().post().url ==
        "https://api.eu.opsgenie.example/v2/alerts/inc_01h455vb4pex5vsknk084sn02r/acknowledge?identifierType=alias");
  CHECK(story{"opsgenie", opsgenie}.resolved().post().url ==
        "https://api.eu.opsgenie.example/v2/alerts/inc_01h455vb4pex5vsknk084sn02r/close?identifierType=alias");
  CHECK(text_at(story{"opsgenie", opsgenie}.acknowledged().body(), "user") == "token:night");
}

TEST_CASE("Opsgenie's limits hold") {
  story x{"opsgenie", opsgenie};
  x.about.title = many("é", 300);
  x.about.cause.message = many("c", 20000);
  x.monitor.spec.description = many("d", 4096);
  x.monitor.spec.tags.clear();
  for (int i = 0; i < 50; ++i)
    x.monitor.spec.tags.push_back("t" + std::to_string(i) + many("x", 100));
  auto body = x.body();
  CHECK(points(text_at(body, "message")) == 130);
  CHECK(points(text_at(body, "description")) <= 15000);
  CHECK(at(body, "tags").as<json_array>()->size() == 20);
  CHECK(points(text_at(body, "tags", 19)) == 50);
  std::size_t details = 0;
  for (const auto& m : *at(body, "details").as<json_object>())
    details += m.name.size() + points(*m.value.as<std::string>());
  CHECK(details <= 8000);
  CHECK(judged(channel_type::opsgenie, 202).outcome == delivery_outcome::succeeded);
  CHECK(judged(channel_type::opsgenie, 401, R"({"message":"Key format is not valid!"})").outcome ==
        delivery_outcome::refused);
  CHECK(judged(channel_type::opsgenie, 429).outcome == delivery_outcome::retry);
  CHECK(judged(channel_type::opsgenie, 503).outcome == delivery_outcome::retry);
}

TEST_CASE("a text message goes to Twilio as a form with basic authorisation") {
  story x{"sms", sms};
  auto post = x.post();
  CHECK(post.url == "http://twilio.test/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json");
  CHECK(header_of(post, "Content-Type") == "application/x-www-form-urlencoded");
  CHECK(header_of(post, "Authorization") ==
        "Basic " + to_base64(octets("AC0123456789abcdef0123456789abcdef:secret-7")));
  CHECK(field(*post.body, "To") == "+15558675310");
  CHECK(field(*post.body, "From") == "+15005550006");
  CHECK(field(*post.body, "Body") == "API is down: connection refused\nConnection refused.");
}

TEST_CASE("a text message is cut before its link, never within a character") {
  story x{"sms", sms};
  x.options.public_url = "https://g.example";
  x.about.title = many("😀", 500);
  auto text = field(*x.post().body, "Body");
  CHECK(points(text) <= 201);
  CHECK(text.find("…\n") != std::string::npos);
  CHECK(text.find("\nhttps://g.example/a/") == text.size() - 65);
}

TEST_CASE("Twilio's answers") {
  using enum delivery_outcome;
  CHECK(judged(channel_type::sms, 201, R"({"sid":"SM1","status":"queued"})").outcome == succeeded);
  auto bad = judged(channel_type::sms, 400, R"({"code":21211,"message":"Invalid 'To' Phone Number","status":400})");
  CHECK(bad.outcome == refused);
  CHECK(bad.message == "The receiver said: 21211: Invalid 'To' Phone Number");
  CHECK(judged(channel_type::sms, 401, R"({"code":20003,"message":"Authenticate","status":401})").outcome == refused);
  CHECK(judged(channel_type::sms, 429, R"({"code":20429,"message":"Too Many Requests","status":429})").outcome ==
        retry);
  CHECK(judged(channel_type::sms, 400, R"({"code":21610,"message":"unsubscribed recipient"})").outcome == gone);
  CHECK(judged(channel_type::sms, 503).outcome == retry);
}

TEST_CASE("Pushover repeats only what is critical, and only when asked to") {
  story x{"pushover", pushover};
  auto body = *x.post().body;
  CHECK(x.post().url == "https://api.pushover.net/1/messages.json");
  CHECK(field(body, "priority") == "2");
  CHECK(field(body, "retry") == "60");
  CHECK(field(body, "expire") == "3600");
  CHECK(field(body, "title") == "API is down: connection refused");
  CHECK(field(body, "timestamp") == "1700000000");
  x.about.severity = severity::error;
  CHECK(field(*x.post().body, "priority") == "1");
  CHECK(x.post().body->find("retry=") == std::string::npos);
  CHECK(field(*x.resolved().post().body, "priority") == "0");
}

TEST_CASE("Pushover's limits hold, and its 4xx are not tried again") {
  using enum delivery_outcome;
  story x{"pushover", pushover};
  x.about.title = many("é", 400);
  x.about.cause.message = many("€", 3000);
  CHECK(points(field(*x.post().body, "title")) == 250);
  CHECK(points(field(*x.post().body, "message")) == 1024);
  CHECK(judged(channel_type::pushover, 200, R"({"status":1,"request":"r"})").outcome == succeeded);
  CHECK(judged(channel_type::pushover, 200, R"({"status":0,"errors":["x"]})").outcome == refused);
  auto bad = judged(channel_type::pushover, 400, R"({"status":0,"errors":["application token is invalid"]})");
  CHECK(bad.outcome == refused);
  CHECK(bad.message == "The receiver said: application token is invalid");
  CHECK(judged(channel_type::pushover, 429).outcome == refused);
  CHECK(judged(channel_type::pushover, 500).outcome == retry);
}

TEST_CASE("ntfy gets JSON whose message is no attachment") {
  story x{"ntfy", R"({"topic":"ops-1","token":"tk_1","base_url":"http://ntfy.test"})"};
  auto post = x.post();
  CHECK(post.url == "http://ntfy.test/");
  CHECK(header_of(post, "Authorization") == "Bearer tk_1");
  auto body = x.body();
  CHECK(text_at(body, "topic") == "ops-1");
  CHECK(text_at(body, "title") == "API is down: connection refused");
  CHECK(*at(body, "priority").as<std::int64_t>() == 5);
  CHECK_FALSE(body.find("click"));
  x.about.cause.message = many("€", 3000);
  CHECK(text_at(x.body(), "message").size() <= 4000);
  CHECK(judged(channel_type::ntfy, 200, "{}").outcome == delivery_outcome::succeeded);
  CHECK(judged(channel_type::ntfy, 403, R"({"code":40301,"http":403,"error":"forbidden"})").outcome ==
        delivery_outcome::refused);
  CHECK(judged(channel_type::ntfy, 429).outcome == delivery_outcome::retry);
}

TEST_CASE("Gotify gets its token in a header") {
  story x{"gotify", R"({"server_url":"http://gotify.test/","app_token":"A1b2c3"})"};
  auto post = x.post();
  CHECK(post.url == "http://gotify.test/message");
  CHECK(header_of(post, "X-Gotify-Key") == "A1b2c3");
  CHECK(*at(x.body(), "priority").as<std::int64_t>() == 10);
  CHECK(text_at(x.body(), "title") == "API is down: connection refused");
  CHECK(judged(channel_type::gotify, 200).outcome == delivery_outcome::succeeded);
  auto bad = judged(channel_type::gotify, 401, R"({"error":"Unauthorized","errorDescription":"no such token"})");
  CHECK(bad.outcome == delivery_outcome::refused);
  CHECK(bad.message == "The receiver said: no such token");
}
