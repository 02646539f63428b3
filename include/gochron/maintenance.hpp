#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gochron/alert_rule.hpp"
#include "gochron/clock.hpp"
#include "gochron/ids.hpp"
#include "gochron/local_time.hpp"
#include "gochron/monitor.hpp"

/// Maintenance windows: when work is planned, and what that means for monitors. core/maintenance says when that is.
namespace gochron {

namespace tag {
struct maintenance_window {
  static constexpr std::string_view prefix = "mw";
};
} // namespace tag

using window_id = id<tag::maintenance_window>;

/// `pause_checks`: nothing is checked or expected. `suppress_alerts`: all goes on, but nobody is told.
enum class maintenance_mode : std::uint8_t { pause_checks, suppress_alerts };

/// In [start_at, end_at).
struct one_off_maintenance {
  timestamp start_at{}, end_at{};
  friend bool operator==(const one_off_maintenance&, const one_off_maintenance&) = default;
};

struct weekly_maintenance {
  std::vector<weekday> weekdays; ///< a set, not empty
  std::chrono::minutes start{0}; ///< since midnight
  seconds duration{3600};
  friend bool operator==(const weekly_maintenance&, const weekly_maintenance&) = default;
};

struct monthly_maintenance {
  std::vector<std::int32_t> days_of_month; ///< a set of 1 to 31, and of -1 (the last) to -31; not empty
  std::chrono::minutes start{0};
  seconds duration{3600};
  friend bool operator==(const monthly_maintenance&, const monthly_maintenance&) = default;
};

struct cron_maintenance {
  std::string expression; ///< core/maintenance/cron.hpp
  seconds duration{3600};
  friend bool operator==(const cron_maintenance&, const cron_maintenance&) = default;
};

struct rrule_maintenance {
  std::string rule; ///< core/maintenance/recurrence.hpp
  local_seconds start{};
  seconds duration{3600};
  std::vector<local_seconds> exclude; ///< a set: beginnings that do not happen
  friend bool operator==(const rrule_maintenance&, const rrule_maintenance&) = default;
};

/// The configurable part. Exactly one of the schedules is set. `monitor_ids` and `selector` both empty: every monitor.
struct maintenance_window_spec {
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> key; ///< client-chosen, unique in the organisation
  bool enabled = true;
  std::vector<monitor_id> monitor_ids; ///< a set
  monitor_selector selector;
  maintenance_mode mode = maintenance_mode::pause_checks;
  bool exclude_from_uptime = true;
  std::string time_zone = "UTC"; ///< IANA: by whose clock all but a one-off begins
  std::optional<one_off_maintenance> one_off;
  std::optional<weekly_maintenance> weekly;
  std::optional<monthly_maintenance> monthly;
  std::optional<cron_maintenance> cron;
  std::optional<rrule_maintenance> rrule;
  std::optional<std::string> managed_by;
  friend bool operator==(const maintenance_window_spec&, const maintenance_window_spec&) = default;
};

/// `ended_until`: somebody ended the occurrence that would have gone on until then; nothing happens before it.
struct maintenance_window_record : record<window_id, maintenance_window_spec> {
  std::optional<timestamp> ended_until;
};

/// [from, to). Occurrences of a window that touch are one.
struct maintenance_occurrence {
  timestamp from{}, to{};
  friend bool operator==(const maintenance_occurrence&, const maintenance_occurrence&) = default;
};

enum class maintenance_state : std::uint8_t { active, upcoming, past, disabled };

/// A window as the API shows it.
struct maintenance_window_view {
  maintenance_window_record record;
  maintenance_state state = maintenance_state::past;
  std::optional<maintenance_occurrence> current, next;
};

/// What happened, or is happening, as it was then: whatever becomes of the window, it stays. An edit of an occurrence
/// under way ends one of these and begins another.
struct maintenance_stretch {
  uuid id; ///< made by who begins it
  org_id org;
  window_id window;
  std::string name; ///< of the window
  timestamp from{};
  timestamp to{}; ///< as planned while it is open
  bool open = true;
  maintenance_mode mode = maintenance_mode::pause_checks;
  bool exclude_from_uptime = true;
  std::vector<monitor_id> monitor_ids;
  monitor_selector selector;
  friend bool operator==(const maintenance_stretch&, const maintenance_stretch&) = default;
};

} // namespace gochron
