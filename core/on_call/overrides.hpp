#pragma once
#include <vector>

#include "gochron/error.hpp"
#include "gochron/schedule.hpp"

namespace gochron::core {

/// What an override must not be, made at `now`: begin in the past, end before it begins, lie beyond the tables of the
/// clocks, name its own schedule.
std::vector<violation> faults_of(const schedule_override& x, timestamp now);

/// A stretch of time that somebody asks about: at most `longest_range`, within the tables of the clocks.
std::vector<violation> range_faults(timestamp from, timestamp to);

/// Likewise an instant.
std::vector<violation> instant_faults(timestamp at);

} // namespace gochron::core
