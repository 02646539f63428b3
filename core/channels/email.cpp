#include <algorithm>

#include <fmt/format.h>

#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/mime.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/relay.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"
#include "core/names.hpp"

namespace gochron::core {
namespace {

struct email_target {
  static constexpr channel_type type = channel_type::email;
  std::vector<std::string> to;
  std::optional<email_relay> relay;
  friend bool operator==(const email_target&, const email_target&) = default;
};

// What can be written into an envelope and a header as it stands: a dot-atom at a host, RFC 5321's lengths.
type_ptr<std::string> address_text() {
  return text({.min = 3,
               .max = 254,
               .pattern = "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9]"
                          "([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$",
               .check = [](std::string_view x) -> std::optional<complaint> {
                 if (x.find('@') > 64)
                   return complaint{"invalid_format", "At most 64 characters before the @."};
                 return std::nullopt;
               }});
}

type_ptr<std::string> smtp_url_text() {
  return text({.min = 8,
               .max = 300,
               .pattern = "^smtps?://(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+):[0-9]{1,5}$",
               .check = [](std::string_view x) -> std::optional<complaint> {
                 auto port = x.substr(x.rfind(':') + 1);
                 if (port.size() == 5 && port > "65535")
                   return complaint{"out_of_range", "The port is at most 65535."};
                 return std::nullopt;
               }});
}

object_ptr<email_relay> relay_schema() {
  auto s = std::make_shared<object_schema<email_relay>>("EmailRelay", "An SMTP server of your own.");
  s->property("url", &email_relay::url, smtp_url_text(),
              {.doc = "`smtp://host:port`, or `smtps://host:port` for TLS from the first byte.",
               .example = R"("smtp://mail.example.com:587")",
               .required = true});
  s->property("username", &email_relay::username, line_text(1), {.doc = "Of AUTH.", .example = R"("alerts")"});
  add_secret(*s, "password", &email_relay::password, line_text(1, 1024),
             {.doc = "Goes with `username`, and never without TLS. Never shown again.", .example = R"("s3cret")"});
  s->property("from", &email_relay::from, address_text(),
              {.doc = "The address that mail comes from.", .example = R"("alerts@example.com")", .required = true});
  s->property("tls", &email_relay::tls, enumeration<smtp_tls>(),
              {.doc = "`opportunistic`: used where it is offered. Always verified.", .example = R"("required")"});
  s->rule({"username", "password"}, [](const email_relay& x, reader& r) {
    if (x.username.has_value() != x.password.has_value())
      r.fail("inconsistent", "`username` and `password` go together.", x.username ? "password" : "username");
  });
  return s;
}

object_ptr<email_target> schema() {
  auto s = std::make_shared<object_schema<email_target>>("EmailTarget", "Mailboxes, through an SMTP relay.");
  s->property("to", &email_target::to, array_of(address_text(), {.min = 1, .max = 20, .distinct = true}),
              {.doc = "The addresses; all of them get the same mail.",
               .example = R"(["oncall@example.com"])",
               .required = true});
  s->property("relay", &email_target::relay, relay_schema(),
              {.doc = "In place of the server's own, to where the egress guard allows; null: the server's.",
               .example = "null"});
  return s;
}

// As buttons; a mail reader without styles shows links.
std::string actions_of(const notice& x) {
  std::string out;
  for (const auto& action : x.actions)
    out += fmt::format("{}<a href=\"{}\" style=\"display:inline-block;padding:10px 18px;margin-right:8px;"
                       "border-radius:4px;background:#1a4f8a;color:#ffffff;text-decoration:none\">{}</a>\n",
                       out.empty() ? "<p>" : "", html_escaped(action.url), label_of(action.verb));
  return out.empty() ? out : out + "</p>\n";
}

std::string html_of(const notice& x) {
  auto out = fmt::format("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title></head>\n"
                         "<body style=\"font-family:sans-serif\">\n<h2 style=\"color:{1}\">{0}</h2>\n",
                         html_escaped(x.headline), colour_text(x));
  if (!x.summary.empty())
    out += fmt::format("<p>{}</p>\n", html_escaped(x.summary));
  if (!x.facts.empty()) {
    out += "<table>\n";
    for (const auto& fact : x.facts)
      out += fmt::format("<tr><th align=\"left\" valign=\"top\">{}</th><td>{}</td></tr>\n", html_escaped(fact.label),
                         html_escaped(fact.value));
    out += "</table>\n";
  }
  out += actions_of(x);
  for (auto [url, name] : {std::pair{&x.runbook_url, "Runbook"}, std::pair{&x.link, "Details"}})
    if (!url->empty())
      out += fmt::format("<p><a href=\"{}\">{}</a></p>\n", html_escaped(*url), name);
  return out + "</body></html>\n";
}

// Lines of a mail end with CRLF in its text parts, too.
std::string with_crlf(std::string_view x) {
  std::string out;
  for (char c : x)
    out += c == '\n' ? std::string{"\r\n"} : std::string{c};
  return out;
}

// As the API names it.
std::string id_of(const channel_record& x) {
  return x.spec.user ? contact_method_id{x.id.value}.str() : x.id.str();
}

std::string headers_of(const email_target& to, const letter& x, const notice& told, const std::string& from) {
  auto domain = from.substr(from.find('@') + 1);
  auto root = fmt::format("<{}@{}>", told.thread(), domain);
  auto out = fmt::format("Date: {}\r\n", mail_date(x.sent_at));
  out += list_header("From", {fmt::format("gochron <{}>", from)}, ",");
  out += list_header("To", to.to, ",");
  out += text_header("Subject", shortened(told.headline, 200, text_unit::code_points));
  out += list_header("Message-ID", {fmt::format("<{}@{}>", x.delivery.id.str(), domain)}, "");
  // Nobody has sent the root: every mail about an incident answers it, whichever of them a mailbox has.
  if (!told.incident_id.empty()) {
    out += list_header("In-Reply-To", {root}, "");
    out += list_header("References", {root}, "");
  }
  out += list_header("List-Unsubscribe",
                     {fmt::format("<mailto:{}?subject=unsubscribe%20{}>",
                                  percent_encoded(from.substr(0, from.find('@'))) + '@' + domain, id_of(x.channel))},
                     "");
  out += "Auto-Submitted: auto-generated\r\n";
  out += fmt::format("X-Gochron-Event: {}; {}\r\n", name_of(told.type), told.event_id);
  return out;
}

std::shared_ptr<const mail_relay> relay_of(const email_relay& x) {
  return std::make_shared<const mail_relay>(
      mail_relay{x.url, x.username.value_or(""), x.password.value_or(""), x.tls == smtp_tls::required});
}

result<outgoing> render(const email_target& to, const letter& x) {
  auto from = to.relay ? to.relay->from : x.options.mail_from;
  if (from.empty())
    return fail(
        errc::unavailable,
        "This server has no SMTP relay: its operator has to set --smtp-url and --smtp-from, or the channel `relay`.");
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  mail_post mail;
  mail.from = from;
  mail.to = to.to;
  mail.relay = to.relay ? relay_of(*to.relay) : nullptr;
  mail.content = std::make_shared<const std::string>(
      alternative_message(headers_of(to, x, *told, from), with_crlf(plain_text(*told) + '\n'),
                          with_crlf(html_of(*told)), "gochron" + x.delivery.id.str().substr(4)));
  return mail;
}

// RFC 5321, 4.2.1: 4yz may pass, 5yz will not. Whatever is wrong with the relay's own settings (530, 534, 535, 538) is
// for its operator to mend, and no reason to drop what is owed.
receipt judge_email(const delivery_attempt& x) {
  if (x.status >= 200 && x.status < 300 && x.error == reason::none)
    return {};
  bool about_us = x.status == 530 || x.status == 534 || x.status == 535 || x.status == 538;
  bool refused = x.status >= 500 && x.status < 600 && !about_us;
  return {.outcome = refused ? delivery_outcome::refused : delivery_outcome::retry};
}

} // namespace

const channel_kind& email_kind() {
  static const provider<email_target> kind{
      {.doc = "E-mail.", .schema = schema(), .render = render, .judge = judge_email}};
  return kind;
}

} // namespace gochron::core
