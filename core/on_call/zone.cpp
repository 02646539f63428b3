#include "core/on_call/zone.hpp"

#include <algorithm>
#include <string>

#include <date/tz.h>

#include "core/calendar_buckets.hpp"

namespace gochron::core {
namespace {

// No clock on earth is further from UTC than 16 hours.
constexpr std::chrono::hours furthest{16};

} // namespace

std::optional<local_clock> local_clock::of(std::string_view time_zone) {
  if (!is_time_zone(time_zone))
    return std::nullopt;
  return local_clock{*date::locate_zone(std::string{time_zone})};
}

local_seconds local_clock::at(timestamp t) const {
  auto whole = std::chrono::floor<seconds>(t);
  return local_seconds{whole.time_since_epoch() + zone_->get_info(whole).offset};
}

timestamp local_clock::first(local_seconds wanted) const {
  // Stretches of one offset follow each other: the first whose end shows more than `wanted` is the one.
  auto info = zone_->get_info(std::chrono::sys_seconds{wanted.time_since_epoch() - furthest});
  while (info.end.time_since_epoch() + info.offset <= wanted.time_since_epoch())
    info = zone_->get_info(info.end);
  return std::max(info.begin, std::chrono::sys_seconds{wanted.time_since_epoch() - info.offset});
}

} // namespace gochron::core
