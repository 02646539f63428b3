#include <re2/re2.h>

#include "support.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

constexpr auto slack_hook = R"({"webhook_url":"https://hooks.slack.example/services/T/B/X"})";
constexpr auto slack_bot = R"({"bot_token":"xoxb-1","channel":"#ops","base_url":"http://slack.test/"})";

std::size_t utf16(std::string_view x) {
  std::size_t n = 0;
  for (char c : x)
    n += (static_cast<unsigned char>(c) & 0xc0) == 0x80 ? 0 : static_cast<unsigned char>(c) >= 0xf0 ? 2 : 1;
  return n;
}

// As bad as texts from users and targets can be.
story hostile(std::string_view type, std::string_view settings) {
  story x{type, settings};
  x.about.title = "<!channel> **" + many("😀&", 3000);
  x.about.cause.message = many("<&>\"*_`", 2000);
  x.monitor.spec.name = many("é", 255);
  x.monitor.spec.description = many("line\n", 800);
  x.monitor.spec.runbook_url = "https://wiki.example/" + many("r", 2000);
  return x;
}

std::string all_text(const json_value& x) {
  if (const auto* text = x.as<std::string>())
    return *text;
  std::string out;
  if (const auto* items = x.as<json_array>())
    for (const auto& item : *items)
      out += all_text(item);
  if (const auto* members = x.as<json_object>())
    for (const auto& m : *members)
      out += all_text(m.value);
  return out;
}

} // namespace

TEST_CASE("Slack's incoming webhook gets a fallback text and blocks") {
  story x{"slack", slack_hook};
  auto post = x.post();
  CHECK(post.url == "https://hooks.slack.example/services/T/B/X");
  CHECK(header_of(post, "Content-Type") == "application/json; charset=utf-8");
  auto body = x.body();
  CHECK(text_at(body, "text") == "🔴 API is down: connection refused");
  CHECK(text_at(body, "blocks", 0, "type") == "header");
  CHECK(text_at(body, "blocks", 0, "text", "text") == "🔴 API is down: connection refused");
  CHECK(text_at(body, "blocks", 1, "text", "text") ==
        "*Severity:* critical\n*Cause:* Connection refused.\n*Target:* https://api.example/health?a=1&amp;b=2\n"
        "*Since:* 2023-11-14 22:12:20 UTC");
  CHECK(at(body, "blocks").as<json_array>()->size() == 2); // where nobody knows where this server is, no links
  CHECK_FALSE(body.find("channel"));
}

TEST_CASE("Slack's limits hold whatever the texts are, and nobody is mentioned") {
  auto x = hostile("slack", slack_hook);
  auto body = x.body();
  CHECK(utf16(text_at(body, "blocks", 0, "text", "text")) == 149); // a face takes two, and there was one left
  CHECK(utf16(text_at(body, "blocks", 1, "text", "text")) <= 3000);
  CHECK(utf16(text_at(body, "blocks", 2, "text", "text")) <= 3000);
  CHECK(text_at(body, "text").find("<!channel>") == std::string::npos);
  CHECK(text_at(body, "text").starts_with("🔴 &lt;!channel&gt;"));
  // Every ampersand begins an entity: none was cut.
  CHECK_FALSE(re2::RE2::PartialMatch(text_at(body, "blocks", 1, "text", "text"), "&(amp|lt|gt)?(…|\n|$)"));
}

TEST_CASE("Slack's bot posts first, then updates that message") {
  story x{"slack", slack_bot};
  auto first = x.post();
  CHECK(first.url == "http://slack.test/api/chat.postMessage");
  CHECK(header_of(first, "Authorization") == "Bearer xoxb-1");
  CHECK(text_at(x.body(), "channel") == "#ops");
  auto said = judged(channel_type::slack, 200, R"({"ok":true,"channel":"C0A","ts":"1503435956.000247"})");
  REQUIRE(said.reference);
  x.owed.reference = *said.reference;
  auto second = x.resolved().post();
  CHECK(second.url == "http://slack.test/api/chat.update");
  CHECK(text_at(x.body(), "channel") == "C0A");
  CHECK(text_at(x.body(), "ts") == "1503435956.000247");
  CHECK(text_at(x.body(), "text") == "🟢 Resolved: API is down: connection refused");
}

TEST_CASE("an update without a message known posts a new one, and so does an incident that opens") {
  story x{"slack", slack_bot};
  CHECK(x.acknowledged().post().url == "http://slack.test/api/chat.postMessage");
  story again{"slack", slack_bot};
  again.owed.reference = "C0A 1.2";
  CHECK(again.post().url == "http://slack.test/api/chat.postMessage");
}

