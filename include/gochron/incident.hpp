#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gochron/alert_rule.hpp"
#include "gochron/change.hpp"
#include "gochron/escalation.hpp"
#include "gochron/monitor.hpp"

namespace gochron {

enum class incident_state : std::uint8_t { triggered, acknowledged, resolved };
/// Who opened it: its monitor, somebody by hand, or what speaks to the monitor's inbound URL. The last two end by
/// whoever resolves them, not with the monitor's recovery.
enum class incident_source : std::uint8_t { monitor, manual, inbound };

struct incident {
  incident_id id;
  org_id org;
  std::int64_t number = 0; ///< counts up in an organisation; may skip
  std::string title;
  incident_state state = incident_state::triggered;
  gochron::severity severity = gochron::severity::critical;
  monitor_id monitor;
  std::string monitor_name;
  status_reason cause;
  timestamp started_at{}; ///< t0: the first failing round
  timestamp opened_at{};  ///< when it was confirmed
  std::optional<timestamp> acknowledged_at;
  actor_name acknowledged_by;
  std::optional<timestamp> recovered_at; ///< r0: the first good round
  std::optional<timestamp> resolved_at;
  actor_name resolved_by;
  std::int64_t sequence = 0;    ///< of its last event; each event takes the next
  std::vector<channel_id> told; ///< channels that an `incident.opened` was written for: they are owed the resolve
  std::vector<rule_id> hushed;  ///< rules that may not tell of its opening yet: they will as soon as they may
  std::vector<escalation> escalations; ///< one a policy, in the order of their ids
  /// What its monitor depends on, while its failure is why nobody is told; in the end, whether it was so to the end.
  std::optional<monitor_id> suppressed_by = {};
  std::optional<rule_id> rule = {}; ///< whose conditions opened it; unset: it is the monitor's own
  incident_source source = incident_source::monitor;
  std::optional<std::string> dedup_key;   ///< unique among the open incidents of a monitor
  std::optional<std::string> runbook_url; ///< of the incident itself
  std::string details;                    ///< a JSON object as it came, or empty
  std::optional<timestamp> heard_at;      ///< when its source said last that it goes on
  std::optional<timestamp> snoozed_until; ///< its escalations stand still until then
  std::optional<incident_id> merged_into; ///< resolved, and dealt with there
  std::string seen = {}; ///< what its rules were judged by when it opened: core/opening_record.hpp; empty: not kept
};

enum class timeline_kind : std::uint8_t {
  opened,
  acknowledged,
  resolved,
  notified,
  notification_failed,
  channel_disabled,
  muted,
  escalated,
  escalation_skipped,
  escalation_exhausted,
  unacknowledged,
  held,
  note,
  reopened,
  snoozed,
  snooze_ended,
  merged,
  repeated,
  changed,
  reassigned,
};

/// One line of an incident's history. The optional ids say what caused it.
struct timeline_entry {
  timeline_id id;
  incident_id incident;
  org_id org;
  timestamp at{};
  timeline_kind kind = timeline_kind::opened;
  actor_name actor = "system";
  std::string message;
  std::optional<rule_id> rule;
  std::optional<channel_id> channel;
  std::optional<delivery_id> delivery;
  std::optional<policy_id> policy = {};
  std::optional<user_id> user = {}; ///< whose contact method `channel` is
  std::optional<note_id> note = {}; ///< while it is there
};

/// Something that happened, with the exact bytes that every receiver gets. `id` is the `webhook-id` of each attempt.
struct event {
  event_id id;
  org_id org;
  event_type type = event_type::incident_opened;
  std::optional<incident_id> incident;
  std::int64_t sequence = 0; ///< within its incident
  timestamp at{};
  std::shared_ptr<const std::string> body;
  std::int64_t position = 0; ///< in the feed, given by the store when it is written: event_feed.hpp
};

enum class delivery_state : std::uint8_t { pending, succeeded, failed, canceled };

/// What the carrier of a text message said of it after we had handed it over.
enum class carrier_state : std::uint8_t { sent, delivered, undelivered, failed };

struct carrier_report {
  carrier_state state = carrier_state::sent;
  std::string code; ///< the carrier's own, of what went wrong; may be empty
  timestamp at{};
};

/// One event owed to one channel: a row of the outbox.
struct delivery {
  delivery_id id;
  org_id org;
  channel_id channel;
  std::optional<rule_id> rule;
  gochron::event event;
  delivery_state state = delivery_state::pending;
  std::int32_t attempts = 0;
  std::int32_t attempts_base = 0; ///< attempts made before the last redelivery: the retry schedule counts from here
  timestamp created_at{};
  std::optional<timestamp> next_attempt_at; ///< set while pending
  std::optional<timestamp> finished_at;
  std::string last_error; ///< why the last attempt failed; empty after a success
  std::string reference;  ///< of the incident's message at the receiver, where earlier attempts were told one
  std::string group = {}; ///< what is alike here goes into one message, when the first is due; empty: goes alone
  std::optional<carrier_report> report = {}; ///< where the receiver's provider tells what became of it
  std::optional<user_id> user = {};          ///< whose contact method `channel` is
};

/// One try at a delivery, as the sender reports it and as it is kept.
struct delivery_attempt {
  attempt_id id;
  delivery_id delivery;
  org_id org;
  channel_id channel;
  std::int32_t number = 1;
  timestamp started_at{};
  milliseconds duration{0};
  phase_timings timings;
  std::string remote_ip;
  std::uint16_t status = 0; ///< of HTTP or SMTP; 0: no response
  std::vector<std::pair<std::string, std::string>> response_headers;
  std::string response_body; ///< at most 16 KiB, valid UTF-8
  reason error = reason::none;
  std::string message;                ///< a sentence when it failed
  std::optional<seconds> retry_after; ///< what the receiver asked for; not kept
  /// What the receiver calls the message, for those after it; empty: what it was called before is of no use any more.
  std::optional<std::string> reference;
  std::optional<user_id> user = {}; ///< whose contact method `channel` is
  bool ok() const { return status >= 200 && status < 300 && error == reason::none; }
};

/// One step of a monitor's status. `at` is when it took effect (t0, r0, a deadline), `decided_at` when we knew.
struct status_change {
  monitor_id monitor;
  org_id org;
  timestamp at{};
  timestamp decided_at{};
  monitor_status from = monitor_status::pending;
  monitor_status to = monitor_status::pending;
  status_reason cause;
  std::optional<incident_id> incident;
};

/// All that one step of a monitor changes, in one transaction. Every row's id is made by the caller, so writing the
/// same transition twice changes nothing.
struct transition {
  org_id org;
  monitor_id monitor;
  monitor_runtime runtime; ///< after the step
  std::optional<status_change> change;
  std::vector<incident> incidents; ///< whole rows after the step, with their escalations: inserted or replaced
  std::vector<timeline_entry> timeline;
  std::vector<event> events;
  std::vector<delivery> deliveries;       ///< each of one of `events`
  std::shared_ptr<const write_note> note; ///< of the request that caused it; null: none did
};

} // namespace gochron
