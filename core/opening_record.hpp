#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/maintenance/book.hpp"
#include "core/opening_hold.hpp"
#include "core/rule_conditions.hpp"
#include "core/schema/object.hpp"

/// What the alert rules of an incident were judged by when it opened. The row of the incident keeps it
/// (incident::seen): rounds are forgotten, and monitors and windows are edited.
namespace gochron::core {

struct opening_record {
  std::optional<condition_facts> facts; ///< of the round that confirmed it; unset: there was none
  monitor_type type = monitor_type::http;
  std::vector<std::string> tags;        ///< of the monitor
  std::optional<timestamp> muted_until; ///< of the monitor
  std::optional<maintenance_in_force> maintenance;
  std::optional<opening_hold> hold; ///< why no rule might tell yet, as it was known last
};

/// JSON. Reading it back gives the same, or nothing for a text that is none of ours.
std::string to_text(const opening_record& x);
std::optional<opening_record> opening_record_of(std::string_view text);

/// As the API shows it.
object_ptr<opening_record> opening_record_schema();

/// The monitor as it was, as far as rules look at it. `now`: as it is; null: it is gone.
monitor_spec monitor_then(const opening_record& x, const monitor_spec* now);

} // namespace gochron::core
