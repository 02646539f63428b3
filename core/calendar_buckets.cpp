#include "core/calendar_buckets.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <date/tz.h>

namespace gochron::core {
namespace {

using sys_seconds = date::sys_seconds;

const date::time_zone* find_zone(std::string_view name) {
  if (name == "localtime") // a file beside the zones; what it means depends on the machine
    return nullptr;
  try {
    return date::locate_zone(std::string{name});
  } catch (const std::runtime_error&) { // the library's way to say: no such name
    return nullptr;
  }
}

sys_seconds instant_of(const date::time_zone& zone, date::local_days day) {
  auto info = zone.get_info(date::local_seconds{day});
  if (info.result == date::local_info::nonexistent)
    return info.first.end;
  return sys_seconds{date::local_seconds{day}.time_since_epoch() - info.first.offset};
}

date::local_days next_day(date::local_days today, time_bucket bucket) {
  if (bucket == time_bucket::week)
    return today + date::days{7} - (date::weekday{today} - date::Monday);
  if (bucket == time_bucket::day)
    return today + date::days{1};
  date::year_month_day ymd{today};
  return date::local_days{(date::year_month{ymd.year(), ymd.month()} + date::months{1}) / 1};
}

sys_seconds next_boundary(const date::time_zone& zone, sys_seconds t, time_bucket bucket) {
  auto info = zone.get_info(t);
  auto local = date::local_seconds{t.time_since_epoch() + info.offset};
  if (bucket != time_bucket::hour)
    return instant_of(zone, next_day(date::floor<date::days>(local), bucket));
  auto next = date::floor<std::chrono::hours>(local) + std::chrono::hours{1};
  return std::min(sys_seconds{next.time_since_epoch() - info.offset}, info.end);
}

tl::unexpected<error> refuse(std::string pointer, std::string code, std::string detail) {
  return fail(error{errc::invalid, detail, {{std::move(pointer), std::move(code), detail}}, {}, {}});
}

} // namespace

bool is_time_zone(std::string_view name) {
  return find_zone(name) != nullptr;
}

result<std::vector<timestamp>> calendar_buckets(timestamp from, timestamp to, time_bucket bucket,
                                                std::string_view time_zone) {
  const auto* zone = find_zone(time_zone);
  if (!zone)
    return refuse("time_zone", "unknown_time_zone", "No such IANA time zone.");
  if (to <= from)
    return refuse("to", "out_of_range", "The end is not after the start.");
  std::vector<timestamp> bounds{from};
  while (bounds.size() <= max_calendar_buckets) {
    timestamp next = next_boundary(*zone, date::floor<seconds>(bounds.back()), bucket);
    if (next >= to) {
      bounds.push_back(to);
      return bounds;
    }
    bounds.push_back(next);
  }
  return refuse("bucket", "out_of_range", "Too many buckets: choose a longer one or a shorter stretch of time.");
}

} // namespace gochron::core
