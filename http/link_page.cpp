#include "http/link_page.hpp"

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/channels/text.hpp"
#include "core/incident_text.hpp"
#include "core/names.hpp"
#include "core/schema/time.hpp"

namespace gochron::http {
namespace {

using core::html_escaped;
using core::link_outcome;
using core::link_verb;

constexpr std::string_view style = R"css(
:root { color-scheme: light dark; --text: #1c2321; --soft: #4d5854; --page: #fff; --line: #d5dcd9; --accent: #0b6b54; --on: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6ecea; --soft: #a7b3af; --page: #0f1412; --line: #35403c; --accent: #4fd1ae; --on: #0f1412; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 17px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 2rem 1.25rem; }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 1.25rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1rem; margin: 0 0 1.5rem; padding: 1rem 0; border: solid var(--line); border-width: 1px 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
p { margin: 0 0 1.25rem; }
button { width: 100%; min-height: 3.25rem; border: 0; border-radius: .5rem; background: var(--accent); color: var(--on); font: inherit; font-weight: 600; cursor: pointer; }
form + form { margin-top: .75rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .75rem; }
ol { margin: 0; padding: 0; list-style: none; }
li { padding: .5rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; white-space: pre-line; }
li small { display: block; color: var(--soft); font-size: .85rem; }
button:focus-visible { outline: 3px solid var(--text); outline-offset: 3px; }
)css";

std::string page(std::string_view title, std::string_view content) {
  return fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"robots\" content=\"noindex, nofollow\">\n<title>{}</title>\n<style>{}</style>\n"
                     "</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
                     html_escaped(title), style, content);
}

std::string time_element(timestamp at) {
  auto text = core::to_rfc3339(at);
  return fmt::format("<time datetime=\"{}\">{} {} UTC</time>", text, text.substr(0, 10), text.substr(11, 8));
}

// A token's id says nothing to people.
std::string person(const actor_name& who) {
  return who.starts_with("token:") ? std::string{"an API token"} : html_escaped(std::string{core::spoken(who)});
}

std::string by(const actor_name& who, const std::optional<timestamp>& at) {
  return fmt::format("by {}{}", who == "system" ? "the monitor itself" : person(who),
                     at ? " at " + time_element(*at) : std::string{});
}

std::string state_of(const incident& x) {
  switch (x.state) {
  case incident_state::acknowledged:
    return "Acknowledged " + by(x.acknowledged_by, x.acknowledged_at);
  case incident_state::resolved:
    return "Resolved " + by(x.resolved_by, x.resolved_at);
  case incident_state::triggered:
    break;
  }
  return "Triggered: nobody has taken it yet";
}

std::string facts(const link_state& of) {
  const auto& x = of.about;
  auto row = [](std::string_view label, const std::string& html) {
    return fmt::format("<dt>{}</dt><dd>{}</dd>\n", label, html);
  };
  return "<dl>\n" + row("State", state_of(x)) + row("Severity", std::string{core::name_of(x.severity)}) +
         row("Since", time_element(x.started_at)) + row("Monitor", html_escaped(x.monitor_name)) +
         (x.cause.message.empty() ? std::string{} : row("Cause", html_escaped(x.cause.message))) +
         row("Incident", fmt::format("#{}", x.number)) + "</dl>\n";
}

// To where it stands, or to the link beside it.
std::string form(link_verb verb, std::string_view token = {}) {
  return fmt::format("<form method=\"post\"{}><button type=\"submit\">{}</button></form>\n",
                     token.empty() ? std::string{} : fmt::format(" action=\"{}\"", token),
                     verb == link_verb::acknowledge ? "Acknowledge this incident" : "Resolve this incident");
}

std::string history_of(const link_state& x) {
  std::string out = "<h2>What has happened</h2>\n";
  out += x.has_more ? "<p>There is more than fits here.</p>\n<ol>\n" : "<ol>\n";
  for (const auto& entry : x.history)
    out += fmt::format("<li><small>{}{}</small>{}</li>\n", time_element(entry.at),
                       entry.actor == "system" ? std::string{} : " by " + person(entry.actor),
                       html_escaped(entry.message));
  return out + "</ol>\n";
}

std::string_view sentence_of(const link_state& x) {
  switch (x.outcome) {
  case link_outcome::done:
    return x.verb == link_verb::acknowledge ? "Done: it is acknowledged, and nobody else is called."
                                            : "Done: the incident is resolved.";
  case link_outcome::already:
    return "Somebody has acknowledged it before you. There is nothing left to do here.";
  case link_outcome::used:
    return "This link was used before: it works once. What it did is in the incident's history.";
  case link_outcome::resolved:
    return "The incident is over. There is nothing left to do here.";
  case link_outcome::open:
  case link_outcome::shown:
    break;
  }
  return "";
}

} // namespace

std::string link_page(const link_state& x, const std::vector<link_button>& buttons) {
  auto content = fmt::format("<h1>{}</h1>\n", html_escaped(x.about.title));
  if (auto sentence = sentence_of(x); !sentence.empty())
    content += fmt::format("<p role=\"status\"><strong>{}</strong></p>\n", sentence);
  content += facts(x);
  if (x.outcome == link_outcome::open)
    content += "<p>Nothing has happened yet. The button works once.</p>\n" + form(x.verb);
  for (const auto& button : buttons)
    content += form(button.verb, button.token);
  if (x.outcome == link_outcome::shown)
    content += history_of(x);
  return page(x.about.title, content);
}

std::string message_page(std::string_view headline, std::string_view sentence) {
  return page(headline, fmt::format("<h1>{}</h1>\n<p>{}</p>\n", html_escaped(headline), html_escaped(sentence)));
}

std::vector<header> link_headers() {
  static const auto policy = "default-src 'none'; style-src 'sha256-" + core::to_base64(core::sha256(style)) +
                             "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
  return {{"Cache-Control", "no-store"},         {"Content-Security-Policy", policy},
          {"Referrer-Policy", "no-referrer"},    {"X-Content-Type-Options", "nosniff"},
          {"X-Robots-Tag", "noindex, nofollow"}, {"Vary", "Accept"}};
}

} // namespace gochron::http