TEST_CASE("what is to wake somebody is a message of its own, for an update notifies nobody") {
  for (auto type :
       {event_type::incident_escalated, event_type::incident_unacknowledged, event_type::incident_reopened}) {
    story x{"slack", slack_bot};
    x.owed.reference = "C0A 1.2";
    CHECK(x.tells(type).post().url == "http://slack.test/api/chat.postMessage");
  }
  story x{"slack", slack_bot};
  x.owed.reference = "C0A 1.2";
  CHECK(x.acknowledged().post().url == "http://slack.test/api/chat.update");
}

TEST_CASE("Slack's methods say in their body what came of it") {
  using enum delivery_outcome;
  struct row {
    std::uint16_t status;
    const char* body;
    delivery_outcome outcome;
  };
  const row table[] = {
      {200, "ok", succeeded},
      {200, R"({"ok":true,"channel":"C","ts":"1.2"})", succeeded},
      {200, R"({"ok":false,"error":"channel_not_found"})", refused},
      {200, R"({"ok":false,"error":"invalid_auth"})", refused},
      {200, R"({"ok":false,"error":"ratelimited"})", retry},
      {200, R"({"ok":false,"error":"internal_error"})", retry},
      {200, R"({"ok":false,"error":"is_archived"})", gone},
      {200, R"({"ok":false,"error":"message_not_found"})", retry},
      {429, R"({"ok":false,"error":"ratelimited"})", retry},
      {400, "invalid_payload", refused},
      {403, "action_prohibited", refused},
      {404, "no_service", gone},
      {404, "<html>", refused},
      {410, "channel_is_archived", gone},
      {500, "rollup_error", retry},
      {0, "", retry},
  };
  for (const auto& [status, body, outcome] : table) {
    INFO(status << ' ' << body);
    CHECK(judged(channel_type::slack, status, body).outcome == outcome);
  }
  CHECK(judged(channel_type::slack, 200, R"({"ok":false,"error":"message_not_found"})").reference == "");
  CHECK(judged(channel_type::slack, 200, R"({"ok":false,"error":"invalid_auth"})").message ==
        "The receiver said: invalid_auth");
}

