#include "core/on_call/overrides.hpp"

#include "core/on_call/timetable.hpp"

namespace gochron::core {
namespace {

constexpr auto outside = "Times are from 1970 to 2037.";

bool known(timestamp x) {
  return first_instant <= x && x <= last_instant;
}

void check_rest(const schedule_override& x, std::vector<violation>& all) {
  if (!known(x.end_at))
    all.push_back({"/end_at", "out_of_range", outside});
  else if (x.end_at <= x.start_at)
    all.push_back({"/end_at", "out_of_range", "It must be after `start_at`."});
  if (x.other && *x.other == x.of)
    all.push_back({"/schedule_id", "inconsistent", "Another schedule, not this one."});
}

// Of one under way.
std::vector<violation> faults_of_change(const schedule_override& now, const schedule_override& wanted, timestamp at) {
  std::vector<violation> all;
  if (wanted.start_at != now.start_at)
    all.push_back({"/start_at", "out_of_range", "It has begun: that stays as it was."});
  if (known(wanted.end_at) && wanted.end_at <= at)
    all.push_back({"/end_at", "out_of_range", "In the past, which stays as it was. Deleting it ends it now."});
  auto rest = wanted;
  rest.start_at = now.start_at;
  if (wanted.end_at > at || !known(wanted.end_at))
    check_rest(rest, all);
  return all;
}

bool same_people(const schedule_override& x, const schedule_override& y) {
  return x.kind == y.kind && x.user_ids == y.user_ids && x.replaced_user_ids == y.replaced_user_ids &&
         x.other == y.other;
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
  check_rest(x, all);
  return all;
}

result<override_edit> edited(const schedule_override& now, const schedule_override& wanted, timestamp at) {
  if (now.end_at <= at)
    return fail(errc::conflict, "The override is over: what is past stays as it was.");
  bool begun = now.start_at < at;
  auto faults = begun ? faults_of_change(now, wanted, at) : faults_of(wanted, at);
  if (!faults.empty())
    return fail(error{errc::invalid, "The request body is not valid.", std::move(faults), {}, {}});
  override_edit x{wanted, std::nullopt};
  if (begun && !same_people(now, wanted)) {
    x.after.start_at = at;
    x.past = now;
    x.past->id = {};
    x.past->end_at = at;
  }
  return x;
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
