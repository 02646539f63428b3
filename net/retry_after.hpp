#pragma once
#include <optional>
#include <string_view>

#include "gochron/clock.hpp"

namespace gochron::net {

/// A Retry-After header: seconds, or an HTTP-date (the three forms of RFC 9110, 5.6.7) seen from `now`. Never negative,
/// at most 30 days. Empty for anything else.
std::optional<seconds> parse_retry_after(std::string_view value, timestamp now);

} // namespace gochron::net
