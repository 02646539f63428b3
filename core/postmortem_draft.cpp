#include "core/postmortem_draft.hpp"

#include <fmt/format.h>

#include "core/incident_text.hpp"
#include "core/names.hpp"
#include "core/schema/time.hpp"

namespace gochron::core {
namespace {

// In one line, and nothing in it is markup.
std::string quoted(std::string_view text) {
  constexpr std::string_view special = "\\`*_{}[]<>#|";
  std::string out;
  for (char c : text) {
    if (c == '\n' || c == '\r' || c == '\t') {
      if (!out.empty() && out.back() != ' ')
        out += ' ';
      continue;
    }
    if (special.find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

// `2026-01-31 12:00:00 UTC`
std::string shown(timestamp at) {
  auto text = to_rfc3339(at);
  return text.substr(0, 10) + ' ' + text.substr(11, 8) + " UTC";
}

std::string between(timestamp from, timestamp to) {
  return spell(std::chrono::floor<seconds>(to - from));
}

std::string summary_of(const incident& x) {
  auto text = quoted(x.title) + '.';
  if (!x.cause.message.empty())
    text += ' ' + quoted(x.cause.message);
  return text;
}

std::string impact_of(const incident& x) {
  auto end = x.recovered_at ? x.recovered_at : x.resolved_at;
  if (!end)
    return fmt::format("Since {}; not over yet.", shown(x.started_at));
  return fmt::format("From {} to {}: {}.", shown(x.started_at), shown(*end), between(x.started_at, *end));
}

void add_fact(std::string& to, std::string_view name, std::string_view value) {
  to += fmt::format("- {}: {}\n", name, value);
}

std::string facts_of(const incident& x) {
  std::string text;
  add_fact(text, "Monitor", quoted(x.monitor_name));
  add_fact(text, "Severity", name_of(x.severity));
  add_fact(text, "Began", shown(x.started_at));
  add_fact(text, "Opened", shown(x.opened_at));
  if (x.acknowledged_at)
    add_fact(text, "Acknowledged",
             fmt::format("{} by {}, {} after the opening", shown(*x.acknowledged_at), quoted(x.acknowledged_by),
                         between(x.opened_at, *x.acknowledged_at)));
  if (x.recovered_at)
    add_fact(text, "Recovered", shown(*x.recovered_at));
  if (x.resolved_at)
    add_fact(text, "Resolved",
             fmt::format("{} by {}, {} after the opening", shown(*x.resolved_at), quoted(x.resolved_by),
                         between(x.opened_at, *x.resolved_at)));
  return text;
}

std::string line_of(const timeline_entry& x) {
  return fmt::format("- {} · {} · {}\n", shown(x.at), quoted(x.actor), quoted(x.message));
}

} // namespace

postmortem_draft draft_postmortem(const incident& x, const std::vector<timeline_entry>& timeline, bool truncated) {
  postmortem_draft draft;
  draft.summary = summary_of(x);
  draft.impact = impact_of(x);
  draft.truncated = truncated;
  auto& text = draft.markdown;
  text = fmt::format("# {}\n\nIncident {}.\n\n## Summary\n\n{}\n\n## Impact\n\n{}\n\n", quoted(x.title), x.number,
                     draft.summary, draft.impact);
  text += "## Facts\n\n" + facts_of(x);
  text += "\n## Root cause\n\nTo be written.\n\n## Timeline\n\n";
  for (const auto& entry : timeline)
    text += line_of(entry);
  if (truncated)
    text += "- The timeline has more lines.\n";
  text += "\n## Actions\n\n- To be written.\n";
  return draft;
}

} // namespace gochron::core
