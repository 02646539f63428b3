// Message API: https://pushover.net/api
#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"

namespace gochron::core {
namespace {

struct pushover_target {
  static constexpr channel_type type = channel_type::pushover;
  std::string app_token;
  std::string user_key;
  std::optional<std::string> device;
  std::optional<std::string> sound;
  bool emergency = false;
  std::optional<std::string> base_url;
  friend bool operator==(const pushover_target&, const pushover_target&) = default;
};

object_ptr<pushover_target> schema() {
  auto s = std::make_shared<object_schema<pushover_target>>("PushoverTarget", "A user or group of Pushover.");
  auto key = text({.min = 30, .max = 30, .pattern = "^[A-Za-z0-9]*$"});
  add_secret(*s, "app_token", &pushover_target::app_token, key,
             {.doc = "Of the application. Never shown again.",
              .example = R"("azGDORePK8gMaC0QOYAMyEEuzJnyUi")",
              .required = true});
  add_secret(*s, "user_key", &pushover_target::user_key, key,
             {.doc = "Of the user or group. Never shown again.",
              .example = R"("uQiRzpo4DXghDmr9QzzfQu27cmVRsG")",
              .required = true});
  s->property("device", &pushover_target::device, text({.min = 1, .max = 25, .pattern = "^[A-Za-z0-9_-]*$"}),
              {.doc = "One of the user's devices; null: all.", .example = "null"});
  s->property("sound", &pushover_target::sound, text({.min = 1, .max = 30, .pattern = "^[a-z0-9_-]*$"}),
              {.doc = "The name of a sound; null: the user's choice.", .example = "null"});
  s->property("emergency", &pushover_target::emergency, boolean(),
              {.doc = "Whether an incident of severity `critical` repeats each minute, for an hour or until it is "
                      "acknowledged in the app.",
               .example = "false"});
  add_base_url(*s, &pushover_target::base_url);
  return s;
}

std::string priority_of(const pushover_target& to, const notice& x) {
  if (x.tone != tone::trouble)
    return x.tone == tone::news ? "-1" : "0";
  if (x.severity == severity::critical && to.emergency)
    return "2";
  return x.severity == severity::critical || x.severity == severity::error ? "1" : "0";
}

std::string_view title_of_link(const notice& x) {
  return x.actions.empty() ? "Details" : label_of(x.actions.front().verb);
}

std::string message_of(const notice& x) {
  std::string out = x.summary;
  for (const auto& fact : x.facts)
    out += (out.empty() ? "" : "\n") + fact.label + ": " + fact.value;
  return out.empty() ? x.headline : out;
}

result<outgoing> render(const pushover_target& to, const letter& x) {
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  auto at = std::chrono::floor<seconds>(x.delivery.event.at).time_since_epoch().count();
  auto body = form({{"token", to.app_token},
                    {"user", to.user_key},
                    {"title", shortened(told->headline, 250, text_unit::code_points)},
                    {"message", shortened(message_of(*told), 1024, text_unit::code_points)},
                    {"priority", priority_of(to, *told)},
                    {"timestamp", std::to_string(at)}});
  if (priority_of(to, *told) == "2")
    body += '&' + form({{"retry", "60"}, {"expire", "3600"}, {"tags", told->thread()}});
  if (const auto& link = foremost_link(*told); !link.empty() && link.size() <= 512)
    body += '&' + form({{"url", link}, {"url_title", title_of_link(*told)}});
  if (to.device)
    body += '&' + form({{"device", *to.device}});
  if (to.sound)
    body += '&' + form({{"sound", *to.sound}});
  return form_post(base_url_of(to.base_url, x, "https://api.pushover.net") + "/1/messages.json", std::move(body));
}

std::string errors_of(const json_value& answer) {
  std::string out;
  if (const auto* errors = answer.find("errors"); errors && errors->as<json_array>())
    for (const auto& one : *errors->as<json_array>())
      if (const auto* text = one.as<std::string>())
        out += (out.empty() ? "" : "; ") + *text;
  return out;
}

// "Your application should not retry 4xx": input that was wrong stays wrong, and 429 is the month's quota.
receipt judge_pushover(const delivery_attempt& x) {
  auto answer = answer_of(x);
  auto said = errors_of(answer);
  if (x.status == 200 && !answer.is_null() && integer_in(answer, "status") != 1)
    return failed(delivery_outcome::refused, said.empty() ? "nothing that we understand" : said);
  auto out = judge_status(x, said);
  if (x.status >= 400 && x.status < 500)
    out.outcome = delivery_outcome::refused;
  return out;
}

} // namespace

const channel_kind& pushover_kind() {
  static const provider<pushover_target> kind{
      {.doc = "A user or group of Pushover.", .schema = schema(), .render = render, .judge = judge_pushover}};
  return kind;
}

} // namespace gochron::core
