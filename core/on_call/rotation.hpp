#pragma once
#include <cstdint>

#include "core/on_call/zone.hpp"
#include "gochron/schedule.hpp"

namespace gochron::core {

/// The local time of hand-off `k`. Months keep the anchor's day, or take the last one of a month that is shorter.
local_seconds local_hand_off(const rotation_spec& x, std::int64_t k);

/// Its instant.
timestamp hand_off(const rotation_spec& x, const local_clock& clock, std::int64_t k);

/// The last hand-off at or before `t`: whose turn it is. Costs the same however far `t` is from the anchor.
std::int64_t hand_off_before(const rotation_spec& x, const local_clock& clock, timestamp t);

/// Whose turn of `members` hand-off `k` begins. `turns` is their number.
std::size_t turn_of(std::int64_t k, std::int64_t offset, std::size_t turns);

} // namespace gochron::core
