// Alert API: https://docs.opsgenie.com/docs/alert-api
#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"
#include "core/names.hpp"

namespace gochron::core {
namespace {

struct opsgenie_target {
  static constexpr channel_type type = channel_type::opsgenie;
  std::string api_key;
  std::optional<std::string> base_url;
  friend bool operator==(const opsgenie_target&, const opsgenie_target&) = default;
};

object_ptr<opsgenie_target> schema() {
  auto s = std::make_shared<object_schema<opsgenie_target>>(
      "OpsgenieTarget", "An Opsgenie team: alerts are created, acknowledged and closed there.");
  add_secret(*s, "api_key", &opsgenie_target::api_key, token_text(128),
             {.doc = "The key of an API integration. Never shown again.",
              .example = R"("eb243592-faa2-4ba2-a551-1afdf565c889")",
              .required = true});
  add_base_url(*s, &opsgenie_target::base_url);
  return s;
}

std::string_view priority_of(const notice& x) {
  if (x.tone == tone::news)
    return "P5";
  switch (x.severity) {
  case severity::critical:
    return "P1";
  case severity::error:
    return "P2";
  case severity::warning:
    return "P3";
  case severity::info:
    break;
  }
  return "P4";
}

std::string cut(std::string_view x, std::size_t limit) {
  return shortened(x, limit, text_unit::utf16);
}

void write_details(json_writer& w, const notice& x) {
  put_object(w, "details", [&] {
    put(w, "event_id", x.event_id);
    put(w, "event_type", name_of(x.type));
    for (const auto& fact : x.facts)
      put(w, fact.label, cut(fact.value, 1000)); // all of them below 8,000
  });
}

std::string creation(const notice& x) {
  return json_object_text([&](json_writer& w) {
    put(w, "message", cut(x.headline, 130));
    put(w, "alias", x.thread());
    put(w, "description", cut(plain_text(x), 15000));
    if (!x.monitor_name.empty())
      put(w, "entity", cut(x.monitor_name, 512));
    put(w, "source", "gochron");
    put(w, "priority", priority_of(x));
    put_array(w, "tags", [&] {
      std::size_t kept = 0;
      for (const auto& tag : x.tags)
        if (++kept <= 20)
          w.text(cut(tag, 50));
    });
    write_details(w, x);
  });
}

std::string step(const notice& x) {
  return json_object_text([&](json_writer& w) {
    put(w, "source", "gochron");
    if (!x.by.empty())
      put(w, "user", cut(x.by, 100));
    put(w, "note", cut(x.headline, 25000));
  });
}

result<outgoing> render(const opsgenie_target& to, const letter& x) {
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  auto url = base_url_of(to.base_url, x, "https://api.opsgenie.com") + "/v2/alerts";
  std::vector<name_value> headers{{"Authorization", "GenieKey " + to.api_key}};
  if (told->tone != tone::taken && told->tone != tone::over)
    return json_post(std::move(url), creation(*told), std::move(headers));
  auto action = told->tone == tone::taken ? "/acknowledge" : "/close";
  return json_post(url + '/' + percent_encoded(told->thread()) + action + "?identifierType=alias", step(*told),
                   std::move(headers));
}

receipt judge_opsgenie(const delivery_attempt& x) {
  return judge_status(x, text_in(answer_of(x), "message"));
}

} // namespace

const channel_kind& opsgenie_kind() {
  static const provider<opsgenie_target> kind{
      {.doc = "An Opsgenie team.", .schema = schema(), .render = render, .judge = judge_opsgenie}};
  return kind;
}

} // namespace gochron::core
