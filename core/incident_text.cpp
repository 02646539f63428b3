#include "core/incident_text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/names.hpp"
#include "core/schema/time.hpp"

namespace gochron::core {
namespace {

constexpr auto phrases = std::to_array<std::string_view>({
    "",
    "the name does not exist",
    "the name server failed",
    "name resolution timed out",
    "connection refused",
    "connection timed out",
    "unreachable",
    "connection reset",
    "certificate expired",
    "certificate is for another name",
    "certificate not trusted",
    "TLS handshake failed",
    "TLS handshake timed out",
    "the request could not be sent",
    "no answer in time",
    "the answer did not end in time",
    "the answer is too large",
    "not a valid answer",
    "too many redirects",
    "unexpected status",
    "an assertion failed",
    "keyword missing",
    "forbidden keyword present",
    "too slow",
    "missed ping",
    "run not finished in time",
    "non-zero exit status",
    "the job reported a failure",
    "address not allowed",
    "quarantined after repeated crashes",
    "the probe failed",
    "the conditions of a rule are met",
    "reported",
});

std::string_view who(std::string_view actor) {
  return actor.empty() ? "system" : spoken(actor);
}

} // namespace

std::string_view spoken(std::string_view actor) {
  constexpr std::string_view person = "user:";
  return actor.starts_with(person) ? actor.substr(person.size()) : actor;
}

std::string said(const change_origin& x) {
  if (!x.token_name.empty())
    return fmt::format("token \"{}\"", x.token_name);
  return x.who == "system" ? std::string{} : std::string{spoken(x.who)};
}

std::string_view phrase_of(reason x) {
  return phrases.at(static_cast<std::size_t>(x));
}

std::string spell(seconds x) {
  struct unit {
    std::int64_t length;
    std::string_view name;
  };
  constexpr unit units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
  auto rest = std::max<std::int64_t>(0, x.count());
  for (std::size_t i = 0; i + 1 < std::size(units); ++i) {
    const auto& [length, name] = units[i];
    if (rest < length)
      continue;
    auto second = rest % length / units[i + 1].length;
    return second == 0 ? fmt::format("{} {}", rest / length, name)
                       : fmt::format("{} {} {} {}", rest / length, name, second, units[i + 1].name);
  }
  return fmt::format("{} s", rest);
}

std::string incident_title(std::string_view monitor_name, const status_reason& cause) {
  auto phrase = phrase_of(cause.code);
  return phrase.empty() ? fmt::format("{} is down", monitor_name) : fmt::format("{} is down: {}", monitor_name, phrase);
}

std::string opened_message(const incident& x) {
  auto confirmed_after = std::chrono::floor<seconds>(x.opened_at - x.started_at);
  auto what = x.cause.message.empty() ? x.title : fmt::format("{}. {}", x.title, x.cause.message);
  return confirmed_after <= seconds::zero() ? what
                                            : fmt::format("{} (confirmed after {})", what, spell(confirmed_after));
}

std::string acknowledged_message(std::string_view actor) {
  return fmt::format("Acknowledged by {}.", who(actor));
}

std::string resolved_message(const incident& x, std::string_view actor) {
  if (!x.recovered_at)
    return fmt::format("Resolved by {}.", who(actor));
  return fmt::format("{} recovered after {}.", x.monitor_name,
                     spell(std::chrono::floor<seconds>(*x.recovered_at - x.started_at)));
}

std::string unacknowledged_message(std::string_view actor) {
  return fmt::format("Acknowledgement taken back by {}.", who(actor));
}

std::string hurried_message(std::string_view actor) {
  return fmt::format("Escalated by {}: the next step follows at once.", who(actor));
}

std::string reassigned_message(std::string_view actor, std::string_view to) {
  return fmt::format("Reassigned by {} to {}.", who(actor), to);
}

std::string reopened_message(std::string_view actor) {
  return fmt::format("Reopened by {}.", who(actor));
}

std::string snoozed_message(std::string_view actor, timestamp until) {
  return fmt::format("Snoozed by {} until {}.", who(actor), to_rfc3339(until));
}

std::string snooze_ended_message() {
  return "The snooze is over: triggered again.";
}

std::string merged_message(std::string_view actor, const incident& into) {
  return fmt::format("Merged by {} into incident {}: {}", who(actor), into.number, into.title);
}

std::string received_message(std::string_view actor, const incident& merged) {
  return fmt::format("Incident {} was merged into this one by {}: {}", merged.number, who(actor), merged.title);
}

std::string repeated_message(std::string_view actor) {
  return fmt::format("Said again by {}.", who(actor));
}

std::string changed_message(std::string_view actor, const incident& before, const incident& after) {
  std::string what;
  if (before.title != after.title)
    what = fmt::format(" Title: {}.", after.title);
  if (before.severity != after.severity)
    what += fmt::format(" Severity: {}.", name_of(after.severity));
  return fmt::format("Changed by {}.{}", who(actor), what);
}

std::string unheard_message(seconds silent) {
  return fmt::format("Not mentioned for {}: resolved.", spell(silent));
}

std::string notified_message(std::string_view channel_name, event_type event, std::int32_t attempt) {
  return attempt == 1 ? fmt::format("Sent {} to {}.", name_of(event), channel_name)
                      : fmt::format("Sent {} to {} at attempt {}.", name_of(event), channel_name, attempt);
}

std::string notification_failed_message(std::string_view channel_name, event_type event, std::string_view why) {
  return fmt::format("Gave up sending {} to {}: {}", name_of(event), channel_name, why);
}

std::string not_arrived_format(std::string_view state, std::string_view code) {
  return fmt::format("The message to %s did not arrive: its carrier says {}{}{}.", state,
                     code.empty() ? "" : ", error ", code);
}

std::string muted_message(std::string_view rule_name, std::optional<timestamp> until) {
  return until ? fmt::format("Rule {} tells nobody before {}.", rule_name, to_rfc3339(*until))
               : fmt::format("Rule {} tells nobody: it has no hours in the years to come.", rule_name);
}

std::string unmet_message(std::string_view rule_name, std::string_view conditions, std::string_view seen) {
  return fmt::format("Rule {} tells nobody before its conditions are met: {} ({}).", rule_name, conditions, seen);
}

std::string rule_incident_title(std::string_view monitor_name, std::string_view rule_name) {
  return fmt::format("{}: {}", monitor_name, rule_name);
}

std::string conditions_over_message(std::string_view rule_name, std::string_view fact) {
  return fmt::format("The conditions of rule {} are met no longer: {}.", rule_name, fact);
}

std::string channel_disabled_message(std::string_view channel_name, std::string_view disabled_reason) {
  if (disabled_reason == "gone")
    return fmt::format("Disabled {}: its receiver is gone.", channel_name);
  return fmt::format("Disabled {}: five days of nothing but failures.", channel_name);
}

} // namespace gochron::core
