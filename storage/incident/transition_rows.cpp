#include "storage/incident/transition_rows.hpp"

#include "storage/escalation/escalation_rows.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {
namespace {

void write_runtime(json_writer& to, const transition& step) {
  const auto& x = step.runtime;
  to.key("runtime").begin_object();
  to("monitor_id", step.monitor)("org_id", step.org)("sequence", x.sequence)("status", x.state.status);
  to("transition", x.state.transition)("first_failure", x.state.first_failure)("failures", x.state.failures);
  to("first_success", x.state.first_success)("successes", x.state.successes)("status_since", x.status_since);
  to("cause_code", x.cause.code)("cause_message", x.cause.message)("last_checked_at", x.last_checked_at);
  to("open_incident_id", x.open_incident)("last_ping", x.heartbeat.last_ping);
  to("run_started_at", x.heartbeat.started_at)("run_id", x.heartbeat.run_id);
  to("last_duration_ms", x.heartbeat.last_duration)("skipped_slots", x.skipped_slots);
  to.end_object();
}

void write_changes(json_writer& to, const transition& step) {
  to.key("changes").begin_array();
  if (step.change) {
    const auto& x = *step.change;
    to.begin_object();
    to("monitor_id", x.monitor)("sequence", step.runtime.sequence)("org_id", step.org)("effective_at", x.at);
    to("decided_at", x.decided_at)("from_status", x.from)("to_status", x.to)("cause_code", x.cause.code);
    to("cause_message", x.cause.message)("incident_id", x.incident);
    to.end_object();
  }
  to.end_array();
}

void write_incidents(json_writer& to, const std::vector<incident>& xs) {
  to.key("incidents").begin_array();
  for (const auto& x : xs) {
    to.begin_object();
    to("id", x.id)("org_id", x.org)("number", x.number)("title", x.title)("state", x.state)("severity", x.severity);
    to("monitor_id", x.monitor)("monitor_name", x.monitor_name)("cause_code", x.cause.code);
    to("cause_message", x.cause.message)("started_at", x.started_at)("opened_at", x.opened_at);
    to("acknowledged_at", x.acknowledged_at)("acknowledged_by", x.acknowledged_by)("recovered_at", x.recovered_at);
    to("resolved_at", x.resolved_at)("resolved_by", x.resolved_by)("sequence", x.sequence)("told", x.told);
    to("hushed", x.hushed)("suppressed_by", x.suppressed_by)("rule_id", x.rule);
    to("source", x.source)("dedup_key", x.dedup_key)("runbook_url", x.runbook_url);
    to("heard_at", x.heard_at)("snoozed_until", x.snoozed_until)("merged_into", x.merged_into);
    to("details", unless_blank(x.details))("seen", unless_blank(x.seen));
    to.end_object();
  }
  to.end_array();
}

std::vector<escalation> escalations_of(const std::vector<incident>& xs) {
  std::vector<escalation> all;
  for (const auto& x : xs)
    all.insert(all.end(), x.escalations.begin(), x.escalations.end());
  return all;
}

void write_step(json_writer& to, const transition& x) {
  to("monitor_id", x.monitor)("org_id", x.org);
  write_runtime(to, x);
  write_changes(to, x);
  write_incidents(to, x.incidents);
  write_escalations(to, escalations_of(x.incidents));
  write_timeline(to, x.timeline);
  write_events(to, x.events);
  write_deliveries(to, x.deliveries);
}

} // namespace

const std::string& record_ctes() {
  static const std::string text = R"(,
changes AS (
  INSERT INTO status_changes
  SELECT x.* FROM gate, jsonb_populate_recordset(NULL::status_changes, gate.d->'changes') x
  ON CONFLICT DO NOTHING),
incident AS (
  INSERT INTO incidents AS i
  SELECT x.* FROM gate, jsonb_populate_recordset(NULL::incidents, gate.d->'incidents') x
  ON CONFLICT (id) DO UPDATE SET
    title = excluded.title, state = excluded.state, severity = excluded.severity,
    cause_code = excluded.cause_code, cause_message = excluded.cause_message,
    acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by,
    recovered_at = excluded.recovered_at, resolved_at = excluded.resolved_at, resolved_by = excluded.resolved_by,
    sequence = excluded.sequence, told = excluded.told, hushed = excluded.hushed,
    suppressed_by = excluded.suppressed_by, runbook_url = excluded.runbook_url,
    details = excluded.details, heard_at = excluded.heard_at, snoozed_until = excluded.snoozed_until,
    merged_into = excluded.merged_into, seen = excluded.seen
  WHERE i.org_id = excluded.org_id AND i.sequence <= excluded.sequence),
escalating AS (
  INSERT INTO escalations AS e
  SELECT x.* FROM gate, jsonb_populate_recordset(NULL::escalations, gate.d->'escalations') x
  ON CONFLICT (id) DO UPDATE SET
    state = excluded.state, version = excluded.version, next_step = excluded.next_step, next_key = excluded.next_key,
    next_cycle = excluded.next_cycle, last_step = excluded.last_step, last_key = excluded.last_key,
    last_cycle = excluded.last_cycle, due_at = excluded.due_at, moved_at = excluded.moved_at,
    pending = excluded.pending, rule_id = excluded.rule_id, turn = excluded.turn, snapshot = excluded.snapshot,
    urgency = excluded.urgency
  WHERE e.org_id = excluded.org_id AND e.version < excluded.version),
timeline AS (
  INSERT INTO incident_timeline
  SELECT x.* FROM gate, jsonb_populate_recordset(NULL::incident_timeline, gate.d->'timeline') x
  ON CONFLICT DO NOTHING),
happened AS (
  INSERT INTO events
  SELECT x.* FROM gate, jsonb_populate_recordset(NULL::events, gate.d->'events') x
  ON CONFLICT DO NOTHING),
owed AS (
  INSERT INTO deliveries
  SELECT x.* FROM gate, jsonb_populate_recordset(NULL::deliveries, gate.d->'deliveries') x
  ON CONFLICT DO NOTHING)
)";
  return text;
}

