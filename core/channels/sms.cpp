// Twilio's Message resource: https://www.twilio.com/docs/messaging/api/message-resource
#include <algorithm>

#include <fmt/format.h>

#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"
#include "core/channels/twilio_inbound.hpp"

namespace gochron::core {
namespace {

struct sms_target {
  static constexpr channel_type type = channel_type::sms;
  std::string account_sid;
  std::string auth_token;
  std::optional<std::string> from;
  std::optional<std::string> messaging_service_sid;
  std::string to;
  bool replies = false;
  std::optional<std::string> base_url;
  friend bool operator==(const sms_target&, const sms_target&) = default;
};

object_ptr<sms_target> schema() {
  auto s = std::make_shared<object_schema<sms_target>>("SmsTarget", "A telephone, through Twilio.");
  s->property(
      "account_sid", &sms_target::account_sid, text({.min = 34, .max = 34, .pattern = "^AC[0-9a-fA-F]{32}$"}),
      {.doc = "Of the account at Twilio.", .example = R"("AC0123456789abcdef0123456789abcdef")", .required = true});
  add_secret(*s, "auth_token", &sms_target::auth_token, token_text(128),
             {.doc = "Of that account. Never shown again.",
              .example = R"("0123456789abcdef0123456789abcdef")",
              .required = true});
  s->property(
      "from", &sms_target::from,
      text({.min = 1, .max = 16, .pattern = "^(\\+[1-9][0-9]{1,14}|[0-9]{3,8}|[A-Za-z0-9 ]{1,11})$"}),
      {.doc = "A number in E.164, a short code or an alphanumeric sender. Either this or `messaging_service_sid`.",
       .example = R"("+15005550006")"});
  s->property("messaging_service_sid", &sms_target::messaging_service_sid,
              text({.min = 34, .max = 34, .pattern = "^MG[0-9a-fA-F]{32}$"}),
              {.doc = "A messaging service that chooses the sender.", .example = "null"});
  s->property("to", &sms_target::to, text({.min = 3, .max = 16, .pattern = "^\\+[1-9][0-9]{1,14}$"}),
              {.doc = "A number in E.164.", .example = R"("+15558675310")", .required = true});
  s->property("replies", &sms_target::replies, boolean(),
              {.doc = "Whether messages to that number are passed on to `/in/twilio/{channel_id}/reply`: the text then "
                      "says what to answer. Needs a sender that can be answered.",
               .example = "false"});
  add_base_url(*s, &sms_target::base_url);
  s->rule({"from", "messaging_service_sid"}, [](const sms_target& x, reader& r) {
    if (x.from.has_value() == x.messaging_service_sid.has_value())
      r.fail("inconsistent", "Exactly one of `from` and `messaging_service_sid`.", "from");
  });
  return s;
}

// Whether a carrier sends it in the narrow alphabet (GSM 03.38), of which we take what ASCII has at one place each. One
// other character makes the whole text wide.
bool is_narrow(std::string_view x) {
  return std::ranges::all_of(x, [](char c) {
    return c == '\n' || (c >= ' ' && c <= '~' && std::string_view{"[\\]^`{|}~"}.find(c) == std::string_view::npos);
  });
}

// Three segments: 153 characters each in the narrow alphabet, 67 in the wide one.
constexpr std::size_t narrow_limit = 3 * 153, wide_limit = 3 * 67;

std::string cut_to(std::string_view x, std::size_t room, bool narrow) {
  if (!narrow)
    return shortened(x, room, text_unit::utf16);
  return x.size() <= room ? std::string{x} : std::string{x.substr(0, room - 3)} + "...";
}

std::string reply_codes(const notice& x) {
  std::string out;
  for (const auto& action : x.actions)
    out += fmt::format("{} {}{} to {}", out.empty() ? "\nReply" : ",", x.number,
                       action.verb == link_verb::acknowledge ? 'a' : 'c',
                       action.verb == link_verb::acknowledge ? "acknowledge" : "close");
  return out;
}

// What fits a telephone's screen; codes and link last, so that they are never cut.
std::string short_text(const notice& x, bool replies) {
  auto text = x.headline;
  for (const auto& fact : x.facts)
    if (fact.label == "Cause" || fact.label == "Lasted")
      text += '\n' + fact.value;
  auto tail = replies ? reply_codes(x) : std::string{};
  if (const auto& link = foremost_link(x); !link.empty() && link.size() <= 1000) // 1,600 characters are the limit
    tail += '\n' + link;
  bool narrow = is_narrow(text) && is_narrow(tail);
  auto limit = std::max(narrow ? narrow_limit : wide_limit, tail.size() + 60);
  return cut_to(text, limit - tail.size(), narrow) + tail;
}

// Where Twilio says what became of it. Twilio takes no URL with an underscore, so the id goes without its prefix.
std::string status_url(const letter& x) {
  if (x.options.public_url.empty())
    return {};
  return x.options.public_url + "/in/twilio/" + x.delivery.id.str().substr(std::string_view{"dlv_"}.size()) + "/status";
}

result<outgoing> render(const sms_target& to, const letter& x) {
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  auto url = base_url_of(to.base_url, x, "https://api.twilio.com") + "/2010-04-01/Accounts/" + to.account_sid +
             "/Messages.json";
  auto sender = to.from ? form({{"From", *to.from}}) : form({{"MessagingServiceSid", *to.messaging_service_sid}});
  auto body = form({{"To", to.to}}) + '&' + sender + '&' + form({{"Body", short_text(*told, to.replies)}});
  if (auto report_to = status_url(x); !report_to.empty())
    body += '&' + form({{"StatusCallback", report_to}});
  return form_post(std::move(url), std::move(body),
                   {{"Authorization", basic_authorization(to.account_sid, to.auth_token)}});
}

// Error codes: https://www.twilio.com/docs/api/errors
receipt judge_sms(const delivery_attempt& x) {
  auto answer = answer_of(x);
  auto said = text_in(answer, "message");
  auto code = integer_in(answer, "code");
  if (code && !said.empty())
    said = std::to_string(*code) + ": " + said;
  if (code == 20429 || code == 14107) // too many requests at once
    return failed(delivery_outcome::retry, said);
  if (code == 21610) // the recipient has said STOP
    return failed(delivery_outcome::gone, said);
  return judge_status(x, said);
}

} // namespace

std::optional<twilio_account> twilio_account_of(const channel_record& x) {
  if (x.spec.type() != channel_type::sms)
    return std::nullopt;
  const auto& own = x.spec.target.as<sms_target>();
  return twilio_account{own.account_sid, own.auth_token, own.to};
}

const channel_kind& sms_kind() {
  static const provider<sms_target> kind{
      {.doc = "A telephone, by text message.", .schema = schema(), .render = render, .judge = judge_sms}};
  return kind;
}

} // namespace gochron::core
