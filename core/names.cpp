#include "core/names.hpp"

#include <array>

#include "core/action_link.hpp"
#include "core/calendar_buckets.hpp"
#include "core/channels/relay.hpp"
#include "core/explanation.hpp"
#include "core/rule_match.hpp"
#include "core/schema/bulk.hpp"
#include "gochron/incident_messages.hpp"
#include "gochron/maintenance.hpp"
#include "gochron/people.hpp"
#include "gochron/schedule.hpp"
#include "gochron/user.hpp"

namespace gochron::core {

#define GOCHRON_NAMES(Enum, ...)                                                                                       \
  template <>                                                                                                          \
  std::span<const std::string_view> names_of<Enum>() {                                                                 \
    static constexpr auto names = std::to_array<std::string_view>({__VA_ARGS__});                                      \
    return names;                                                                                                      \
  }

GOCHRON_NAMES(monitor_type, "http", "tcp", "heartbeat", "manual")
GOCHRON_NAMES(monitor_status, "pending", "up", "degraded", "down", "maintenance", "paused", "unknown")
GOCHRON_NAMES(transition_kind, "none", "confirming_down", "confirming_up")
GOCHRON_NAMES(ip_version, "any", "4", "6")
GOCHRON_NAMES(auth_kind, "none", "basic", "bearer")
GOCHRON_NAMES(tcp_tls, "none", "implicit", "starttls")
GOCHRON_NAMES(heartbeat_schedule, "period")
GOCHRON_NAMES(ping_methods, "any", "post_only")
GOCHRON_NAMES(verdict, "up", "degraded", "down", "error")
GOCHRON_NAMES(reason, "none", "dns_nxdomain", "dns_servfail", "dns_timeout", "connect_refused", "connect_timeout",
              "connect_unreachable", "connect_reset", "tls_expired", "tls_hostname", "tls_untrusted", "tls_protocol",
              "tls_timeout", "send_failed", "first_byte_timeout", "read_timeout", "body_too_large", "protocol_error",
              "redirect_limit", "status_mismatch", "assertion_failed", "keyword_missing", "keyword_present", "too_slow",
              "missed_ping", "late_run", "exit_status", "fail_signal", "egress_denied", "quarantined", "probe_error",
              "rule_condition", "reported")
GOCHRON_NAMES(check_trigger, "schedule", "manual", "ping", "dependency")
GOCHRON_NAMES(event_type, "incident.opened", "incident.acknowledged", "incident.resolved", "channel.disabled",
              "channel.test", "monitor.expired", "incident.escalated", "incident.unacknowledged", "maintenance.started",
              "maintenance.ended", "contact_method.verification", "incident.reopened", "incident.snoozed",
              "on_call.changed")
GOCHRON_NAMES(channel_state, "healthy", "failing", "disabled")
GOCHRON_NAMES(severity, "info", "warning", "error", "critical")
GOCHRON_NAMES(rule_trigger, "incident", "check")
GOCHRON_NAMES(incident_state, "triggered", "acknowledged", "resolved")
GOCHRON_NAMES(timeline_kind, "opened", "acknowledged", "resolved", "notified", "notification_failed",
              "channel_disabled", "muted", "escalated", "escalation_skipped", "escalation_exhausted", "unacknowledged",
              "held", "note", "reopened", "snoozed", "snooze_ended", "merged", "repeated", "changed", "reassigned")
GOCHRON_NAMES(delivery_state, "pending", "succeeded", "failed", "canceled")
GOCHRON_NAMES(link_verb, "acknowledge", "resolve", "read")
GOCHRON_NAMES(link_outcome, "open", "done", "already", "used", "resolved", "shown")
GOCHRON_NAMES(smtp_tls, "required", "opportunistic")
GOCHRON_NAMES(carrier_state, "sent", "delivered", "undelivered", "failed")
GOCHRON_NAMES(audit_action, "create", "update", "delete", "rotate", "roll_secret", "acknowledge", "resolve",
              "redeliver", "reset", "expire", "revoke", "escalate", "unacknowledge", "end", "send_code", "verify",
              "reopen", "snooze", "merge", "reassign")
GOCHRON_NAMES(audited_resource, "monitor", "channel", "alert_rule", "token", "incident", "delivery", "organization",
              "user", "schedule", "schedule_override", "escalation_policy", "maintenance_window", "contact_method",
              "notification_rule", "team", "incident_note", "postmortem")
GOCHRON_NAMES(bulk_method, "create", "replace", "update", "delete", "upsert")
GOCHRON_NAMES(user_role, "viewer", "member", "admin", "owner")
GOCHRON_NAMES(rotation_unit, "hour", "day", "week", "month")
GOCHRON_NAMES(weekday, "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GOCHRON_NAMES(edit_effect, "keep_current", "by_anchor")
GOCHRON_NAMES(override_kind, "add", "remove", "replace", "schedule")
GOCHRON_NAMES(time_bucket, "hour", "day", "week", "month")
GOCHRON_NAMES(escalation_target_type, "channel", "user", "schedule", "team")
GOCHRON_NAMES(urgency, "high", "low")
GOCHRON_NAMES(team_role, "responder", "manager")
GOCHRON_NAMES(step_strategy, "all", "round_robin")
GOCHRON_NAMES(on_no_one, "advance", "wait")
GOCHRON_NAMES(in_flight, "snapshot", "live")
GOCHRON_NAMES(maintenance_mode, "pause_checks", "suppress_alerts")
GOCHRON_NAMES(maintenance_state, "active", "upcoming", "past", "disabled")
GOCHRON_NAMES(escalation_state, "running", "acknowledged", "exhausted", "ended")
GOCHRON_NAMES(condition_field, "latency_ms", "status_code", "region", "failing_regions", "consecutive_failures",
              "failing_for_seconds", "reason", "certificate_days_left", "domain_days_left", "tag", "monitor_type")
GOCHRON_NAMES(condition_operator, "eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "contains", "matches")
GOCHRON_NAMES(condition_match, "all", "any")
GOCHRON_NAMES(match_obstacle, "disabled", "other_trigger", "not_concerned", "event_not_listened_to", "condition_false",
              "maintenance", "muted", "outside_hours")

GOCHRON_NAMES(incident_source, "monitor", "manual", "inbound")
GOCHRON_NAMES(metrics_group, "monitor", "policy", "acknowledged_by", "severity")
GOCHRON_NAMES(rule_outcome, "tells", "monitor_gone", "disabled", "other_trigger", "other_monitors", "other_events",
              "conditions_not_met", "maintenance", "muted", "outside_hours", "held", "tells_nobody")
GOCHRON_NAMES(hold_reason, "parent_unknown", "parent_failing", "parent_recovered", "flapping")
GOCHRON_NAMES(term_verdict, "holds", "does_not_hold", "unknown")
GOCHRON_NAMES(channel_outcome, "told", "not_told", "disabled", "event_not_taken", "gone")
GOCHRON_NAMES(signal_verb, "trigger", "acknowledge", "resolve")
GOCHRON_NAMES(signal_outcome, "opened", "repeated", "acknowledged", "resolved", "unchanged", "unknown")

#undef GOCHRON_NAMES

template <>
std::span<const std::string_view> names_of<channel_type>() {
  static constexpr auto names = std::to_array<std::string_view>({
#define GOCHRON_CHANNEL_TYPE(name) #name,
#include "gochron/channel_types.def"
  });
  return names;
}

} // namespace gochron::core
