#include "core/round_clock.hpp"

#include <algorithm>

namespace gochron::core {

milliseconds phase(const monitor_id& id, milliseconds interval) {
  // Bytes 12 to 15 of a UUIDv7 are random in all their bits; a day has 27 bits of milliseconds.
  std::uint64_t fraction = 0;
  for (std::size_t i = 12; i < 16; ++i)
    fraction = (fraction << 8) | id.value.bytes[i];
  return milliseconds{static_cast<std::int64_t>((fraction * static_cast<std::uint64_t>(interval.count())) >> 32)};
}

timestamp next_round(const monitor_id& id, milliseconds interval, timestamp after) {
  auto offset = phase(id, interval);
  auto since_phase = after.time_since_epoch() - offset;
  auto k = since_phase / interval;
  if (since_phase % interval < milliseconds::zero())
    --k; // division truncates, times before 1970 need the floor
  return timestamp{offset + (k + 1) * interval};
}

std::int64_t skipped_between(timestamp last_round, timestamp this_round, milliseconds interval) {
  return std::max<std::int64_t>(0, (this_round - last_round) / interval - 1);
}

} // namespace gochron::core
