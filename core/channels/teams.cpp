// Adaptive Cards by a Workflows webhook:
// https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"

namespace gochron::core {
namespace {

struct teams_target {
  static constexpr channel_type type = channel_type::teams;
  std::string webhook_url;
  friend bool operator==(const teams_target&, const teams_target&) = default;
};

object_ptr<teams_target> schema() {
  auto s = std::make_shared<object_schema<teams_target>>("TeamsTarget", "A Microsoft Teams channel, by a workflow.");
  add_secret_url(
      *s, "webhook_url", &teams_target::webhook_url,
      {.doc = "Of the workflow \"Post to a channel when a webhook request is received\". Never shown again.",
       .example = R"("https://prod-00.westeurope.logic.azure.com/workflows/x/triggers/manual/paths/invoke?sig=s")",
       .required = true});
  return s;
}

// A card may have 28 KB in all.
std::string cut(std::string_view x, std::size_t limit) {
  return shortened(x, limit, text_unit::bytes, markdown_escaped);
}

std::string_view style_of(const notice& x) {
  switch (x.tone) {
  case tone::trouble:
    return x.severity == severity::warning || x.severity == severity::info ? "warning" : "attention";
  case tone::taken:
    return "warning";
  case tone::over:
    return "good";
  case tone::news:
    break;
  }
  return "accent";
}

void write_block(json_writer& w, std::string_view text, bool is_headline) {
  w.begin_object();
  put(w, "type", "TextBlock");
  put(w, "text", text);
  put_boolean(w, "wrap", true);
  if (is_headline) {
    put(w, "size", "Large");
    put(w, "weight", "Bolder");
  }
  w.end_object();
}

void write_body(json_writer& w, const notice& x) {
  put_array(w, "body", [&] {
    w.begin_object();
    put(w, "type", "Container");
    put(w, "style", style_of(x));
    put_boolean(w, "bleed", true);
    put_array(w, "items", [&] { write_block(w, cut(x.headline, 2000), true); });
    w.end_object();
    if (!x.summary.empty())
      write_block(w, cut(x.summary, 4000), false);
    if (x.facts.empty())
      return;
    w.begin_object();
    put(w, "type", "FactSet");
    put_array(w, "facts", [&] {
      for (const auto& fact : x.facts) {
        w.begin_object();
        put(w, "title", fact.label);
        put(w, "value", cut(fact.value, 1500));
        w.end_object();
      }
    });
    w.end_object();
  });
}

void write_action(json_writer& w, std::string_view title, std::string_view url) {
  if (url.empty() || url.size() > 2048)
    return;
  w.begin_object();
  put(w, "type", "Action.OpenUrl");
  put(w, "title", title);
  put(w, "url", url);
  w.end_object();
}

void write_card(json_writer& w, const notice& x) {
  put_object(w, "content", [&] {
    put(w, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    put(w, "type", "AdaptiveCard");
    put(w, "version", "1.4");
    write_body(w, x);
    put_array(w, "actions", [&] {
      for (const auto& action : x.actions)
        write_action(w, label_of(action.verb), action.url);
      write_action(w, "Details", x.link);
      write_action(w, "Runbook", x.runbook_url);
    });
    put_object(w, "msteams", [&] { put(w, "width", "Full"); });
  });
}

result<outgoing> render(const teams_target& to, const letter& x) {
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  auto body = json_object_text([&](json_writer& w) {
    put(w, "type", "message");
    put_array(w, "attachments", [&] {
      w.begin_object();
      put(w, "contentType", "application/vnd.microsoft.card.adaptive");
      w.key("contentUrl");
      w.null();
      write_card(w, *told);
      w.end_object();
    });
  });
  return json_post(to.webhook_url, std::move(body));
}

receipt judge_teams(const delivery_attempt& x) {
  auto answer = answer_of(x);
  const auto* error = answer.find("error");
  auto said = error ? text_in(*error, "message") : std::string{};
  if (x.status == 404)
    return failed(delivery_outcome::gone, said.empty() ? "404" : said);
  return judge_status(x, said);
}

} // namespace

const channel_kind& teams_kind() {
  static const provider<teams_target> kind{
      {.doc = "A Microsoft Teams channel.", .schema = schema(), .render = render, .judge = judge_teams}};
  return kind;
}

} // namespace gochron::core
