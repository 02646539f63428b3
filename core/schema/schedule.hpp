#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/schema/any_json.hpp"
#include "core/schema/object.hpp"
#include "gochron/schedule.hpp"

/// The property tables around schedules that are no configuration: overrides, and who is on call.
namespace gochron::core {

/// What the clock on a wall shows: `2026-11-23T09:00:00`, from 1970 to 2037.
type_ptr<local_seconds> local_time_text();

object_ptr<schedule_override> schedule_override_schema();

/// The body that makes one. `start_at` unset: now.
struct override_request {
  override_kind kind = override_kind::add;
  std::optional<timestamp> start_at;
  timestamp end_at{};
  std::optional<std::string> reason;
  std::vector<user_id> user_ids, replaced_user_ids;
  std::optional<schedule_id> schedule;
};
object_ptr<override_request> override_request_schema();

/// `POST /api/schedules/preview`, and with `schedule` as a merge patch that of one schedule.
struct preview_request {
  std::optional<timestamp> from, to;
  deferred_object schedule;
};
object_ptr<preview_request> preview_request_schema();
/// Both as documents show them: with what `schedule` may have.
type_info_ptr schedule_preview_info();
type_info_ptr schedule_edit_preview_info();

/// Somebody, and what people call them; unset: they are gone.
struct on_call_person {
  user_id id;
  std::optional<std::string> name;
};

/// A shift with the names of those who have it, in their order.
struct named_shift {
  on_call_shift shift;
  std::vector<on_call_person> people;
};
object_ptr<named_shift> on_call_shift_schema();
/// Without anybody.
object_ptr<on_call_shift> on_call_gap_schema();

/// Who is on call by one schedule at an instant. `until`: as long as that stays so, if that is known.
struct on_call_answer {
  schedule_id schedule;
  std::string name;
  timestamp at{};
  std::vector<user_id> users;
  std::optional<timestamp> until;
  std::vector<on_call_person> people = {}; ///< `users` with their names
};
object_ptr<on_call_answer> on_call_schema();
/// Without `until`.
object_ptr<on_call_answer> on_call_row_schema();

object_ptr<schedule_feed> schedule_feed_schema();
object_ptr<schedule_feed> user_feed_schema();

/// `GET /api/users/{id}/ical`.
struct user_feed_state {
  std::optional<timestamp> created_at;
};
object_ptr<user_feed_state> user_feed_state_schema();

} // namespace gochron::core
