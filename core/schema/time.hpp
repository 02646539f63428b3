#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gochron/clock.hpp"

namespace gochron::core {

/// RFC 3339 in UTC with milliseconds: `2026-11-23T13:37:37.250Z`. Years 0000-9999.
std::string to_rfc3339(timestamp x);

/// Any writing of a whole millisecond in UTC: `Z` or `+00:00`, one to nine digits of a fraction or none. Empty for
/// anything else: other offsets, a finer instant, a date that the calendar has not, a leap second.
std::optional<timestamp> parse_rfc3339(std::string_view text);

} // namespace gochron::core
