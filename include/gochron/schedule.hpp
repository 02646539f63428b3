#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gochron/clock.hpp"
#include "gochron/ids.hpp"
#include "gochron/local_time.hpp"
#include "gochron/monitor.hpp"

/// On-call schedules: who is called when. core/on_call says what it means.
namespace gochron {

enum class rotation_unit : std::uint8_t { hour, day, week, month };

/// Hand-offs are at `anchor + k * length` units by the local clock, for every whole k.
struct rotation_spec {
  rotation_unit unit = rotation_unit::week;
  std::int32_t length = 1; ///< units
  local_seconds anchor{};
  friend bool operator==(const rotation_spec&, const rotation_spec&) = default;
};

/// On these local days from `start` to `end`; to that of the day after unless `end` is later than `start`.
struct duty_hours {
  std::vector<weekday> weekdays;         ///< a set, not empty
  std::chrono::minutes start{0}, end{0}; ///< since midnight, below 24 hours
  friend bool operator==(const duty_hours&, const duty_hours&) = default;
};

/// Those who are on call together.
using on_call_turn = std::vector<user_id>; ///< a set, not empty

struct schedule_layer {
  std::string key; ///< unique in the schedule: what an edit goes by
  std::string name;
  std::int32_t priority = 0; ///< higher ones win, and among equals the later
  rotation_spec rotation;
  std::vector<on_call_turn> members;    ///< in turn, not empty
  std::vector<duty_hours> restrictions; ///< empty: always
  friend bool operator==(const schedule_layer&, const schedule_layer&) = default;
};

/// What an edit of the layers does to whose turn it is.
enum class edit_effect : std::uint8_t { keep_current, by_anchor };

/// The configurable part of a schedule.
struct schedule_spec {
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> key; ///< client-chosen, unique in the organisation
  std::string time_zone = "UTC";  ///< IANA
  std::vector<schedule_layer> layers;
  edit_effect on_edit = edit_effect::keep_current;
  std::vector<channel_id> handoff_channels; ///< a set: they hear who comes on call and who goes
  bool handoff_notify_users = false;        ///< whether those who come and go hear it themselves
  std::optional<std::string> managed_by;

  bool tells_handoffs() const { return handoff_notify_users || !handoff_channels.empty(); }
  friend bool operator==(const schedule_spec&, const schedule_spec&) = default;
};

/// What was in force from some instant on. Never changed afterwards.
struct schedule_revision {
  timestamp effective_from{};
  std::string time_zone = "UTC";
  std::vector<schedule_layer> layers;
  std::vector<std::int64_t> turn_offsets; ///< of each layer: hand-off k begins turn (k + offset) modulo their number
  friend bool operator==(const schedule_revision&, const schedule_revision&) = default;
};

/// A schedule with the revision that is in force.
struct schedule_record : record<schedule_id, schedule_spec> {
  schedule_revision present;
  std::optional<timestamp> ical_created_at; ///< of the feed's secret; unset: it has none
  std::optional<std::vector<user_id>> told; ///< who was on call when hand-offs were last told; unset: nothing is told
};

enum class override_kind : std::uint8_t { add, remove, replace, schedule };

/// An exception in [start_at, end_at).
///
/// add: `user_ids` are on call, too. remove: they are not. replace: they are in place of `replaced_user_ids`, as far as
/// one of these is on call; in place of everybody when it names nobody. schedule: whoever another schedule has.
struct schedule_override {
  override_id id;
  org_id org;
  schedule_id of;
  override_kind kind = override_kind::add;
  timestamp start_at{}, end_at{};
  std::optional<std::string> reason;
  std::vector<user_id> user_ids;          ///< a set
  std::vector<user_id> replaced_user_ids; ///< a set
  std::optional<schedule_id> other;
  timestamp created_at{};
  friend bool operator==(const schedule_override&, const schedule_override&) = default;
};

/// The secret of a calendar feed, shown once.
struct schedule_feed {
  std::string token;
  timestamp created_at{};
};

/// Whose feed it is: a schedule's, or all shifts of a user.
struct feed_owner {
  org_id org;
  std::optional<schedule_id> schedule;
  std::optional<user_id> user;
};

/// Somebody on call without a break in [from, to).
struct on_call_shift {
  timestamp from{}, to{};
  std::vector<user_id> users; ///< a set
  friend bool operator==(const on_call_shift&, const on_call_shift&) = default;
};

/// What decides who is on call by one schedule over some time: the revisions and overrides that touch it.
struct schedule_book {
  schedule_id id;
  std::string name;
  std::vector<schedule_revision> revisions; ///< oldest first
  std::vector<schedule_override> overrides; ///< in the order in which they were made
};

/// A schedule and those that its overrides name.
struct on_call_books {
  schedule_book of;
  std::vector<schedule_book> others;
  timestamp updated_at{}; ///< when any of them last changed
};

} // namespace gochron
