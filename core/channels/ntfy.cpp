// Publishing as JSON: https://docs.ntfy.sh/publish/#publish-as-json
#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"

namespace gochron::core {
namespace {

struct ntfy_target {
  static constexpr channel_type type = channel_type::ntfy;
  std::string topic;
  std::optional<std::string> token;
  std::optional<std::string> base_url;
  friend bool operator==(const ntfy_target&, const ntfy_target&) = default;
};

object_ptr<ntfy_target> schema() {
  auto s = std::make_shared<object_schema<ntfy_target>>("NtfyTarget", "A topic of ntfy.sh, or of a server like it.");
  add_secret(*s, "topic", &ntfy_target::topic, text({.min = 1, .max = 64, .pattern = "^[-_A-Za-z0-9]*$"}),
             {.doc = "Whoever knows it can read it, so it is never shown again.",
              .example = R"("gochron-8f3k2m9x")",
              .required = true});
  add_secret(*s, "token", &ntfy_target::token, token_text(128),
             {.doc = "An access token, where the topic is protected. Never shown again.", .example = "null"});
  add_base_url(*s, &ntfy_target::base_url);
  return s;
}

std::int64_t priority_of(const notice& x) {
  if (x.tone != tone::trouble)
    return x.tone == tone::news ? 2 : 3;
  return x.severity == severity::critical ? 5 : x.severity == severity::error ? 4 : 3;
}

std::string_view tag_of(const notice& x) {
  return x.tone == tone::trouble ? "rotating_light"
         : x.tone == tone::taken ? "eyes"
         : x.tone == tone::over  ? "white_check_mark"
                                 : "information_source";
}

std::string message_of(const notice& x) {
  std::string out = x.summary;
  for (const auto& fact : x.facts)
    out += (out.empty() ? "" : "\n") + fact.label + ": " + fact.value;
  return out.empty() ? x.headline : out;
}

void write_action(json_writer& w, std::string_view kind, std::string_view label, std::string_view url) {
  w.begin_object();
  put(w, "action", kind);
  put(w, "label", label);
  put(w, "url", url);
  if (kind == "http") {
    put(w, "method", "POST");
    put_boolean(w, "clear", true);
  }
  w.end_object();
}

// At most three. What acts does so from the notification, without a page in between.
void write_actions(json_writer& w, const notice& x) {
  if (x.runbook_url.empty() && x.actions.empty())
    return;
  put_array(w, "actions", [&] {
    for (const auto& action : x.actions)
      write_action(w, "http", label_of(action.verb), action.url);
    if (!x.runbook_url.empty())
      write_action(w, "view", "Runbook", x.runbook_url);
  });
}

// A message of more than 4,096 bytes would become an attachment.
result<outgoing> render(const ntfy_target& to, const letter& x) {
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  auto body = json_object_text([&](json_writer& w) {
    put(w, "topic", to.topic);
    put(w, "title", shortened(told->headline, 250, text_unit::bytes));
    put(w, "message", shortened(message_of(*told), 4000, text_unit::bytes));
    put_integer(w, "priority", priority_of(*told));
    put_array(w, "tags", [&] { w.text(tag_of(*told)); });
    if (!told->link.empty())
      put(w, "click", told->link);
    write_actions(w, *told);
  });
  std::vector<name_value> headers;
  if (to.token)
    headers.push_back({"Authorization", "Bearer " + *to.token});
  return json_post(base_url_of(to.base_url, x, "https://ntfy.sh") + "/", std::move(body), std::move(headers));
}

receipt judge_ntfy(const delivery_attempt& x) {
  return judge_status(x, text_in(answer_of(x), "error"));
}

} // namespace

const channel_kind& ntfy_kind() {
  static const provider<ntfy_target> kind{
      {.doc = "A topic of ntfy.", .schema = schema(), .render = render, .judge = judge_ntfy}};
  return kind;
}

} // namespace gochron::core
