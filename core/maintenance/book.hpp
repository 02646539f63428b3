#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gochron/maintenance.hpp"
#include "gochron/store.hpp"

/// What the maintenance windows of one organisation mean for a monitor.
namespace gochron::core {

/// What a window does next: the occurrence that contains `t`, or the first after it; one that was ended early is over.
/// None of a window that is not enabled.
std::optional<maintenance_occurrence> occurrence_at_or_after(const maintenance_window_record& x, timestamp t);

/// Likewise all that have some of [from, to) in them, as planned.
std::vector<maintenance_occurrence> occurrences_between(const maintenance_window_spec& x, timestamp from, timestamp to);

/// The same as it was: one that is over, or that somebody has ended, ends where the last of its `stretches` ended.
/// Those that then lie before `from` are left out.
std::vector<maintenance_occurrence> as_they_were(std::vector<maintenance_occurrence> planned,
                                                 const std::vector<maintenance_stretch>& stretches,
                                                 std::optional<timestamp> ended_until, timestamp from, timestamp now);

/// How far an occurrence is at `now`.
maintenance_state state_of(const maintenance_occurrence& x, timestamp now);

maintenance_window_view view_of(maintenance_window_record x, timestamp now);

/// A window with what it does at present.
struct known_window {
  std::shared_ptr<const maintenance_window_record> record;
  std::optional<maintenance_occurrence> occurrence; ///< under way or next
};

struct maintenance_book {
  std::vector<known_window> windows;
  std::vector<maintenance_stretch> recent; ///< of the last day, and those under way
};

/// A window that is in force for some monitor.
struct maintenance_in_force {
  timestamp from{}, to{};
  std::string name;
  window_id window = {};
};

/// What is in force for a monitor at an instant.
struct monitor_maintenance {
  std::optional<maintenance_in_force> pause; ///< of those that pause checks the one that ends last
  std::optional<maintenance_in_force> quiet; ///< of all the one that ends last
};
monitor_maintenance maintenance_of(const maintenance_book& book, const monitor_id& id, const monitor_spec& monitor,
                                   timestamp t);

/// What is left out of a monitor's uptime, of what is in the book.
std::vector<observation_gap> planned_for(const maintenance_book& book, const monitor_id& id,
                                         const monitor_spec& monitor);

/// When the last pause that a monitor was in has ended, at `now` or before it; unset when none is known.
std::optional<timestamp> last_pause_end(const maintenance_book& book, const monitor_id& id, const monitor_spec& monitor,
                                        timestamp now);

/// What begins when this window is found in force at `now`: of the occurrence `x`.
maintenance_stretch stretch_of(const maintenance_window_record& w, const maintenance_occurrence& x, timestamp now);

/// Whether it is still what the window says.
bool same_effect(const maintenance_stretch& x, const maintenance_window_spec& w);

/// `Maintenance window Upgrade is in force until ...: rule Pages tells nobody.`
std::string maintenance_message(std::string_view rule_name, const maintenance_in_force& x);

} // namespace gochron::core
