// Execute Webhook: https://discord.com/developers/docs/resources/webhook#execute-webhook
#include <fmt/format.h>

#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"

namespace gochron::core {
namespace {

struct discord_target {
  static constexpr channel_type type = channel_type::discord;
  std::string webhook_url;
  friend bool operator==(const discord_target&, const discord_target&) = default;
};

object_ptr<discord_target> schema() {
  auto s = std::make_shared<object_schema<discord_target>>("DiscordTarget", "A Discord channel, by a webhook.");
  add_secret_url(*s, "webhook_url", &discord_target::webhook_url,
                 {.doc = "Of the channel's webhook. Never shown again.",
                  .example = R"("https://discord.com/api/webhooks/1/abc")",
                  .required = true});
  return s;
}

std::string cut(std::string_view x, std::size_t limit) {
  return shortened(x, limit, text_unit::utf16);
}

std::string cut_marked(std::string_view x, std::size_t limit) {
  return shortened(x, limit, text_unit::utf16, markdown_escaped);
}

// An embed: title 256, description 4,096, 25 fields of 256 and 1,024; 6,000 in all.
void write_embed(json_writer& w, const notice& x) {
  w.begin_object();
  put(w, "title", cut(x.headline, 256));
  if (!x.link.empty())
    put(w, "url", x.link);
  if (!x.summary.empty())
    put(w, "description", cut_marked(x.summary, 1500));
  put_integer(w, "color", colour(x));
  put(w, "timestamp", x.timestamp);
  put_array(w, "fields", [&] {
    auto field = [&](std::string_view name, const std::string& value) {
      w.begin_object();
      put(w, "name", name);
      put(w, "value", value);
      w.end_object();
    };
    for (const auto& fact : x.facts) // seven at most
      field(fact.label, cut_marked(fact.value, 500));
    if (auto actions = markdown_actions(x, 1024); !actions.empty())
      field("Actions", actions);
    if (!x.runbook_url.empty() && x.runbook_url.size() <= 1024)
      field("Runbook", x.runbook_url);
  });
  w.end_object();
}

result<outgoing> render(const discord_target& to, const letter& x) {
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  auto body = json_object_text([&](json_writer& w) {
    put(w, "content", fmt::format("{} {}", marker(told->tone), cut_marked(told->headline, 1990)));
    put_array(w, "embeds", [&] { write_embed(w, *told); });
    put_object(w, "allowed_mentions", [&] { put_array(w, "parse", [] {}); }); // a monitor's name pings nobody
  });
  return json_post(to.webhook_url, std::move(body));
}

receipt judge_discord(const delivery_attempt& x) {
  auto answer = answer_of(x);
  auto said = text_in(answer, "message");
  if (x.status == 404 || integer_in(answer, "code") == 10015) // Unknown Webhook
    return failed(delivery_outcome::gone, said.empty() ? "404" : said);
  auto out = judge_status(x, said);
  if (x.status == 429)
    if (auto after = integer_in(answer, "retry_after"))
      out.retry_after = seconds{*after};
  return out;
}

} // namespace

const channel_kind& discord_kind() {
  static const provider<discord_target> kind{
      {.doc = "A Discord channel.", .schema = schema(), .render = render, .judge = judge_discord}};
  return kind;
}

} // namespace gochron::core
