#include "core/on_call/overrides.hpp"

#include "core/on_call/timetable.hpp"

namespace gochron::core {
namespace {

constexpr auto outside = "Times are from 1970 to 2037.";

bool known(timestamp x) {
  return first_instant <= x && x <= last_instant;
}

} // namespace

std::vector<violation> faults_of(const schedule_override& x, timestamp now) {
  std::vector<violation> all;
  if (x.start_at < now)
    all.push_back({"/start_at", "out_of_range",
                   "In the past, which stays as it was. Without it the override begins "
                   "now."});
  if (!known(x.start_at))
    all.push_back({"/start_at", "out_of_range", outside});
  if (!known(x.end_at))
    all.push_back({"/end_at", "out_of_range", outside});
  else if (x.end_at <= x.start_at)
    all.push_back({"/end_at", "out_of_range", "It must be after `start_at`."});
  if (x.other && *x.other == x.of)
    all.push_back({"/schedule_id", "inconsistent", "Another schedule, not this one."});
  return all;
}

std::vector<violation> range_faults(timestamp from, timestamp to) {
  std::vector<violation> all;
  if (!known(from))
    all.push_back({"from", "out_of_range", outside});
  if (!known(to))
    all.push_back({"to", "out_of_range", outside});
  else if (to <= from)
    all.push_back({"to", "out_of_range", "The end is not after the start."});
  else if (to - from > longest_range)
    all.push_back({"to", "out_of_range", "At most 366 days after the start."});
  return all;
}

std::vector<violation> instant_faults(timestamp at) {
  if (known(at) && at < last_instant)
    return {};
  return {{"at", "out_of_range", outside}};
}

} // namespace gochron::core
