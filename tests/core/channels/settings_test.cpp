#include "core/audit_entries.hpp"
#include "core/documents.hpp"
#include "core/names.hpp"
#include "core/schema/example.hpp"
#include "core/schema/json_schema.hpp"
#include "support.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

std::string shown(const channel_record& x, audience to = audience::api) {
  json_writer w;
  channel_schema()->write(x, w, {.to = to, .base_url = "https://g.example"});
  return w.str();
}

std::string example(std::string_view type) {
  return example_of(*channel_schema()->info(), schema_use::request, type);
}

channel_record made(std::string_view type) {
  channel_record x;
  auto spec = create<channel_spec>(example(type));
  INFO(example(type));
  REQUIRE(spec);
  x.spec = *spec;
  return x;
}

// All texts of properties that are never shown.
std::vector<std::string> secrets_of(const channel_record& x) {
  auto document = to_document(x.spec);
  if (document.secret.empty())
    return {};
  std::vector<std::string> all;
  auto json = story::parsed(document.secret);
  for (const auto& settings : *json.as<json_object>())
    for (const auto& m : *settings.value.as<json_object>())
      if (const auto* text = m.value.as<std::string>())
        all.push_back('"' + *text); // of two examples one may contain the other
  return all;
}

} // namespace

TEST_CASE("the table has a source for each type, in the order of the names") {
  auto names = names_of<channel_type>();
  REQUIRE(channel_kinds().size() == names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    CHECK(channel_kinds()[i]->type() == static_cast<channel_type>(i));
    CHECK(channel_kinds()[i]->fresh().type() == static_cast<channel_type>(i));
    CHECK_FALSE(channel_kinds()[i]->doc().empty());
  }
}

TEST_CASE("each type's example makes a channel that can be stored and read again") {
  for (auto type : names_of<channel_type>()) {
    INFO(type);
    auto x = made(type);
    CHECK(name_of(x.spec.type()) == type);
    auto document = to_document(x.spec);
    auto again = channel_spec_of(document.plain, document.secret);
    REQUIRE(again);
    CHECK(*again == x.spec);
  }
}

TEST_CASE("no secret is in an answer, an audit entry or the plain document, and each has a fingerprint") {
  std::size_t found = 0;
  for (auto type : names_of<channel_type>()) {
    if (type == "webhook" || type == "email")
      continue; // the one shows its headers, the other has no secret
    INFO(type);
    auto x = made(type);
    auto secrets = secrets_of(x);
    CHECK_FALSE(secrets.empty());
    auto answer = shown(x);
    auto entry = entry_of(change_origin{}, audit_action::create, timestamp{}, nullptr, &x);
    for (const auto& secret : secrets) {
      ++found;
      CHECK(answer.find(secret) == std::string::npos);
      CHECK(entry.patch.find(secret) == std::string::npos);
      CHECK(to_document(x.spec).plain.find(secret) == std::string::npos);
    }
    CHECK(answer.find("_fingerprint\":\"") != std::string::npos);
  }
  CHECK(found >= 13);
}

TEST_CASE("a channel that is no webhook has no secret of ours") {
  CHECK(story::parsed(shown(made("slack"))).find("secret")->is_null());
  CHECK_FALSE(story::parsed(shown(made("webhook"))).find("secret")->is_null());
}

TEST_CASE("a URL that is a secret is shown masked") {
  auto json = story::parsed(shown(made("discord")));
  CHECK(at(json, "discord", "webhook_url").is_null());
  CHECK(text_at(json, "discord", "webhook_url_masked") == "https://discord.com/***");
}

TEST_CASE("a patch without the secret keeps it, a new one replaces it") {
  auto x = made("pushover").spec;
  auto patched = merge(x, R"({"pushover":{"sound":"siren"}})");
  REQUIRE(patched);
  CHECK(to_document(*patched).secret == to_document(x).secret);
  auto replaced = merge(x, R"({"pushover":{"app_token":"bzGDORePK8gMaC0QOYAMyEEuzJnyUi"}})");
  REQUIRE(replaced);
  CHECK(to_document(*replaced).secret != to_document(x).secret);
}