// The organisation is compared in a way that no index serves, as in the flusher: the key decides.
const std::string& runtime_cte() {
  static const std::string text = R"(,
runtime AS (
  UPDATE monitor_state s SET
    sequence = x.sequence, status = x.status, transition = x.transition, first_failure = x.first_failure,
    failures = x.failures, first_success = x.first_success, successes = x.successes, status_since = x.status_since,
    cause_code = x.cause_code, cause_message = x.cause_message, last_checked_at = x.last_checked_at,
    open_incident_id = x.open_incident_id, last_ping = x.last_ping, run_started_at = x.run_started_at,
    run_id = x.run_id, last_duration_ms = x.last_duration_ms, skipped_slots = x.skipped_slots
  FROM gate, jsonb_populate_record(NULL::monitor_state, gate.d->'runtime') x
  WHERE s.monitor_id = x.monitor_id AND s.org_id IS NOT DISTINCT FROM x.org_id AND s.sequence < x.sequence)
)";
  return text;
}

std::string transition_document(const transition* step, std::string_view note) {
  json_writer to;
  to.begin_object();
  if (step)
    write_step(to, *step);
  if (!note.empty())
    to.raw("note", note);
  to.end_object();
  return std::string{to.text()};
}

void write_timeline(json_writer& to, const std::vector<timeline_entry>& xs) {
  to.key("timeline").begin_array();
  for (const auto& x : xs) {
    to.begin_object();
    to("id", x.id)("incident_id", x.incident)("org_id", x.org)("at", x.at)("kind", x.kind)("actor", x.actor);
    to("message", x.message)("rule_id", x.rule)("channel_id", x.channel)("delivery_id", x.delivery);
    to("policy_id", x.policy)("user_id", x.user);
    to.end_object();
  }
  to.end_array();
}

void write_events(json_writer& to, const std::vector<event>& xs) {
  to.key("events").begin_array();
  for (const auto& x : xs) {
    to.begin_object();
    to("id", x.id)("org_id", x.org)("type", x.type)("incident_id", x.incident)("sequence", x.sequence)("at", x.at);
    to("body", x.body ? std::string_view{*x.body} : std::string_view{})("position", x.position);
    to.end_object();
  }
  to.end_array();
}

void write_deliveries(json_writer& to, const std::vector<delivery>& xs) {
  to.key("deliveries").begin_array();
  for (const auto& x : xs) {
    to.begin_object();
    to("id", x.id)("org_id", x.org)("channel_id", x.channel)("rule_id", x.rule)("event_id", x.event.id);
    to("incident_id", x.event.incident)("state", x.state)("attempts", x.attempts)("created_at", x.created_at);
    to("attempts_base", x.attempts_base)("sequence", x.event.sequence);
    to("next_attempt_at", x.next_attempt_at)("finished_at", x.finished_at)("last_error", x.last_error);
    to("group_key", x.group.empty() ? std::nullopt : std::optional{x.group});
    to("user_id", x.user);
    to.end_object();
  }
  to.end_array();
}

const std::string& incident_columns() {
  static const std::string text =
      " i.id, i.org_id, i.number, i.title, i.state, i.severity, i.monitor_id, i.monitor_name, i.cause_code, "
      "i.cause_message, i.started_at, i.opened_at, i.acknowledged_at, i.acknowledged_by, i.recovered_at, "
      "i.resolved_at, i.resolved_by, i.sequence, i.told, i.hushed, i.suppressed_by, i.rule_id, i.source, "
      "i.dedup_key, i.runbook_url, i.details, i.heard_at, i.snoozed_until, i.merged_into, i.seen ";
  return text;
}

incident incident_from_row(row_reader& in) {
  incident x;
  in >> x.id >> x.org >> x.number >> x.title >> x.state >> x.severity >> x.monitor >> x.monitor_name >> x.cause.code >>
      x.cause.message >> x.started_at >> x.opened_at >> x.acknowledged_at >> x.acknowledged_by >> x.recovered_at >>
      x.resolved_at >> x.resolved_by >> x.sequence >> x.told >> x.hushed >> x.suppressed_by >> x.rule >> x.source >>
      x.dedup_key >> x.runbook_url >> x.details >> x.heard_at >> x.snoozed_until >> x.merged_into >> x.seen;
  return x;
}

} // namespace gochron::storage
