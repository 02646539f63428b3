#pragma once
#include <optional>
#include <string_view>

#include "gochron/clock.hpp"
#include "gochron/schedule.hpp"

namespace date {
class time_zone;
}

namespace gochron::core {

/// The clocks of one place, from the system's tz database.
class local_clock {
public:
  /// Empty for a name that the database has not.
  static std::optional<local_clock> of(std::string_view time_zone);

  /// What the clock shows.
  local_seconds at(timestamp t) const;

  /// The first instant at which the clock shows `wanted` or later. So one that occurs twice is its first occurrence,
  /// and one that never occurs the first instant after the gap. Never decreases as `wanted` grows.
  timestamp first(local_seconds wanted) const;

private:
  explicit local_clock(const date::time_zone& zone) : zone_(&zone) {}
  const date::time_zone* zone_; ///< of the library, for ever
};

} // namespace gochron::core
