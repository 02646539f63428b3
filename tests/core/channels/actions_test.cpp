#include "core/bytes.hpp"
#include "core/channels/actions.hpp"
#include "core/channels/slack_inbound.hpp"
#include "support.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

constexpr auto sms = R"({"account_sid":"AC0123456789abcdef0123456789abcdef","auth_token":"t","from":"+15005550006",)"
                     R"("to":"+15558675310"})";
constexpr auto sms_replies = R"({"account_sid":"AC0123456789abcdef0123456789abcdef","auth_token":"t",)"
                             R"("from":"+15005550006","to":"+15558675310","replies":true})";
constexpr auto slack_buttons = R"({"bot_token":"xoxb-1","channel":"#ops","signing_secret":"s"})";
constexpr auto slack_hook = R"({"webhook_url":"https://hooks.slack.test/x"})";

story reachable(std::string_view type, std::string_view settings) {
  story x{type, settings};
  x.about.number = 17;
  x.options.public_url = "https://g.example";
  x.options.link_key = "k";
  return x;
}

std::string posted(story& x) {
  return *x.post().body;
}

std::string token_for(const story& x, link_verb verb) {
  return write_action_token("k", {x.owed.id, verb, x.happened.at + 1s + link_life});
}

// The value of a field of a form, still encoded.
std::string field(const std::string& form, const std::string& name) {
  auto at = ('&' + form).find('&' + name + '=');
  REQUIRE(at != std::string::npos);
  auto begin = at + name.size() + 1;
  return form.substr(begin, form.find('&', begin) - begin);
}

