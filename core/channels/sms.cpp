// Twilio's Message resource: https://www.twilio.com/docs/messaging/api/message-resource
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"

namespace gochron::core {
namespace {

struct sms_target {
  static constexpr channel_type type = channel_type::sms;
  std::string account_sid;
  std::string auth_token;
  std::optional<std::string> from;
  std::optional<std::string> messaging_service_sid;
  std::string to;
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
  add_base_url(*s, &sms_target::base_url);
  s->rule({"from", "messaging_service_sid"}, [](const sms_target& x, reader& r) {
    if (x.from.has_value() == x.messaging_service_sid.has_value())
      r.fail("inconsistent", "Exactly one of `from` and `messaging_service_sid`.", "from");
  });
  return s;
}

// What fits a telephone's screen; the link last, so that it is never cut.
std::string short_text(const notice& x) {
  auto text = x.headline;
  for (const auto& fact : x.facts)
    if (fact.label == "Cause" || fact.label == "Lasted")
      text += '\n' + fact.value;
  auto tail = x.link.empty() ? std::string{} : '\n' + x.link;
  // 1,600 characters are the limit; three segments of the wide alphabet are as long as a text should be.
  if (tail.size() > 1000)
    tail.clear();
  return shortened(text, std::max<std::size_t>(201, tail.size() + 60) - tail.size(), text_unit::utf16) + tail;
}

result<outgoing> render(const sms_target& to, const letter& x) {
  auto told = read_notice(*x.delivery.event.body);
  if (!told)
    return fail(told.error());
  auto url = base_url_of(to.base_url, x, "https://api.twilio.com") + "/2010-04-01/Accounts/" + to.account_sid +
             "/Messages.json";
  auto sender = to.from ? form({{"From", *to.from}}) : form({{"MessagingServiceSid", *to.messaging_service_sid}});
  return form_post(std::move(url), form({{"To", to.to}}) + '&' + sender + '&' + form({{"Body", short_text(*told)}}),
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

const channel_kind& sms_kind() {
  static const provider<sms_target> kind{
      {.doc = "A telephone, by text message.", .schema = schema(), .render = render, .judge = judge_sms}};
  return kind;
}

} // namespace gochron::core
