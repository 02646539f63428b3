#pragma once
#include <cstdint>

#include "gochron/clock.hpp"
#include "gochron/ids.hpp"

/// When a monitor's rounds are: at `phase + k * interval` since the epoch, for every whole k. Lateness of one round
/// never moves the next. All intervals are between a second and a day.
namespace gochron::core {

/// In [0, interval), uniform over monitors: a fixed fraction of the interval, from the id's random bits.
milliseconds phase(const monitor_id& id, milliseconds interval);

/// The first round strictly after `after`.
timestamp next_round(const monitor_id& id, milliseconds interval, timestamp after);

/// How many rounds were left out between two that were held. After an edit of the interval or for times out of order
/// the answer is what the distance in the present interval says, at least zero.
std::int64_t skipped_between(timestamp last_round, timestamp this_round, milliseconds interval);

} // namespace gochron::core
