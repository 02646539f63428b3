#pragma once
#include <optional>
#include <vector>

#include "core/availability.hpp"
#include "core/schema/object.hpp"
#include "core/schema/resources.hpp"
#include "gochron/event_feed.hpp"
#include "gochron/incident.hpp"
#include "gochron/messages.hpp"
#include "gochron/store.hpp"

/// The property tables of what the API only shows, and of the bodies of actions.
namespace gochron::core {

object_ptr<incident> incident_schema();
object_ptr<timeline_entry> timeline_entry_schema();
object_ptr<status_change> status_change_schema();
object_ptr<check_result> check_result_schema();
/// The answers to `test` and `wait`.
object_ptr<check_outcome> test_result_schema();
object_ptr<status_wait> status_wait_schema();
object_ptr<delivery> delivery_schema();
object_ptr<delivery_attempt> delivery_attempt_schema();
object_ptr<monitor_summary> monitor_summary_schema();

/// An event as the feed shows it, around the body that every receiver got.
object_ptr<event> feed_event_schema();

/// The answer to `/api/events`.
struct feed_answer {
  std::vector<event> data;
  std::optional<std::string> next_cursor;
  std::string resume_cursor;
  bool gap = false;
};
object_ptr<feed_answer> feed_answer_schema();

/// The answer to `/api/monitors/{id}/availability`. The parts of `buckets` add up to `total`.
struct availability_report {
  timestamp from{}, to{};
  availability total;
  std::vector<availability_bucket> buckets;
};
object_ptr<availability_report> availability_schema();

/// The only answer with the secret.
object_ptr<created_token> created_token_schema();

/// The answer to `/api/monitors/{id}/response-times`.
object_ptr<response_times> response_times_schema();

/// A row of `/api/monitor-types`.
struct monitor_type_row {
  monitor_type type = monitor_type::http;
  std::string schema; ///< JSON
};
object_ptr<monitor_type_row> monitor_type_schema();
std::vector<monitor_type_row> monitor_types();

/// A row of `/api/channel-types`.
struct channel_type_row {
  channel_type type = channel_type::webhook;
  std::string schema; ///< JSON
};
object_ptr<channel_type_row> channel_type_schema();
std::vector<channel_type_row> channel_types();

/// `GET /api/meta`.
struct server_meta {
  std::string version;
  std::vector<std::string> egress_addresses;
};
object_ptr<server_meta> server_meta_schema();

/// `POST /api/tokens/{id}/rotate`.
struct rotate_request {
  seconds overlap{0};
};
object_ptr<rotate_request> rotate_request_schema();

/// `name` and `plan` can be given when one is created: read_body().
object_ptr<organization> organization_schema();
/// The only answer with the secret of its first token.
object_ptr<created_organization> created_organization_schema();

/// `GET /api/limits`. Unset: no limit.
struct usage_line {
  std::int64_t used = 0;
  std::optional<std::int64_t> maximum;
};
struct limits_view {
  std::string plan;
  usage_line monitors, channels, alert_rules, users, tokens, escalation_policies, maintenance_windows, teams;
  std::int64_t contact_methods_per_user = 0, notification_rules_per_user = 0;
  std::optional<std::int64_t> history_days, writes_per_minute, requests_per_second, requests_burst;
};
object_ptr<limits_view> limits_schema();

/// `POST /api/channels/{id}/secret/roll`.
struct roll_request {
  seconds overlap{86400};
};
object_ptr<roll_request> roll_request_schema();

/// `POST /api/incidents/{id}/acknowledge` and `/resolve`.
struct incident_action {
  std::optional<std::string> note;
};
object_ptr<incident_action> incident_action_schema();

/// `POST /api/incidents/{id}/escalate`.
struct escalate_action {
  std::optional<std::string> note;
  std::optional<timestamp> as_of;
};
object_ptr<escalate_action> escalate_action_schema();

/// As an incident shows it.
object_ptr<escalation> escalation_schema();

/// `POST /api/escalation-policies/{id}/simulate`, and its answer.
struct simulate_request {
  std::optional<timestamp> at;
  gochron::severity severity = gochron::severity::critical;
};
object_ptr<simulate_request> simulate_request_schema();
object_ptr<escalation_forecast> escalation_forecast_schema();
/// The answer to `GET /api/escalation-policies/{id}/oncall`.
object_ptr<escalation_forecast> escalation_oncall_schema();

/// `POST /api/contact-methods/{id}/verify`.
struct verify_request {
  std::string code;
};
object_ptr<verify_request> verify_request_schema();

/// What an escalation still owes to people.
type_ptr<std::vector<pending_page>> pending_pages_type();

/// A body read by one table, absent properties at their defaults. Errors as create().
template <class T>
result<T> read_body(const object_schema<T>& schema, std::string_view json) {
  auto body = parse_json(json);
  if (!body)
    return fail(body.error());
  reader r{read_mode::whole};
  T x;
  schema.read(*body, x, r);
  if (r.count() > 0)
    return fail(r.take_error());
  return x;
}

/// A merge patch (RFC 7396) of `now`, read by one table. Errors likewise.
template <class T>
result<T> read_patch(const object_schema<T>& schema, T now, std::string_view json) {
  auto body = parse_json(json);
  if (!body)
    return fail(body.error());
  reader r{read_mode::patch};
  schema.read(*body, now, r);
  if (r.count() > 0)
    return fail(r.take_error());
  return now;
}

} // namespace gochron::core
