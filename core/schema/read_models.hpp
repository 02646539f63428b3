#pragma once
#include <optional>
#include <vector>

#include "core/availability.hpp"
#include "core/schema/object.hpp"
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

/// `name`, `scopes` and `expires_at` can be given when a token is created: read_body().
object_ptr<token_record> token_schema();
/// The only answer with the secret.
object_ptr<created_token> created_token_schema();

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

} // namespace gochron::core
