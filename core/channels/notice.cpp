#include "core/channels/notice.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/channels/actions.hpp"
#include "core/incident_text.hpp"
#include "core/names.hpp"
#include "core/schema/json.hpp"
#include "core/schema/time.hpp"

namespace gochron::core {
namespace {

// Empty where there is no such text.
std::string text_at(const json_value* x, std::string_view name) {
  const auto* member = x ? x->find(name) : nullptr;
  const auto* text = member ? member->as<std::string>() : nullptr;
  return text ? *text : std::string{};
}

const json_value* part(const json_value* x, std::string_view name) {
  const auto* member = x ? x->find(name) : nullptr;
  return member && !member->is_null() ? member : nullptr;
}

// Whatever a target has answered may be in a cause: a fact is one line.
std::string one_line(std::string x) {
  std::ranges::replace_if(
      x, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return x;
}

void add_fact(notice& to, std::string label, std::string value) {
  if (!value.empty())
    to.facts.push_back({std::move(label), one_line(std::move(value))});
}

std::string shown_time(const std::string& rfc3339) {
  return rfc3339.size() < 19 ? rfc3339 : rfc3339.substr(0, 10) + ' ' + rfc3339.substr(11, 8) + " UTC";
}

std::string duration_between(const std::string& from, const std::string& to) {
  auto a = parse_rfc3339(from), b = parse_rfc3339(to);
  return a && b && *b >= *a ? spell(std::chrono::floor<seconds>(*b - *a)) : std::string{};
}

void read_monitor(const json_value* monitor, notice& to) {
  to.monitor_id = text_at(monitor, "id");
  to.monitor_name = one_line(text_at(monitor, "name"));
  to.monitor_target = text_at(monitor, "target");
  to.runbook_url = text_at(monitor, "runbook_url");
  if (const auto* tags = part(monitor, "tags"); tags && tags->as<json_array>())
    for (const auto& tag : *tags->as<json_array>())
      if (const auto* text = tag.as<std::string>())
        to.tags.push_back(*text);
}

void describe_incident(const json_value& incident, const json_value* monitor, const std::string& by, notice& to) {
  const auto* cause = part(&incident, "cause");
  auto started = text_at(&incident, "started_at");
  to.incident_id = text_at(&incident, "id");
  if (const auto* number = incident.find("number"); number && number->as<std::int64_t>())
    to.number = *number->as<std::int64_t>();
  to.cause = text_at(cause, "code");
  to.severity = parse_name<severity>(text_at(&incident, "severity")).value_or(severity::critical);
  if (text_at(&incident, "title").find(to.monitor_name) == std::string::npos)
    add_fact(to, "Monitor", to.monitor_name);
  add_fact(to, "Severity", text_at(&incident, "severity"));
  add_fact(to, "Cause", text_at(cause, "message"));
  add_fact(to, "Target", to.monitor_target);
  add_fact(to, "Since", shown_time(started));
  if (to.type == event_type::incident_acknowledged)
    to.by = text_at(&incident, "acknowledged_by");
  if (to.type == event_type::incident_resolved) {
    auto recovered = text_at(&incident, "recovered_at");
    to.by = text_at(&incident, "resolved_by");
    add_fact(to, "Lasted",
             duration_between(started, recovered.empty() ? text_at(&incident, "resolved_at") : recovered));
  }
  if (to.type == event_type::incident_snoozed)
    add_fact(to, "Until", shown_time(text_at(&incident, "snoozed_until")));
  if (auto runbook = text_at(&incident, "runbook_url"); !runbook.empty())
    to.runbook_url = std::move(runbook);
  if (!to.by.empty() && !by.empty())
    to.by = by; // a token's name in place of its id
  add_fact(to, "By", to.by == "system" ? std::string{} : std::string{spoken(to.by)});
  add_fact(to, "Description", text_at(monitor, "description"));
}

void word_incident(const json_value& incident, notice& to) {
  auto title = one_line(text_at(&incident, "title"));
  switch (to.type) {
  case event_type::incident_acknowledged:
    to.tone = tone::taken;
    to.headline = "Acknowledged: " + title;
    break;
  case event_type::incident_resolved:
    to.tone = tone::over;
    to.headline = "Resolved: " + title;
    break;
  case event_type::incident_unacknowledged:
    to.tone = tone::trouble;
    to.headline = "Triggered again: " + title;
    break;
  case event_type::incident_snoozed:
    to.tone = tone::taken;
    to.headline = "Snoozed: " + title;
    break;
  case event_type::incident_reopened:
    to.tone = tone::trouble;
    to.headline = "Reopened: " + title;
    break;
  default:
    to.tone = tone::trouble;
    to.headline = title;
  }
}

void word_news(const json_value* channel, notice& to) {
  auto name = one_line(text_at(channel, "name"));
  if (to.type == event_type::channel_test) {
    to.headline = fmt::format("Test of the channel {}", name);
    to.summary = "If you can read this, its messages arrive.";
  } else if (to.type == event_type::channel_disabled) {
    to.tone = tone::trouble;
    to.severity = severity::warning;
    to.headline = fmt::format("The channel {} was disabled", name);
    to.summary = channel_disabled_message(name, text_at(channel, "disabled_reason"));
  } else {
    to.headline = fmt::format("The monitor {} has expired", to.monitor_name);
    to.summary = "It had an end, and deleted itself.";
  }
}

void word_window(const json_value& window, notice& to) {
  bool began = to.type == event_type::maintenance_started;
  const auto* occurrence = part(&window, "occurrence");
  to.headline = fmt::format("Maintenance has {}: {}", began ? "begun" : "ended", one_line(text_at(&window, "name")));
  if (began)
    to.summary = text_at(&window, "mode") == "pause_checks" ? "Checks pause, and nobody is told of incidents."
                                                            : "Checks go on, and nobody is told of incidents.";
  add_fact(to, "From", shown_time(text_at(occurrence, "from")));
  add_fact(to, "To", shown_time(text_at(occurrence, "to")));
}

std::int64_t number_at(const json_value* x, std::string_view name) {
  const auto* member = x ? x->find(name) : nullptr;
  const auto* n = member ? member->as<std::int64_t>() : nullptr;
  return n ? *n : 0;
}

// `3 opened, 1 resolved`.
std::string counts_in(const json_value* data) {
  std::string out;
  for (auto name : {"opened", "acknowledged", "unacknowledged", "resolved"})
    if (auto n = number_at(data, name); n > 0)
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", n, name);
  return out;
}

void list_incident(const json_value& x, notice& to) {
  auto type = text_at(&x, "event_type");
  auto verb = type.substr(std::min(type.size(), std::string_view{"incident."}.size()));
  add_fact(to, fmt::format("#{} {}", number_at(&x, "number"), verb), text_at(&x, "title"));
  if (auto severity = parse_name<gochron::severity>(text_at(&x, "severity")))
    to.severity = std::max(to.severity, *severity);
}

// A message about several incidents (alert_grouping.hpp). Receivers count on seven facts at most.
void read_group(const json_value* data, notice& to) {
  constexpr std::size_t most = 6;
  auto count = number_at(data, "count");
  to.tone = number_at(data, "opened") + number_at(data, "unacknowledged") > 0 ? tone::trouble
            : number_at(data, "acknowledged") > 0                             ? tone::taken
                                                                              : tone::over;
  to.headline = fmt::format("{} incidents: {}", count, counts_in(data));
  const auto* listed = part(data, "incidents");
  if (const auto* rows = listed ? listed->as<json_array>() : nullptr)
    for (std::size_t i = 0; i < std::min(most, rows->size()); ++i)
      list_incident((*rows)[i], to);
  if (count > static_cast<std::int64_t>(most))
    add_fact(to, "And", fmt::format("{} more", count - static_cast<std::int64_t>(most)));
}

notice read_grouped(const json_value& json) {
  notice x;
  x.event_id = text_at(&json, "id");
  x.timestamp = text_at(&json, "timestamp");
  read_group(part(&json, "data"), x);
  return x;
}

// To the person whose contact method it is.
void word_personal(const json_value& method, notice& to) {
  auto name = one_line(text_at(&method, "name"));
  if (to.type == event_type::contact_method_verification) {
    to.headline = fmt::format("{} is your gochron code", text_at(&method, "code"));
    to.summary = fmt::format("Enter it within 10 minutes to verify the contact method {}. If you did not ask for it, "
                             "do nothing.",
                             name);
  } else if (to.type == event_type::channel_disabled) {
    to.tone = tone::trouble;
    to.severity = severity::warning;
    to.headline = fmt::format("Your contact method {} was disabled", name);
    to.summary = channel_disabled_message(name, text_at(&method, "disabled_reason"));
  } else {
    to.headline = fmt::format("Test of your contact method {}", name);
    to.summary = "If you can read this, pages reach you here.";
  }
}

// The names in a list of people, a few of them.
struct listed_people {
  std::string names;
  const json_value* reader = nullptr; // the entry of whoever reads it

  listed_people(const json_value* rows, const std::optional<user_id>& whom) {
    constexpr std::size_t most = 10;
    const auto* all = rows ? rows->as<json_array>() : nullptr;
    for (std::size_t i = 0; all && i < all->size(); ++i) {
      const auto& row = (*all)[i];
      if (i < most)
        names += (i > 0 ? ", " : "") + one_line(text_at(&row, "name"));
      if (whom && text_at(&row, "user_id") == whom->str())
        reader = &row;
    }
    if (all && all->size() > most)
      names += fmt::format(" and {} more", all->size() - most);
  }
};

void word_handoff(const json_value& schedule, const std::optional<user_id>& whom, notice& to) {
  auto name = one_line(text_at(&schedule, "name"));
  listed_people now{part(&schedule, "on_call"), whom}, started{part(&schedule, "started"), whom},
      ended{part(&schedule, "ended"), whom};
  if (started.reader) {
    to.headline = fmt::format("You are on call now: {}", name);
    add_fact(to, "Until", shown_time(text_at(started.reader, "until")));
  } else if (ended.reader)
    to.headline = fmt::format("You are no longer on call: {}", name);
  else
    to.headline = now.names.empty() ? fmt::format("Nobody is on call: {}", name)
                                    : fmt::format("On call now: {} ({})", now.names, name);
  if (whom)
    add_fact(to, "On call now", now.names.empty() ? "nobody" : now.names);
  else
    add_fact(to, "Came", started.names);
  add_fact(to, "Went", ended.names);
  if (!started.reader)
    add_fact(to, "Next change", shown_time(text_at(&schedule, "next_change_at")));
}

} // namespace

result<notice> read_notice(std::string_view body, const std::optional<user_id>& whom) {
  auto json = parse_json(body, {64, 1'000'000});
  if (!json)
    return fail(json.error());
  if (text_at(&*json, "type") == "incidents.grouped")
    return read_grouped(*json);
  auto type = parse_name<event_type>(text_at(&*json, "type"));
  if (!type)
    return fail(errc::malformed, "The event has no known type.");
  notice x;
  x.type = *type;
  x.event_id = text_at(&*json, "id");
  x.timestamp = text_at(&*json, "timestamp");
  const auto* data = part(&*json, "data");
  const auto* monitor = part(data, "monitor");
  read_monitor(monitor, x);
  if (const auto* about = part(data, "incident")) {
    word_incident(*about, x);
    describe_incident(*about, monitor, text_at(data, "by"), x);
  } else if (const auto* method = part(data, "contact_method"))
    word_personal(*method, x);
  else if (const auto* window = part(data, "maintenance_window"))
    word_window(*window, x);
  else if (const auto* schedule = part(data, "schedule"))
    word_handoff(*schedule, whom, x);
  else
    word_news(part(data, "channel"), x);
  return x;
}

std::string plain_text(const notice& x) {
  std::string out = x.headline;
  if (!x.summary.empty())
    out += '\n' + x.summary;
  for (const auto& fact : x.facts)
    out += fmt::format("\n{}: {}", fact.label, fact.value);
  for (const auto& action : x.actions)
    out += fmt::format("\n{}: {}", label_of(action.verb), action.url);
  if (!x.runbook_url.empty())
    out += "\nRunbook: " + x.runbook_url;
  if (!x.link.empty())
    out += '\n' + x.link;
  return out;
}

std::string_view marker(tone x) {
  switch (x) {
  case tone::trouble:
    return "\xf0\x9f\x94\xb4"; // red circle
  case tone::taken:
    return "\xf0\x9f\x9f\xa1"; // yellow
  case tone::over:
    return "\xf0\x9f\x9f\xa2"; // green
  case tone::news:
    break;
  }
  return "\xf0\x9f\x94\xb5"; // blue
}

std::uint32_t colour(const notice& x) {
  if (x.tone == tone::trouble)
    return x.severity == severity::warning || x.severity == severity::info ? 0xe69f00 : 0xd62728;
  return x.tone == tone::taken ? 0xf0c000 : x.tone == tone::over ? 0x2ca02c : 0x1f77b4;
}

std::string colour_text(const notice& x) {
  return fmt::format("#{:06X}", colour(x));
}

} // namespace gochron::core
