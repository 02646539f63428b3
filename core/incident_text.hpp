#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gochron/incident.hpp"

/// The sentences that people read in incidents, timelines and pages. English, without a full stop in titles.
namespace gochron::core {

/// `connection refused`, `missed ping`: what a reason code means, in lower case. Empty for `none`.
std::string_view phrase_of(reason x);

/// An actor as people say it: a person's name without `user:`. Views into `actor`.
std::string_view spoken(std::string_view actor);

/// Whoever did something, as people say it: a name, `token "ci"` where the token is nobody's. Empty: the engine itself.
std::string said(const change_origin& x);

/// `1 d 2 h`, `4 min 10 s`, `0 s`: the two largest units, the rest cut off. Negative durations count as zero.
std::string spell(seconds x);

/// `API is down: connection refused`. At most 255 characters of the monitor's name are in it by its own bound.
std::string incident_title(std::string_view monitor_name, const status_reason& cause);

/// The timeline's messages, one a kind of entry.
std::string opened_message(const incident& x);
std::string acknowledged_message(std::string_view actor);
std::string resolved_message(const incident& x, std::string_view actor);
std::string unacknowledged_message(std::string_view actor);
std::string hurried_message(std::string_view actor);
/// `to`: the name of a policy, or of people.
std::string reassigned_message(std::string_view actor, std::string_view to);
std::string reopened_message(std::string_view actor);
std::string snoozed_message(std::string_view actor, timestamp until);
std::string snooze_ended_message();
std::string merged_message(std::string_view actor, const incident& into);
/// Of the one that it was merged into.
std::string received_message(std::string_view actor, const incident& merged);
std::string repeated_message(std::string_view actor);
std::string changed_message(std::string_view actor, const incident& before, const incident& after);
std::string unheard_message(seconds silent);
std::string notified_message(std::string_view channel_name, event_type event, std::int32_t attempt);
std::string notification_failed_message(std::string_view channel_name, event_type event, std::string_view why);
/// What a carrier said, for SQL's format() with the channel's name: `%s` stands once in it.
std::string not_arrived_format(std::string_view state, std::string_view code);
/// `until`: unset when there is no end in sight.
std::string muted_message(std::string_view rule_name, std::optional<timestamp> until);
/// `conditions`: as core::spell says them; `seen`: as core::spell_facts does.
std::string unmet_message(std::string_view rule_name, std::string_view conditions, std::string_view seen);
/// Of an incident that a rule opens: `Shop front page: Slow answers`.
std::string rule_incident_title(std::string_view monitor_name, std::string_view rule_name);
std::string conditions_over_message(std::string_view rule_name, std::string_view fact);
std::string channel_disabled_message(std::string_view channel_name, std::string_view disabled_reason);

} // namespace gochron::core