TEST_CASE("the type cannot be changed, and only its own object may be there") {
  auto x = made("ntfy").spec;
  CHECK_FALSE(replace(x, example("gotify")));
  CHECK_FALSE(merge(x, R"({"type":"gotify"})"));
  auto both = create<channel_spec>(R"({"name":"x","type":"ntfy","ntfy":{"topic":"a"},"slack":{}})");
  REQUIRE_FALSE(both);
  CHECK(both.error().violations.at(0).pointer == "/slack");
  auto none = create<channel_spec>(R"({"name":"x","type":"ntfy"})");
  REQUIRE_FALSE(none);
  CHECK(none.error().violations.at(0).code == "required");
}

TEST_CASE("settings that no provider would take are refused, all of them at once") {
  struct row {
    const char* type;
    const char* settings;
    std::vector<std::string> pointers;
  };
  const row table[] = {
      {"email", R"({"to":[]})", {"/email/to"}},
      {"email",
       R"({"to":["a@example.com\r\nBcc: x@example.com","a@b c","@x","a@x","a@x"]})",
       {"/email/to/0", "/email/to/1", "/email/to/2"}},
      {"slack", R"({})", {"/slack/webhook_url"}},
      {"slack", R"({"bot_token":"x y","base_url":"ftp://x"})", {"/slack/bot_token", "/slack/base_url"}},
      {"slack", R"({"webhook_url":"https://x.example/","channel":"#a"})", {"/slack/channel"}},
      {"sms",
       R"({"account_sid":"AC1","auth_token":"t","from":"+0","to":"0171"})",
       {"/sms/account_sid", "/sms/from", "/sms/to"}},
      {"pagerduty", R"({"routing_key":"short"})", {"/pagerduty/routing_key"}},
      {"telegram", R"({"bot_token":"x/../y","chat_id":"x"})", {"/telegram/bot_token", "/telegram/chat_id"}},
      {"ntfy", R"({"topic":"a/b"})", {"/ntfy/topic"}},
      {"gotify", R"({"server_url":"http://x.example/","app_token":"a\r\nX: y"})", {"/gotify/app_token"}},
      {"discord", R"({"webhook_url":"https://u:p@x.example/"})", {"/discord/webhook_url"}},
  };
  for (const auto& [type, settings, pointers] : table) {
    auto body = std::string{R"({"name":"x","type":")"} + type + R"(",")" + type + "\":" + settings + "}";
    INFO(body);
    auto spec = create<channel_spec>(body);
    REQUIRE_FALSE(spec);
    std::vector<std::string> found;
    for (const auto& v : spec.error().violations)
      found.push_back(v.pointer);
    CHECK(found == pointers);
  }
}

TEST_CASE("a provider that repeats a secret in its answer does not get it into the log of attempts") {
  auto x = made("telegram");
  auto attempt = answered(404, R"({"ok":false,"description":"no bot 123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"})");
  attempt.response_headers = {{"x-echo", "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"}};
  note_answer(x, attempt);
  CHECK_FALSE(attempt.ok());
  CHECK(attempt.error == reason::status_mismatch);
  CHECK(attempt.message == "The receiver said: no bot ***");
  CHECK(attempt.response_body == R"({"ok":false,"description":"no bot ***"})");
  CHECK(attempt.response_headers.at(0).second == "***");
}

TEST_CASE("an answer of 200 that means a failure is one") {
  auto x = made("slack");
  auto attempt = answered(200, R"({"ok":false,"error":"invalid_auth"})");
  note_answer(x, attempt);
  CHECK_FALSE(attempt.ok());
  CHECK(kind_of(x).judge(attempt).outcome == delivery_outcome::refused);
}
