#include <algorithm>

#include <fmt/format.h>

#include "core/channels/judgement.hpp"
#include "core/channels/mime.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"
#include "core/names.hpp"

namespace gochron::core {
namespace {

struct email_target {
  static constexpr channel_type type = channel_type::email;
  std::vector<std::string> to;
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

object_ptr<email_target> schema() {
  auto s = std::make_shared<object_schema<email_target>>("EmailTarget", "Mailboxes, through the server's SMTP relay.");
  s->property("to", &email_target::to, array_of(address_text(), {.min = 1, .max = 20, .distinct = true}),
              {.doc = "The addresses; all of them get the same mail.",
               .example = R"(["oncall@example.com"])",
               .required = true});
  return s;
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

std::string headers_of(const email_target& to, const letter& x, const notice& told) {
  const auto& from = x.options.mail_from;
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
                                  percent_encoded(from.substr(0, from.find('@'))) + '@' + domain, x.channel.id.str())},
                     "");
  out += "Auto-Submitted: auto-generated\r\n";
  out += fmt::format("X-Gochron-Event: {}; {}\r\n", name_of(told.type), told.event_id);
  return out;
}

result<outgoing> render(const email_target& to, const letter& x) {
  if (x.options.mail_from.empty())
    return fail(errc::unavailable,
                "This server has no SMTP relay: its operator has to set --smtp-url and --smtp-from.");
  auto told = read_notice(*x.delivery.event.body);
  if (!told)
    return fail(told.error());
  mail_post mail;
  mail.from = x.options.mail_from;
  mail.to = to.to;
  mail.content = std::make_shared<const std::string>(
      alternative_message(headers_of(to, x, *told), with_crlf(plain_text(*told) + '\n'), with_crlf(html_of(*told)),
                          "gochron" + x.delivery.id.str().substr(4)));
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