TEST_CASE("Discord gets an embed within its limits that mentions nobody") {
  auto x = hostile("discord", R"({"webhook_url":"https://discord.example/api/webhooks/1/a"})");
  auto body = x.resolved().body();
  CHECK(utf16(text_at(body, "content")) <= 2000);
  auto& embed = at(body, "embeds", 0);
  CHECK(utf16(text_at(embed, "title")) == 255); // as above
  CHECK(utf16(all_text(embed)) <= 6000);
  for (const auto& field : *at(embed, "fields").as<json_array>())
    CHECK(utf16(text_at(field, "value")) <= 1024);
  CHECK(at(body, "allowed_mentions", "parse").as<json_array>()->empty());
  CHECK(*at(story{"discord", R"({"webhook_url":"https://discord.example/x"})"}.body(), "embeds", 0, "color")
             .as<std::int64_t>() == 0xd62728);
}

TEST_CASE("Discord's answers") {
  using enum delivery_outcome;
  CHECK(judged(channel_type::discord, 204).outcome == succeeded);
  auto busy = judged(channel_type::discord, 429, R"({"message":"You are being rate limited.","retry_after":64.57})");
  CHECK(busy.outcome == retry);
  CHECK(busy.retry_after == 65s);
  CHECK(judged(channel_type::discord, 404, R"({"message":"Unknown Webhook","code":10015})").outcome == gone);
  CHECK(judged(channel_type::discord, 401, R"({"message":"Invalid Webhook Token","code":50027})").outcome == refused);
  CHECK(judged(channel_type::discord, 502).outcome == retry);
}

TEST_CASE("Teams gets an Adaptive Card of at most 28 KB") {
  auto x = hostile("teams", R"({"webhook_url":"https://prod-1.logic.example/workflows/1?sig=s"})");
  auto post = x.post();
  CHECK(post.body->size() <= 28 * 1024);
  auto body = story{"teams", R"({"webhook_url":"https://prod-1.logic.example/workflows/1?sig=s"})"}.body();
  CHECK(text_at(body, "type") == "message");
  CHECK(text_at(body, "attachments", 0, "contentType") == "application/vnd.microsoft.card.adaptive");
  CHECK(text_at(body, "attachments", 0, "content", "type") == "AdaptiveCard");
  CHECK(text_at(body, "attachments", 0, "content", "body", 0, "items", 0, "text") == "API is down: connection refused");
  CHECK(judged(channel_type::teams, 202).outcome == delivery_outcome::succeeded);
  CHECK(judged(channel_type::teams, 404).outcome == delivery_outcome::gone);
  CHECK(judged(channel_type::teams, 401, R"({"error":{"code":"x","message":"no"}})").outcome ==
        delivery_outcome::refused);
  CHECK(judged(channel_type::teams, 429).outcome == delivery_outcome::retry);
}

TEST_CASE("Telegram gets HTML of at most 4,096 characters") {
  auto x = hostile("telegram", R"({"bot_token":"123456:ABC-DEF","chat_id":"-100","base_url":"http://t.test"})");
  CHECK(x.post().url == "http://t.test/bot123456:ABC-DEF/sendMessage");
  auto text = text_at(x.body(), "text");
  CHECK(text.find("<!channel>") == std::string::npos);
  re2::RE2::GlobalReplace(&text, "<[^>]*>", "");
  re2::RE2::GlobalReplace(&text, "&[a-z]+;", "x");
  CHECK(utf16(text) <= 4096);
  story plain{"telegram", R"({"bot_token":"123456:ABC-DEF","chat_id":"@ops","message_thread_id":7})"};
  CHECK(text_at(plain.body(), "text") ==
        "🔴 <b>API is down: connection refused</b>\n<b>Severity:</b> critical\n<b>Cause:</b> Connection refused.\n"
        "<b>Target:</b> https://api.example/health?a=1&amp;b=2\n<b>Since:</b> 2023-11-14 22:12:20 UTC");
  CHECK(text_at(plain.body(), "parse_mode") == "HTML");
  CHECK(*at(plain.body(), "message_thread_id").as<std::int64_t>() == 7);
}

TEST_CASE("Telegram's answers") {
  using enum delivery_outcome;
  CHECK(judged(channel_type::telegram, 200, R"({"ok":true,"result":{}})").outcome == succeeded);
  auto busy =
      judged(channel_type::telegram, 429,
             R"({"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":14}})");
  CHECK(busy.outcome == retry);
  CHECK(busy.retry_after == 14s);
  CHECK(judged(channel_type::telegram, 401, R"({"ok":false,"description":"Unauthorized"})").outcome == refused);
  CHECK(judged(channel_type::telegram, 403, R"({"ok":false,"description":"Forbidden: bot was kicked"})").outcome ==
        gone);
  auto moved =
      judged(channel_type::telegram, 400,
             R"({"ok":false,"description":"group chat was upgraded","parameters":{"migrate_to_chat_id":-100200}})");
  CHECK(moved.outcome == refused);
  CHECK(moved.message.ends_with("Its chat_id is now -100200."));
  CHECK(judged(channel_type::telegram, 500).outcome == retry);
}

TEST_CASE("Mattermost gets an attachment") {
  auto x = hostile("mattermost", R"({"webhook_url":"https://chat.example/hooks/x","channel":"ops"})");
  auto body = x.body();
  CHECK(text_at(body, "channel") == "ops");
  CHECK(utf16(text_at(body, "text")) <= 16383);
  CHECK(text_at(body, "attachments", 0, "color") == "#D62728");
  CHECK(judged(channel_type::mattermost, 200, "ok").outcome == delivery_outcome::succeeded);
  CHECK(judged(channel_type::mattermost, 400, R"({"id":"web.incoming_webhook.invalid.app_error","message":"Invalid"})")
            .outcome == delivery_outcome::gone);
  CHECK(judged(channel_type::mattermost, 403, R"({"message":"no"})").outcome == delivery_outcome::refused);
}

TEST_CASE("Google Chat gets a card in the incident's thread, of at most 32,000 bytes") {
  constexpr auto to = R"({"webhook_url":"https://chat.example/v1/spaces/A/messages?key=k&token=t"})";
  auto x = hostile("google_chat", to);
  CHECK(x.post().body->size() <= 32000);
  story plain{"google_chat", to};
  CHECK(plain.post().url == "https://chat.example/v1/spaces/A/messages?key=k&token=t"
                            "&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
  auto body = plain.body();
  CHECK(text_at(body, "thread", "threadKey") == "inc_01h455vb4pex5vsknk084sn02r");
  CHECK(text_at(body, "cardsV2", 0, "card", "header", "title") == "🔴 API is down: connection refused");
  CHECK(judged(channel_type::google_chat, 404, R"({"error":{"message":"gone"}})").outcome == delivery_outcome::gone);
  CHECK(judged(channel_type::google_chat, 400, R"({"error":{"message":"bad"}})").message == "The receiver said: bad");
}