const std::pair<const char*, const char*> every_type[] = {
    {"email", R"({"to":["a@example.com"]})"},
    {"slack", slack_hook},
    {"pagerduty", R"({"routing_key":"0123456789abcdef0123456789abcdef"})"},
    {"opsgenie", R"({"api_key":"k"})"},
    {"discord", R"({"webhook_url":"https://discord.test/x"})"},
    {"teams", R"({"webhook_url":"https://teams.test/x"})"},
    {"telegram", R"({"bot_token":"123456:abcdefgh","chat_id":"1"})"},
    {"mattermost", R"({"webhook_url":"https://chat.test/x"})"},
    {"ntfy", R"({"topic":"t"})"},
    {"gotify", R"({"server_url":"https://gotify.test","app_token":"t"})"},
    {"google_chat", R"({"webhook_url":"https://google.test/x"})"}};

std::string bytes_of(const outgoing& x) {
  auto mail = std::get_if<mail_post>(&x);
  if (!mail)
    return *std::get<webhook_post>(x).body;
  std::string out;
  for (auto at = mail->content->find("base64\r\n\r\n"); at != std::string::npos;
       at = mail->content->find("base64\r\n\r\n", at + 1)) {
    auto text = mail->content->substr(at + 10, mail->content->find("\r\n--", at + 10) - at - 10);
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
    out += from_base64(text).value_or("");
  }
  return out;
}

} // namespace

TEST_CASE("whoever is told of trouble can acknowledge and resolve it, whoever it is told to") {
  for (const auto& [type, settings] : every_type) {
    INFO(type);
    auto x = reachable(type, settings);
    auto sent = bytes_of(x.sent());
    for (auto verb : {link_verb::acknowledge, link_verb::resolve})
      CHECK(sent.find("https://g.example/a/" + token_for(x, verb)) != std::string::npos);
  }
}

TEST_CASE("whoever is told can read on, also of what is over") {
  for (const auto& [type, settings] : every_type) {
    if (std::string_view{type} == "sms" || std::string_view{type} == "gotify")
      continue; // room for one link: to act, while there is something to do
    INFO(type);
    auto x = reachable(type, settings);
    CHECK(bytes_of(x.sent()).find("/a/" + token_for(x, link_verb::read)) != std::string::npos);
    x.resolved();
    auto over = bytes_of(x.sent());
    if (std::string_view{type} != "pagerduty" && std::string_view{type} != "opsgenie") // they close it by its id alone
      CHECK(over.find("/a/" + token_for(x, link_verb::read)) != std::string::npos);
  }
}

TEST_CASE("what is taken can be resolved, and what is over asks for nothing") {
  for (const auto& [type, settings] : every_type) {
    INFO(type);
    auto x = reachable(type, settings);
    auto taken = bytes_of(x.acknowledged().sent());
    CHECK(taken.find(token_for(x, link_verb::acknowledge)) == std::string::npos);
    auto over = bytes_of(x.resolved().sent());
    for (auto verb : {link_verb::acknowledge, link_verb::resolve})
      CHECK(over.find(token_for(x, verb)) == std::string::npos);
    CHECK(bytes_of(x.sample()).find("/a/") == std::string::npos);
  }
}

TEST_CASE("a server that does not know where it is found makes no links") {
  for (const auto& [type, settings] : every_type) {
    story x{type, settings};
    x.options.link_key = "k";
    CHECK(bytes_of(x.sent()).find("/a/") == std::string::npos);
  }
}

TEST_CASE("a link ends a week after it was sent") {
  auto x = reachable("slack", slack_hook);
  auto sent = posted(x);
  auto at = sent.find("/a/");
  REQUIRE(at != std::string::npos);
  auto link = read_action_token("k", sent.substr(at + 3, 44));
  REQUIRE(link);
  CHECK(link->delivery == x.owed.id);
  CHECK(link->expires_at <= x.happened.at + 1s + link_life);
  CHECK(link->expires_at > x.happened.at + link_life - 1min);
}

TEST_CASE("a text message has one link, and codes where it can be answered") {
  auto quiet = reachable("sms", sms);
  auto text = field(posted(quiet), "Body");
  CHECK(text.find("%0Ahttps%3A%2F%2Fg.example%2Fa%2F" + token_for(quiet, link_verb::acknowledge)) != std::string::npos);
  CHECK(text.find("Reply") == std::string::npos);
  auto two_way = reachable("sms", sms_replies);
  CHECK(field(posted(two_way), "Body").find("Reply+17a+to+acknowledge%2C+17c+to+close%0Ahttps") != std::string::npos);
  CHECK(field(posted(two_way.acknowledged()), "Body").find("Reply+17c+to+close%0A") != std::string::npos);
  CHECK(field(posted(two_way.resolved()), "Body").find("Reply") == std::string::npos);
}

TEST_CASE("a text message is three segments at most, in either alphabet, with codes and link whole") {
  auto decoded = [](const std::string& form) {
    std::string out;
    for (std::size_t i = 0; i < form.size(); ++i)
      if (form[i] == '%') {
        out.push_back(static_cast<char>(std::stoi(form.substr(i + 1, 2), nullptr, 16)));
        i += 2;
      } else
        out.push_back(form[i] == '+' ? ' ' : form[i]);
    return out;
  };
  for (auto [unit, limit] : {std::pair{"word ", 459u}, std::pair{"wört ", 201u}}) {
    auto x = reachable("sms", sms_replies);
    x.about.title = many(unit, 200);
    auto text = decoded(field(posted(x), "Body"));
    std::size_t width = 0;
    for (char c : text)
      width += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    CHECK(width <= limit);
    CHECK(width > limit - 10);
    CHECK(text.ends_with("/a/" + token_for(x, link_verb::acknowledge)));
    CHECK(text.find("Reply 17a to acknowledge, 17c to close\n") != std::string::npos);
  }
}

TEST_CASE("Twilio is told where to say what became of it, where there is such a place") {
  auto x = reachable("sms", sms);
  CHECK(field(posted(x), "StatusCallback") ==
        "https%3A%2F%2Fg.example%2Fin%2Ftwilio%2F" + x.owed.id.str().substr(4) + "%2Fstatus");
  story y{"sms", sms};
  CHECK(posted(y).find("StatusCallback") == std::string::npos);
}

TEST_CASE("a bot with a signing secret has buttons, each with its own token") {
  auto x = reachable("slack", slack_buttons);
  auto body = x.body();
  const auto& blocks = *at(body, "blocks").as<json_array>();
  const auto& actions = blocks.back();
  CHECK(text_at(actions, "type") == "actions");
  CHECK(text_at(actions, "block_id") == "gochron");
  CHECK(text_at(actions, "elements", 0, "action_id") == "acknowledge");
  CHECK(text_at(actions, "elements", 0, "value") == token_for(x, link_verb::acknowledge));
  CHECK(text_at(actions, "elements", 1, "value") == token_for(x, link_verb::resolve));
  for (auto verb : {link_verb::acknowledge, link_verb::resolve})
    CHECK(posted(x).find("/a/" + token_for(x, verb)) == std::string::npos);
  auto over = x.resolved().body();
  CHECK(text_at(at(over, "blocks").as<json_array>()->back(), "type") == "section");
  CHECK(slack_signing_secret(x.channel) == "s");
}

TEST_CASE("ntfy acts from the notification") {
  auto x = reachable("ntfy", R"({"topic":"t"})");
  x.monitor.spec.runbook_url = "https://wiki.example";
  auto body = x.body();
  CHECK(at(body, "actions").as<json_array>()->size() == 3);
  CHECK(text_at(body, "actions", 0, "action") == "http");
  CHECK(text_at(body, "actions", 0, "method") == "POST");
  CHECK(text_at(body, "actions", 2, "action") == "view");
}
