#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "gochron/clock.hpp"
#include "gochron/error.hpp"

/// Hours, days, weeks and months as people in a time zone count them.
namespace gochron::core {

/// Weeks start on Monday (ISO 8601).
enum class time_bucket : std::uint8_t { hour, day, week, month };

inline constexpr std::size_t max_calendar_buckets = 10'000;

/// Whether the system's tz database has this IANA name.
bool is_time_zone(std::string_view name);

/// The bounds that cut [from, to) at the zone's calendar: `from`, every boundary inside, `to`. A day is from midnight
/// to midnight however long the clocks make it; a midnight that does not exist is the first instant after the gap, one
/// that occurs twice is its first occurrence. Hours are cut by the local clock, so an hour that occurs twice is two.
/// Errors: `invalid` with the violations `time_zone` (unknown), `to` (not after `from`) or `bucket` (more than
/// max_calendar_buckets).
result<std::vector<timestamp>> calendar_buckets(timestamp from, timestamp to, time_bucket bucket,
                                                std::string_view time_zone);

} // namespace gochron::core
