#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/alert_matching.hpp"
#include "core/schema/object.hpp"
#include "gochron/alert_rule.hpp"
#include "gochron/error.hpp"
#include "gochron/incident.hpp"

/// Several incidents in one message, after Alertmanager: which go together, and what the message says.
namespace gochron::core {

/// What is alike goes together: the rule, and the values of its grouping's `by`. Empty: the rule groups nothing, or not
/// such events (only those of the life of an incident, and no steps of policies).
std::string group_of(const alert_rule_record& rule, const incident& x, const monitor_spec& monitor, event_type type);

/// How many deliveries go into one message at most, and how many of them it lists.
inline constexpr std::size_t most_grouped = 200, most_listed = 50;

/// One of the events that a message lists.
struct grouped_incident {
  const delivery* from = nullptr;
  std::int64_t number = 0;
  std::string title, state, severity, monitor, monitor_name;
};

/// What a message about several is rendered from.
struct grouped_facts {
  std::span<const delivery> members;
  const event* about = nullptr; ///< its id and time
  std::vector<grouped_incident> listed;
};

/// The body's property table, for the documentation.
object_ptr<grouped_facts> grouped_event_schema();

/// One event for all of `members`, whose bodies are those of event_body.hpp: `{id, type: "incidents.grouped", version,
/// timestamp, sequence: null, data{count, opened, acknowledged, unacknowledged, resolved, incidents[...]}, links}`. The
/// same members in the same order make the same bytes and the same id. Error: `malformed` when a body does not read.
result<event> grouped_event(std::span<const delivery> members, std::string_view base_url);

/// The rules that tell an incident again: those that match its opening, may have told it (they are not hushed), and
/// whose repeats have an instant in [from, to]. Nobody has taken it or put it to rest.
std::vector<rule_id> repeating_rules(const alert_book& book, const occurrence& opening, const incident& x,
                                     timestamp from, timestamp to);

/// The first instant at or after `from` at which some rule does. Unset: none does.
std::optional<timestamp> first_repeat(const alert_book& book, const occurrence& opening, const incident& x,
                                      timestamp from);

/// The instant at or after `t` at which an incident that was opened at `from` is told again.
timestamp next_repeat(timestamp from, seconds every, timestamp t);

} // namespace gochron::core
