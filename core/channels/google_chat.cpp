// Incoming webhooks: https://developers.google.com/workspace/chat/quickstart/webhooks
#include <fmt/format.h>

#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"

namespace gochron::core {
namespace {

struct google_chat_target {
  static constexpr channel_type type = channel_type::google_chat;
  std::string webhook_url;
  friend bool operator==(const google_chat_target&, const google_chat_target&) = default;
};

object_ptr<google_chat_target> schema() {
  auto s =
      std::make_shared<object_schema<google_chat_target>>("GoogleChatTarget", "A space of Google Chat, by a webhook.");
  add_secret_url(*s, "webhook_url", &google_chat_target::webhook_url,
                 {.doc = "Of the space's webhook, with `key` and `token`. Never shown again.",
                  .example = R"("https://chat.googleapis.com/v1/spaces/AAAA/messages?key=k&token=t")",
                  .required = true});
  return s;
}

void write_widget(json_writer& w, std::string_view label, const std::string& text) {
  w.begin_object();
  put_object(w, "decoratedText", [&] {
    if (!label.empty())
      put(w, "topLabel", label);
    put(w, "text", shortened(text, 1500, text_unit::bytes, html_escaped));
    put_boolean(w, "wrapText", true);
  });
  w.end_object();
}

void write_button(json_writer& w, std::string_view text, std::string_view url) {
  if (url.empty() || url.size() > 2048)
    return;
  w.begin_object();
  put(w, "text", text);
  put_object(w, "onClick", [&] { put_object(w, "openLink", [&] { put(w, "url", url); }); });
  w.end_object();
}

void write_widgets(json_writer& w, const notice& x) {
  put_array(w, "widgets", [&] {
    write_widget(w, {}, x.summary.empty() ? x.headline : x.summary);
    for (const auto& fact : x.facts)
      write_widget(w, fact.label, fact.value);
    if (x.link.empty() && x.runbook_url.empty() && x.actions.empty())
      return;
    w.begin_object();
    put_object(w, "buttonList", [&] {
      put_array(w, "buttons", [&] {
        for (const auto& action : x.actions)
          write_button(w, label_of(action.verb), action.url);
        write_button(w, "Details", x.link);
        write_button(w, "Runbook", x.runbook_url);
      });
    });
    w.end_object();
  });
}

// A message has at most 32,000 bytes, cards included.
std::string message(const notice& x) {
  return json_object_text([&](json_writer& w) {
    auto headline = fmt::format("{} {}", marker(x.tone), x.headline);
    put(w, "fallbackText", shortened(headline, 1000, text_unit::bytes));
    put_array(w, "cardsV2", [&] {
      w.begin_object();
      put(w, "cardId", x.event_id);
      put_object(w, "card", [&] {
        put_object(w, "header", [&] { put(w, "title", shortened(headline, 1000, text_unit::bytes)); });
        put_array(w, "sections", [&] {
          w.begin_object();
          write_widgets(w, x);
          w.end_object();
        });
      });
      w.end_object();
    });
    put_object(w, "thread", [&] { put(w, "threadKey", x.thread()); });
  });
}

result<outgoing> render(const google_chat_target& to, const letter& x) {
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  auto query = to.webhook_url.find('?') == std::string::npos ? '?' : '&';
  return json_post(to.webhook_url + query + "messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD", message(*told));
}

receipt judge_google_chat(const delivery_attempt& x) {
  auto answer = answer_of(x);
  const auto* error = answer.find("error");
  auto said = error ? text_in(*error, "message") : std::string{};
  if (x.status == 404)
    return failed(delivery_outcome::gone, said.empty() ? "404" : said);
  return judge_status(x, said);
}

} // namespace

const channel_kind& google_chat_kind() {
  static const provider<google_chat_target> kind{
      {.doc = "A space of Google Chat.", .schema = schema(), .render = render, .judge = judge_google_chat}};
  return kind;
}

} // namespace gochron::core
