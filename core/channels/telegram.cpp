// sendMessage: https://core.telegram.org/bots/api#sendmessage
#include <fmt/format.h>

#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"

namespace gochron::core {
namespace {

struct telegram_target {
  static constexpr channel_type type = channel_type::telegram;
  std::string bot_token;
  std::string chat_id;
  std::optional<std::int64_t> message_thread_id;
  std::optional<std::string> base_url;
  friend bool operator==(const telegram_target&, const telegram_target&) = default;
};

object_ptr<telegram_target> schema() {
  auto s = std::make_shared<object_schema<telegram_target>>("TelegramTarget", "A Telegram chat, by a bot.");
  add_secret(*s, "bot_token", &telegram_target::bot_token,
             text({.min = 10, .max = 100, .pattern = "^[0-9]+:[A-Za-z0-9_-]+$"}),
             {.doc = "What BotFather gave. Never shown again.",
              .example = R"("123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11")",
              .required = true});
  s->property("chat_id", &telegram_target::chat_id,
              text({.min = 1, .max = 64, .pattern = "^(-?[0-9]+|@[A-Za-z0-9_]+)$"}),
              {.doc = "The number of a chat, or `@channelname`.", .example = R"("-1001234567890")", .required = true});
  s->property("message_thread_id", &telegram_target::message_thread_id, integer<std::int64_t>(1, std::int64_t{1} << 40),
              {.doc = "A topic of a forum.", .example = "null"});
  add_base_url(*s, &telegram_target::base_url);
  return s;
}

// At most 4,096 characters, counted when the markup is gone: the parts are cut before they are marked up.
std::string html(const notice& x) {
  auto cut = [](std::string_view text, std::size_t limit) {
    return html_escaped(shortened(text, limit, text_unit::utf16));
  };
  auto out = fmt::format("{} <b>{}</b>", marker(x.tone), cut(x.headline, 700));
  if (!x.summary.empty())
    out += '\n' + cut(x.summary, 700);
  for (const auto& fact : x.facts) // seven at most
    out += fmt::format("\n<b>{}:</b> {}", cut(fact.label, 20), cut(fact.value, 300));
  // Links, not buttons: Telegram refuses a whole message for a button to a host that is not public.
  for (const auto& action : x.actions)
    if (action.url.size() <= 2048)
      out += fmt::format("\n<a href=\"{}\">{}</a>", html_escaped(action.url), label_of(action.verb));
  if (!x.runbook_url.empty() && x.runbook_url.size() <= 2048)
    out += fmt::format("\n<a href=\"{}\">Runbook</a>", html_escaped(x.runbook_url));
  if (!x.link.empty() && x.link.size() <= 2048)
    out += fmt::format("\n<a href=\"{}\">Details</a>", html_escaped(x.link));
  return out;
}

result<outgoing> render(const telegram_target& to, const letter& x) {
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  auto body = json_object_text([&](json_writer& w) {
    put(w, "chat_id", to.chat_id);
    if (to.message_thread_id)
      put_integer(w, "message_thread_id", *to.message_thread_id);
    put(w, "text", html(*told));
    put(w, "parse_mode", "HTML");
    put_object(w, "link_preview_options", [&] { put_boolean(w, "is_disabled", true); });
    put_boolean(w, "disable_notification", told->tone == tone::news);
  });
  return json_post(base_url_of(to.base_url, x, "https://api.telegram.org") + "/bot" + to.bot_token + "/sendMessage",
                   std::move(body));
}

receipt judge_telegram(const delivery_attempt& x) {
  auto answer = answer_of(x);
  if (x.status == 200 && true_in(answer, "ok"))
    return {};
  auto said = text_in(answer, "description");
  auto out = x.status == 200 ? failed(delivery_outcome::refused, said.empty() ? "nothing that we understand" : said)
                             : judge_status(x, said);
  if (const auto* parameters = answer.find("parameters")) {
    if (auto after = integer_in(*parameters, "retry_after"))
      out.retry_after = seconds{*after};
    // A group that became a supergroup has another id.
    if (auto moved = integer_in(*parameters, "migrate_to_chat_id"))
      out.message += fmt::format(" Its chat_id is now {}.", *moved);
  }
  if (x.status == 403) // blocked by the user, or removed from the group
    out.outcome = delivery_outcome::gone;
  return out;
}

} // namespace

const channel_kind& telegram_kind() {
  static const provider<telegram_target> kind{
      {.doc = "A Telegram chat.", .schema = schema(), .render = render, .judge = judge_telegram}};
  return kind;
}

} // namespace gochron::core
