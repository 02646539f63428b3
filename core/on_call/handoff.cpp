#include "core/on_call/handoff.hpp"

#include <algorithm>
#include <iterator>

#include "core/on_call/timetable.hpp"
#include "core/paging.hpp"

namespace gochron::core {
namespace {

// Half-open, cut to the horizon: an end at the horizon is none.
std::optional<timestamp> end_of(const on_call_shift& x, timestamp horizon) {
  return x.to < horizon ? std::optional{x.to} : std::nullopt;
}

bool covers(const on_call_shift& x, timestamp at) {
  return x.from <= at && at < x.to;
}

std::vector<begun_duty> begun_of(const std::vector<on_call_shift>& shifts, const std::vector<user_id>& before,
                                 timestamp at, timestamp horizon) {
  std::vector<begun_duty> all;
  for (const auto& shift : shifts_by_user(shifts))
    if (covers(shift, at) && !std::ranges::binary_search(before, shift.users.front()))
      all.push_back({shift.users.front(), end_of(shift, horizon)});
  return all;
}

// The quickest of their ways only: the slower ones are for pages that nobody answers.
void add_routes_of(const user_id& user, const target_resolver& routes, std::vector<channel_id>& to) {
  auto answer = routes.of({escalation_target_type::user, user}, urgency::low, {});
  for (const auto& route : answer.routes)
    if (route.delay == answer.routes.front().delay)
      to.push_back(route.via);
}

} // namespace

result<handoff> handoff_at(const on_call_books& x, const std::optional<std::vector<user_id>>& told, timestamp at) {
  auto horizon = std::min(at + handoff_horizon, last_instant);
  auto shifts = shifts_in(x, at, horizon);
  if (!shifts)
    return fail(shifts.error());
  handoff out;
  if (!shifts->empty() && covers(shifts->front(), at)) {
    out.on_call = shifts->front().users;
    out.next = end_of(shifts->front(), horizon);
  } else if (!shifts->empty())
    out.next = shifts->front().from;
  std::ranges::sort(out.on_call);
  if (!told)
    return out;
  auto before = *told;
  std::ranges::sort(before);
  out.started = begun_of(*shifts, before, at, horizon);
  std::ranges::set_difference(before, out.on_call, std::back_inserter(out.ended));
  return out;
}

handoff_news news_of(const schedule_record& schedule, const handoff& x,
                     const std::function<std::string(const user_id&)>& name_of) {
  auto person = [&](const user_id& id) {
    auto name = name_of(id);
    return paged_user{id, name.empty() ? id.str() : name};
  };
  handoff_news out{schedule.id, schedule.spec.name, schedule.spec.key, schedule.spec.time_zone, {}, {}, {}, x.next};
  std::ranges::transform(x.on_call, std::back_inserter(out.on_call), person);
  for (const auto& duty : x.started)
    out.started.push_back({person(duty.user), duty.until});
  std::ranges::transform(x.ended, std::back_inserter(out.ended), person);
  return out;
}

std::vector<channel_id> handoff_targets(const std::shared_ptr<const alert_book>& book, const schedule_spec& schedule,
                                        const handoff& x) {
  auto wanted = schedule.handoff_channels;
  if (schedule.handoff_notify_users) {
    auto routes = resolver_of({book, {}, nullptr});
    for (const auto& duty : x.started)
      add_routes_of(duty.user, routes, wanted);
    for (const auto& user : x.ended)
      add_routes_of(user, routes, wanted);
  }
  std::vector<channel_id> out;
  for (const auto& id : wanted)
    if (takes(*book, id, event_type::on_call_changed) && std::ranges::find(out, id) == out.end())
      out.push_back(id);
  return out;
}

} // namespace gochron::core
