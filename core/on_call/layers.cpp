#include "core/on_call/layers.hpp"

#include <algorithm>
#include <span>

namespace gochron::core {
namespace {

using std::chrono::days;
using local_days = std::chrono::local_time<days>;

struct stretch {
  timestamp from{}, to{};
};

bool falls_on(const duty_hours& x, local_days day) {
  auto iso = std::chrono::weekday{day}.iso_encoding() - 1;
  return std::ranges::find(x.weekdays, static_cast<weekday>(iso)) != x.weekdays.end();
}

// Of the duty that begins on that local day. Empty where the clocks leave its hours out.
stretch duty_on(const duty_hours& x, const local_clock& clock, local_days day) {
  auto last = x.end > x.start ? day : day + days{1};
  return {clock.first(day + x.start), clock.first(last + x.end)};
}

// The local days on which a duty can have begun that touches these instants: overnight, across any set of the clock.
std::pair<local_days, local_days> days_around(const local_clock& clock, timestamp from, timestamp to) {
  return {std::chrono::floor<days>(clock.at(from)) - days{2}, std::chrono::floor<days>(clock.at(to)) + days{2}};
}

bool on_duty(const schedule_layer& x, const local_clock& clock, timestamp at) {
  if (x.restrictions.empty())
    return true;
  auto [first, last] = days_around(clock, at, at);
  for (auto day = first; day <= last; day += days{1})
    for (const auto& hours : x.restrictions)
      if (falls_on(hours, day))
        if (auto s = duty_on(hours, clock, day); s.from <= at && at < s.to)
          return true;
  return false;
}

// Sorted, disjoint, inside [from, to).
std::vector<stretch> duties_in(const schedule_layer& x, const local_clock& clock, timestamp from, timestamp to,
                               piece_budget& budget) {
  if (x.restrictions.empty())
    return {{from, to}};
  std::vector<stretch> all;
  auto [first, last] = days_around(clock, from, to);
  for (auto day = first; day <= last; day += days{1})
    for (const auto& hours : x.restrictions) {
      if (!falls_on(hours, day))
        continue;
      if (!budget.spend())
        return {};
      auto s = duty_on(hours, clock, day);
      s = {std::max(s.from, from), std::min(s.to, to)};
      if (s.from < s.to)
        all.push_back(s);
    }
  std::ranges::sort(all, {}, &stretch::from);
  std::vector<stretch> merged;
  for (const auto& s : all)
    if (merged.empty() || merged.back().to < s.from)
      merged.push_back(s);
    else
      merged.back().to = std::max(merged.back().to, s.to);
  return merged;
}

// The turns of one layer, while it is on duty.
timeline turns_in(const schedule_layer& x, std::int64_t offset, const local_clock& clock, timestamp from, timestamp to,
                  piece_budget& budget) {
  timeline all;
  for (const auto& duty : duties_in(x, clock, from, to, budget)) {
    auto k = hand_off_before(x.rotation, clock, duty.from);
    for (auto at = duty.from; at < duty.to && budget.spend(); ++k) {
      auto until = std::min(hand_off(x.rotation, clock, k + 1), duty.to);
      if (at < until)
        all.push_back({at, until, x.members[turn_of(k, offset, x.members.size())]});
      at = until;
    }
  }
  return all;
}

// Both sorted; what is above wins.
timeline lay_over(const timeline& below, const timeline& above) {
  timeline out;
  auto top = above.begin();
  for (const auto& s : below) {
    auto at = s.from;
    for (; top != above.end() && top->from < s.to; ++top) {
      if (at < top->from)
        out.push_back({at, top->from, s.users});
      out.push_back({std::max(at, top->from), std::min(top->to, s.to), top->users});
      at = out.back().to;
      if (top->to > s.to)
        break;
    }
    if (at < s.to)
      out.push_back({at, s.to, s.users});
  }
  join_equals(out);
  return out;
}

// Lowest first.
std::vector<std::size_t> by_priority(const schedule_revision& x) {
  std::vector<std::size_t> order(x.layers.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return x.layers[i].priority; });
  return order;
}

std::int64_t offset_of(const schedule_revision& x, std::size_t layer) {
  return layer < x.turn_offsets.size() ? x.turn_offsets[layer] : 0;
}

} // namespace

void join_equals(timeline& x) {
  timeline out;
  for (auto& s : x)
    if (s.from >= s.to)
      continue;
    else if (!out.empty() && out.back().to == s.from && out.back().users == s.users)
      out.back().to = s.to;
    else
      out.push_back(std::move(s));
  x = std::move(out);
}

timeline layers_over(const schedule_revision& x, timestamp from, timestamp to, piece_budget& budget) {
  timeline all{{from, to, {}}};
  auto clock = local_clock::of(x.time_zone);
  if (!clock)
    return all; // a zone that the database no longer has
  for (auto i : by_priority(x))
    all = lay_over(all, turns_in(x.layers[i], offset_of(x, i), *clock, from, to, budget));
  return all;
}

on_call_turn layers_at(const schedule_revision& x, timestamp at) {
  auto clock = local_clock::of(x.time_zone);
  if (!clock)
    return {};
  auto order = by_priority(x);
  std::ranges::reverse(order);
  for (auto i : order) {
    const auto& layer = x.layers[i];
    if (on_duty(layer, *clock, at))
      return layer.members[turn_of(hand_off_before(layer.rotation, *clock, at), offset_of(x, i), layer.members.size())];
  }
  return {};
}

} // namespace gochron::core
