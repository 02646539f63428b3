// Incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
// chat.postMessage, chat.update: https://docs.slack.dev/reference/methods/chat.postMessage
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/slack_inbound.hpp"
#include "core/channels/text.hpp"
#include "core/names.hpp"

namespace gochron::core {
namespace {

struct slack_target {
  static constexpr channel_type type = channel_type::slack;
  std::optional<std::string> webhook_url;
  std::optional<std::string> bot_token;
  std::optional<std::string> channel;
  std::optional<std::string> signing_secret;
  std::optional<std::string> base_url;
  friend bool operator==(const slack_target&, const slack_target&) = default;
};

void need(bool wanted, bool given, std::string_view member, reader& r) {
  if (wanted && !given)
    r.fail("required", "Needed with `bot_token`.", member);
  if (!wanted && given)
    r.fail("inconsistent", "Goes only with `bot_token`.", member);
}

object_ptr<slack_target> schema() {
  auto s = std::make_shared<object_schema<slack_target>>(
      "SlackTarget", "A Slack channel, by an incoming webhook or by a bot, which updates an incident's message.");
  add_secret_url(*s, "webhook_url", &slack_target::webhook_url,
                 {.doc = "Of an incoming webhook. Either this or `bot_token`. Never shown again.",
                  .example = R"("https://hooks.slack.com/services/T000/B000/XXXX")"});
  add_secret(*s, "bot_token", &slack_target::bot_token, token_text(),
             {.doc = "Of an app with the scope `chat:write`. Never shown again.", .example = "null"});
  s->property("channel", &slack_target::channel, text({.min = 1, .max = 80, .pattern = "^[^\\s]*$"}),
              {.doc = "With `bot_token`: the id of the channel, or `#name`.", .example = "null"});
  add_secret(*s, "signing_secret", &slack_target::signing_secret, token_text(128),
             {.doc =
                  "Of the same app, whose interactivity has the request URL `/in/slack/{channel_id}` of this server: "
                  "messages then have buttons. Never shown again.",
              .example = "null"});
  add_base_url(*s, &slack_target::base_url);
  s->rule({"webhook_url", "bot_token", "channel", "signing_secret", "base_url"}, [](const slack_target& x, reader& r) {
    if (x.webhook_url.has_value() == x.bot_token.has_value())
      r.fail("inconsistent", "Exactly one of `webhook_url` and `bot_token`.", "webhook_url");
    need(x.bot_token.has_value(), x.channel.has_value(), "channel", r);
    if (x.bot_token)
      return;
    need(false, x.signing_secret.has_value(), "signing_secret", r);
    need(false, x.base_url.has_value(), "base_url", r);
  });
  return s;
}

void write_text(json_writer& w, std::string_view type, std::string_view text) {
  w.begin_object();
  put(w, "type", type);
  put(w, "text", text);
  w.end_object();
}

std::string body_text(const notice& x) {
  auto cut = [](std::string_view text) { return shortened(text, 360, text_unit::utf16, slack_escaped); };
  std::string out = cut(x.summary);
  for (const auto& fact : x.facts) // seven at most
    out += fmt::format("{}*{}:* {}", out.empty() ? "" : "\n", slack_escaped(fact.label), cut(fact.value));
  return out;
}

// Links, where there are no buttons: one with a link would call for an app that answers it, too.
std::string context_text(const notice& x, bool buttons) {
  std::string out;
  for (const auto& action : x.actions)
    if (!buttons && action.url.size() < 1000)
      out += fmt::format("<{}|{}>  ", slack_escaped(action.url), label_of(action.verb));
  if (auto length = slack_escaped(x.runbook_url).size(); length > 0 && length < 2500)
    out += "<" + slack_escaped(x.runbook_url) + "|Runbook>  ";
  if (!x.link.empty())
    out += "<" + slack_escaped(x.link) + "|Details>";
  return out;
}

// What is pressed comes back as `value`, at most 2,000 characters.
void write_buttons(json_writer& w, const notice& x) {
  w.begin_object();
  put(w, "type", "actions");
  put(w, "block_id", "gochron");
  put_array(w, "elements", [&] {
    for (const auto& action : x.actions) {
      w.begin_object();
      put(w, "type", "button");
      w.key("text");
      write_text(w, "plain_text", label_of(action.verb));
      put(w, "action_id", name_of(action.verb));
      put(w, "value", action.token);
      if (action.verb == link_verb::acknowledge)
        put(w, "style", "primary");
      w.end_object();
    }
  });
  w.end_object();
}

// Block Kit: a header of at most 150 characters, a section of at most 3,000.
void write_blocks(json_writer& w, const notice& x, bool buttons) {
  put_array(w, "blocks", [&] {
    w.begin_object();
    put(w, "type", "header");
    w.key("text");
    write_text(w, "plain_text", shortened(fmt::format("{} {}", marker(x.tone), x.headline), 150, text_unit::utf16));
    w.end_object();
    for (const auto& text : {body_text(x), context_text(x, buttons)}) {
      if (text.empty())
        continue;
      w.begin_object();
      put(w, "type", "section");
      w.key("text");
      write_text(w, "mrkdwn", shortened(text, 3000, text_unit::utf16));
      w.end_object();
    }
    if (buttons && !x.actions.empty())
      write_buttons(w, x);
  });
}

std::string message(const notice& x, std::string_view channel, std::string_view ts, bool buttons) {
  return json_object_text([&](json_writer& w) {
    if (!channel.empty())
      put(w, "channel", channel);
    if (!ts.empty())
      put(w, "ts", ts);
    put(w, "text", shortened(fmt::format("{} {}", marker(x.tone), x.headline), 1000, text_unit::utf16, slack_escaped));
    write_blocks(w, x, buttons);
    if (ts.empty())
      put_boolean(w, "unfurl_links", false);
  });
}

result<outgoing> render(const slack_target& to, const letter& x) {
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  if (to.webhook_url)
    return json_post(*to.webhook_url, message(*told, {}, {}, false));
  bool buttons = to.signing_secret.has_value();
  auto base = base_url_of(to.base_url, x, "https://slack.com");
  std::vector<name_value> headers{{"Authorization", "Bearer " + *to.bot_token}};
  // A message is `channel ts`; chat.update takes the channel's id only, which the answer to the first one told. Whom an
  // update reaches is not notified: what is to wake somebody is a message of its own.
  const auto& reference = x.delivery.reference;
  auto space = reference.find(' ');
  if (told->tone == tone::trouble || space == std::string::npos)
    return json_post(base + "/api/chat.postMessage", message(*told, *to.channel, {}, buttons), std::move(headers));
  return json_post(base + "/api/chat.update",
                   message(*told, reference.substr(0, space), std::string_view{reference}.substr(space + 1), buttons),
                   std::move(headers));
}

template <std::size_t N>
bool is_one_of(std::string_view x, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, x) != names.end();
}

// The methods answer 200 whatever came of it, and say so in `ok`.
receipt judge_method(const json_value& answer) {
  static constexpr auto passing =
      std::to_array<std::string_view>({"ratelimited", "rate_limited", "internal_error", "fatal_error",
                                       "service_unavailable", "request_timeout", "team_added_to_org", "update_failed"});
  static constexpr auto ended =
      std::to_array<std::string_view>({"is_archived", "account_inactive", "token_revoked", "team_access_not_granted"});
  static constexpr auto lost =
      std::to_array<std::string_view>({"message_not_found", "cant_update_message", "edit_window_closed"});
  if (true_in(answer, "ok")) {
    auto channel = text_in(answer, "channel"), ts = text_in(answer, "ts");
    receipt good;
    if (!channel.empty() && !ts.empty())
      good.reference = channel + ' ' + ts;
    return good;
  }
  auto why = text_in(answer, "error");
  if (is_one_of(why, passing))
    return failed(delivery_outcome::retry, why);
  if (is_one_of(why, ended))
    return failed(delivery_outcome::gone, why);
  if (is_one_of(why, lost)) { // the next attempt posts a new one
    auto x = failed(delivery_outcome::retry, why);
    x.reference = "";
    return x;
  }
  return failed(delivery_outcome::refused, why.empty() ? "nothing that we understand" : why);
}

receipt judge_slack(const delivery_attempt& x) {
  auto answer = answer_of(x);
  if (x.status == 200 && !answer.is_null())
    return judge_method(answer);
  // An incoming webhook answers in plain text.
  auto said = std::string_view{x.response_body};
  if (x.status == 404 && (said == "no_service" || said == "no_team" || said == "channel_not_found"))
    return failed(delivery_outcome::gone, said);
  return judge_status(x, said);
}

} // namespace

std::optional<std::string> slack_signing_secret(const channel_record& x) {
  return x.spec.type() == channel_type::slack ? x.spec.target.as<slack_target>().signing_secret : std::nullopt;
}

const channel_kind& slack_kind() {
  static const provider<slack_target> kind{
      {.doc = "A Slack channel.", .schema = schema(), .render = render, .judge = judge_slack}};
  return kind;
}

} // namespace gochron::core
