// Incoming webhooks: https://developers.mattermost.com/integrate/webhooks/incoming/
#include <fmt/format.h>

#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"

namespace gochron::core {
namespace {

struct mattermost_target {
  static constexpr channel_type type = channel_type::mattermost;
  std::string webhook_url;
  std::optional<std::string> channel;
  friend bool operator==(const mattermost_target&, const mattermost_target&) = default;
};

object_ptr<mattermost_target> schema() {
  auto s = std::make_shared<object_schema<mattermost_target>>("MattermostTarget",
                                                              "A Mattermost channel, by an incoming webhook.");
  add_secret_url(*s, "webhook_url", &mattermost_target::webhook_url,
                 {.doc = "Of the incoming webhook. Never shown again.",
                  .example = R"("https://chat.example.com/hooks/xxx-generatedkey-xxx")",
                  .required = true});
  s->property("channel", &mattermost_target::channel, text({.min = 1, .max = 64, .pattern = "^[a-z0-9@._-]*$"}),
              {.doc = "Another channel than the webhook's own, by its name, or `@user`.", .example = "null"});
  return s;
}

std::string cut(std::string_view x, std::size_t limit) {
  return shortened(x, limit, text_unit::code_points);
}

std::string cut_marked(std::string_view x, std::size_t limit) {
  return shortened(x, limit, text_unit::code_points, markdown_escaped);
}

void write_attachment(json_writer& w, const notice& x) {
  w.begin_object();
  put(w, "fallback", cut(x.headline, 1000));
  put(w, "color", colour_text(x));
  put(w, "title", cut(x.headline, 1000));
  if (!x.link.empty())
    put(w, "title_link", x.link);
  if (!x.summary.empty())
    put(w, "text", cut_marked(x.summary, 4000));
  put_array(w, "fields", [&] {
    auto field = [&](std::string_view title, const std::string& value) {
      w.begin_object();
      put(w, "title", title);
      put(w, "value", value);
      put_boolean(w, "short", value.size() < 40);
      w.end_object();
    };
    for (const auto& fact : x.facts)
      field(fact.label, cut_marked(fact.value, 1000));
    if (auto actions = markdown_actions(x, 4000); !actions.empty())
      field("Actions", actions);
    if (!x.runbook_url.empty())
      field("Runbook", x.runbook_url);
  });
  w.end_object();
}

result<outgoing> render(const mattermost_target& to, const letter& x) {
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  auto body = json_object_text([&](json_writer& w) {
    if (to.channel)
      put(w, "channel", *to.channel);
    put(w, "text", fmt::format("{} {}", marker(told->tone), cut_marked(told->headline, 4000)));
    put_array(w, "attachments", [&] { write_attachment(w, *told); });
  });
  return json_post(to.webhook_url, std::move(body));
}

receipt judge_mattermost(const delivery_attempt& x) {
  auto answer = answer_of(x);
  auto said = text_in(answer, "message");
  // The id of an unknown hook is a 400 in some versions and a 404 in others.
  if (text_in(answer, "id").starts_with("web.incoming_webhook.invalid"))
    return failed(delivery_outcome::gone, said);
  return judge_status(x, said.empty() ? std::string_view{x.response_body} : said);
}

} // namespace

const channel_kind& mattermost_kind() {
  static const provider<mattermost_target> kind{
      {.doc = "A Mattermost channel.", .schema = schema(), .render = render, .judge = judge_mattermost}};
  return kind;
}

} // namespace gochron::core
