#pragma once
#include <optional>
#include <span>

#include "gochron/alert_rule.hpp"

/// When an alert rule may tell anybody.
namespace gochron::core {

/// The first instant at or after `t` that one of `hours` contains; `t` itself when there are none. Each is half-open,
/// by the local clock of its own zone: a start or an end that the clock skips is the first instant after the gap, one
/// that it shows twice the first of both. Empty when there is no such instant within four years.
std::optional<timestamp> next_active(std::span<const active_hours> hours, timestamp t);

/// When what is to be told of this monitor by this rule may be told: now, if this is `t`; otherwise later, since the
/// rule or the monitor is muted, or these are not the rule's hours. Empty: not within four years.
std::optional<timestamp> may_tell_at(const alert_rule_spec& rule, const monitor_spec& monitor, timestamp t);

/// Whether that is now.
bool may_tell(const alert_rule_spec& rule, const monitor_spec& monitor, timestamp t);

} // namespace gochron::core
