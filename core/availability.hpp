#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "core/calendar_buckets.hpp"
#include "gochron/store.hpp"

/// What counts as uptime. A monitor's time is split without overlap; each moment is in exactly one part.
namespace gochron::core {

struct availability {
  milliseconds up{0};
  milliseconds degraded{0};    ///< counts as up
  milliseconds down{0};        ///< from t0 to r0
  milliseconds unknown{0};     ///< ours: pending, unknown, checks paused by maintenance that counts, and whenever the
                               ///< engine was not watching
  milliseconds paused{0};      ///< wins over a gap in watching: nobody was meant to watch
  milliseconds maintenance{0}; ///< planned, and left out of uptime: wins over all but `paused`

  milliseconds observed() const { return up + degraded + down; }
  availability& operator+=(const availability& x);
  friend bool operator==(const availability&, const availability&) = default;
};

/// Up and degraded in what was observed, in percent, floored to four decimals: 100 only without a millisecond of
/// downtime. Empty when nothing was observed.
std::optional<double> availability_percent(const availability& x);

/// What was observed of what was meant to be (all but paused and maintenance), floored likewise. Empty when nothing was
/// meant to be.
std::optional<double> coverage_percent(const availability& x);

/// The split of [from, to). Changes are taken in their order; gaps may overlap and stick out at both ends.
/// The caller bounds `to` by the present: the future has no status.
availability availability_of(const status_history& x, timestamp from, timestamp to);

struct availability_bucket {
  timestamp from{}, to{};
  availability part;
};

/// The same, by calendar buckets; their sum is the split of the whole. Errors: as calendar_buckets().
result<std::vector<availability_bucket>> availability_by(const status_history& x, timestamp from, timestamp to,
                                                         time_bucket bucket, std::string_view time_zone);

/// availability_percent of the 24 hours before `now`, floored to two decimals.
std::optional<double> uptime_24h(const status_history& x, timestamp now);

} // namespace gochron::core
