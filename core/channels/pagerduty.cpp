// Events API v2: https://developer.pagerduty.com/docs/events-api-v2-overview
#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"
#include "core/names.hpp"

namespace gochron::core {
namespace {

struct pagerduty_target {
  static constexpr channel_type type = channel_type::pagerduty;
  std::string routing_key;
  std::optional<std::string> base_url;
  friend bool operator==(const pagerduty_target&, const pagerduty_target&) = default;
};

object_ptr<pagerduty_target> schema() {
  auto s = std::make_shared<object_schema<pagerduty_target>>(
      "PagerdutyTarget", "A PagerDuty service: incidents are triggered, acknowledged and resolved there.");
  add_secret(*s, "routing_key", &pagerduty_target::routing_key,
             text({.min = 32, .max = 32, .pattern = "^[A-Za-z0-9]*$"}),
             {.doc = "The integration key of an Events API v2 integration. Never shown again.",
              .example = R"("0123456789abcdef0123456789abcdef")",
              .required = true});
  add_base_url(*s, &pagerduty_target::base_url);
  return s;
}

std::string_view action_of(const notice& x) {
  return x.tone == tone::taken ? "acknowledge" : x.tone == tone::over ? "resolve" : "trigger";
}

void write_details(json_writer& w, const notice& x) {
  put_object(w, "custom_details", [&] {
    put(w, "event_id", x.event_id);
    put(w, "event_type", name_of(x.type));
    if (!x.summary.empty())
      put(w, "summary", x.summary);
    for (const auto& fact : x.facts)
      put(w, fact.label, shortened(fact.value, 4096, text_unit::code_points));
  });
}

void write_payload(json_writer& w, const notice& x, bool is_alert) {
  put_object(w, "payload", [&] {
    put(w, "summary", shortened(x.headline, 1024, text_unit::code_points));
    put(w, "source", x.monitor_name.empty() ? "gochron" : x.monitor_name);
    put(w, "timestamp", x.timestamp);
    if (is_alert) {
      put(w, "severity", name_of(x.severity));
      if (!x.cause.empty())
        put(w, "class", x.cause);
      if (!x.monitor_id.empty())
        put(w, "component", x.monitor_id);
    }
    write_details(w, x);
  });
}

void write_link(json_writer& w, std::string_view href, std::string_view text) {
  if (href.empty())
    return;
  w.begin_object();
  put(w, "href", href);
  put(w, "text", text);
  w.end_object();
}

void write_links(json_writer& w, const notice& x) {
  put_array(w, "links", [&] {
    for (const auto& action : x.actions)
      write_link(w, action.url, label_of(action.verb));
    write_link(w, x.link, "Details");
    write_link(w, x.runbook_url, "Runbook");
  });
}

// News wakes nobody: it is a change event, which PagerDuty shows beside the service.
std::string change(const pagerduty_target& to, const notice& x) {
  return json_object_text([&](json_writer& w) {
    put(w, "routing_key", to.routing_key);
    write_payload(w, x, false);
    write_links(w, x);
  });
}

std::string alert(const pagerduty_target& to, const notice& x) {
  return json_object_text([&](json_writer& w) {
    put(w, "routing_key", to.routing_key);
    put(w, "event_action", action_of(x));
    put(w, "dedup_key", x.thread());
    if (x.tone != tone::trouble)
      return; // acknowledge and resolve need no more, and a payload in them changes nothing
    put(w, "client", "gochron");
    if (!x.link.empty())
      put(w, "client_url", x.link);
    write_payload(w, x, true);
    write_links(w, x);
  });
}

result<outgoing> render(const pagerduty_target& to, const letter& x) {
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  auto base = base_url_of(to.base_url, x, "https://events.pagerduty.com");
  return told->tone == tone::news ? json_post(base + "/v2/change/enqueue", change(to, *told))
                                  : json_post(base + "/v2/enqueue", alert(to, *told));
}

receipt judge_pagerduty(const delivery_attempt& x) {
  auto answer = answer_of(x);
  auto said = text_in(answer, "message");
  if (const auto* errors = answer.find("errors"); errors && errors->as<json_array>())
    for (const auto& one : *errors->as<json_array>())
      if (const auto* text = one.as<std::string>())
        said += (said.empty() ? "" : " ") + *text;
  return judge_status(x, said);
}

} // namespace

const channel_kind& pagerduty_kind() {
  static const provider<pagerduty_target> kind{
      {.doc = "A PagerDuty service.", .schema = schema(), .render = render, .judge = judge_pagerduty}};
  return kind;
}

} // namespace gochron::core
