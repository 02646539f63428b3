#include "core/on_call/timetable.hpp"

#include <algorithm>
#include <map>

#include "core/on_call/layers.hpp"

namespace gochron::core {
namespace {

using users = std::vector<user_id>;

bool contains(const users& xs, const user_id& x) {
  return std::ranges::find(xs, x) != xs.end();
}

users with(users xs, const users& more) {
  std::ranges::copy_if(more, std::back_inserter(xs), [&](const auto& x) { return !contains(xs, x); });
  std::ranges::sort(xs);
  xs.erase(std::unique(xs.begin(), xs.end()), xs.end());
  return xs;
}

users without(users xs, const users& less) {
  std::erase_if(xs, [&](const auto& x) { return contains(less, x); });
  return xs;
}

// `schedule` is not decided here: it needs to know of another one.
users changed(const schedule_override& x, users present) {
  switch (x.kind) {
  case override_kind::add:
    return with(std::move(present), x.user_ids);
  case override_kind::remove:
    return without(std::move(present), x.user_ids);
  case override_kind::replace:
    if (x.replaced_user_ids.empty())
      return x.user_ids;
    if (std::ranges::any_of(present, [&](const auto& u) { return contains(x.replaced_user_ids, u); }))
      return with(without(std::move(present), x.replaced_user_ids), x.user_ids);
    return present;
  case override_kind::schedule:
    break;
  }
  return present;
}

const schedule_book* find(const std::vector<schedule_book>& books, const std::optional<schedule_id>& id) {
  auto at = std::ranges::find_if(books, [&](const auto& x) { return id && x.id == *id; });
  return at == books.end() ? nullptr : &*at;
}

const std::vector<schedule_book> no_others;

users at_instant(const schedule_book& of, const std::vector<schedule_book>& others, bool further, timestamp at) {
  users present;
  auto next = std::ranges::upper_bound(of.revisions, at, {}, &schedule_revision::effective_from);
  if (next != of.revisions.begin())
    present = layers_at(*std::prev(next), at);
  for (const auto& x : of.overrides) {
    if (at < x.start_at || x.end_at <= at)
      continue;
    if (x.kind != override_kind::schedule)
      present = changed(x, std::move(present));
    else if (const auto* other = further ? find(others, x.other) : nullptr)
      present = at_instant(*other, no_others, false, at);
  }
  return present;
}

timeline over(const schedule_book& of, const std::vector<schedule_book>& others, bool further, timestamp from,
              timestamp to, piece_budget& budget);

// The parts of `all` inside the override's stretch, made anew.
void apply(const schedule_override& x, timeline& all, const std::vector<schedule_book>& others, bool further,
           piece_budget& budget) {
  if (all.empty())
    return;
  auto from = std::max(x.start_at, all.front().from), to = std::min(x.end_at, all.back().to);
  const auto* other = x.kind == override_kind::schedule && further ? find(others, x.other) : nullptr;
  if (from >= to || (x.kind == override_kind::schedule && !other))
    return;
  timeline before, inside, after;
  for (auto& s : all) {
    if (s.from < from)
      before.push_back({s.from, std::min(s.to, from), s.users});
    if (s.to > to)
      after.push_back({std::max(s.from, to), s.to, s.users});
    if (auto a = std::max(s.from, from), b = std::min(s.to, to); a < b && !other)
      inside.push_back({a, b, changed(x, std::move(s.users))});
  }
  if (other)
    inside = over(*other, no_others, false, from, to, budget);
  all = std::move(before);
  std::ranges::move(inside, std::back_inserter(all));
  std::ranges::move(after, std::back_inserter(all));
}

timeline over(const schedule_book& of, const std::vector<schedule_book>& others, bool further, timestamp from,
              timestamp to, piece_budget& budget) {
  timeline all;
  auto begin = of.revisions.empty() ? to : std::clamp(of.revisions.front().effective_from, from, to);
  all.push_back({from, begin, {}});
  for (std::size_t i = 0; i < of.revisions.size(); ++i) {
    auto a = std::max(of.revisions[i].effective_from, from);
    auto b = i + 1 < of.revisions.size() ? std::min(of.revisions[i + 1].effective_from, to) : to;
    if (a < b)
      std::ranges::move(layers_over(of.revisions[i], a, b, budget), std::back_inserter(all));
  }
  for (const auto& x : of.overrides)
    if (budget.spend(1 + all.size() / 64))
      apply(x, all, others, further, budget);
  join_equals(all);
  return all;
}

std::size_t place_of(const std::vector<on_call_turn>& members, const on_call_turn& turn, std::size_t before) {
  if (before < members.size() && members[before] == turn)
    return before;
  if (auto at = std::ranges::find(members, turn); at != members.end())
    return static_cast<std::size_t>(at - members.begin());
  auto shares = [&](const on_call_turn& x) {
    return std::ranges::any_of(x, [&](const auto& u) { return contains(turn, u); });
  };
  if (auto at = std::ranges::find_if(members, shares); at != members.end())
    return static_cast<std::size_t>(at - members.begin());
  return before % members.size();
}

std::int64_t kept_offset(const schedule_revision& now, std::size_t index, const schedule_layer& wanted,
                         const local_clock& then, timestamp at) {
  const auto& layer = now.layers[index];
  auto clock = local_clock::of(now.time_zone);
  if (!clock)
    return 0;
  auto offset = index < now.turn_offsets.size() ? now.turn_offsets[index] : 0;
  auto turn = turn_of(hand_off_before(layer.rotation, *clock, at), offset, layer.members.size());
  auto place = static_cast<std::int64_t>(place_of(wanted.members, layer.members[turn], turn));
  auto k = hand_off_before(wanted.rotation, then, at);
  return static_cast<std::int64_t>(turn_of(place - k, 0, wanted.members.size()));
}

} // namespace

std::vector<user_id> on_call_at(const on_call_books& x, timestamp at) {
  return at_instant(x.of, x.others, true, at);
}

result<std::vector<on_call_shift>> shifts_in(const on_call_books& x, timestamp from, timestamp to) {
  piece_budget budget{most_pieces};
  auto all = over(x.of, x.others, true, from, to, budget);
  if (budget.left == 0)
    return fail(error{errc::invalid,
                      "Too many turns for one answer: ask for a shorter time.",
                      {{"to", "out_of_range", "Too many turns: ask for a shorter time."}},
                      {},
                      {}});
  std::erase_if(all, [](const auto& s) { return s.users.empty(); });
  return all;
}

std::vector<on_call_shift> gaps_between(const std::vector<on_call_shift>& shifts, timestamp from, timestamp to) {
  std::vector<on_call_shift> gaps;
  auto at = from;
  for (const auto& s : shifts) {
    if (at < s.from)
      gaps.push_back({at, s.from, {}});
    at = s.to;
  }
  if (at < to)
    gaps.push_back({at, to, {}});
  return gaps;
}

std::vector<on_call_shift> shifts_by_user(const std::vector<on_call_shift>& shifts) {
  std::map<user_id, std::size_t> open; // the last one of each
  std::vector<on_call_shift> out;
  for (const auto& s : shifts)
    for (const auto& user : s.users)
      if (auto it = open.find(user); it != open.end() && out[it->second].to == s.from)
        out[it->second].to = s.to;
      else {
        open[user] = out.size();
        out.push_back({s.from, s.to, {user}});
      }
  return out;
}

schedule_revision first_revision(const schedule_spec& x, timestamp from) {
  return {from, x.time_zone, x.layers, std::vector<std::int64_t>(x.layers.size())};
}

schedule_revision next_revision(const schedule_revision& now, const schedule_spec& wanted, timestamp at) {
  auto next = first_revision(wanted, at);
  auto clock = local_clock::of(wanted.time_zone);
  if (!clock || wanted.on_edit == edit_effect::by_anchor)
    return next;
  for (std::size_t i = 0; i < wanted.layers.size(); ++i) {
    auto before = std::ranges::find(now.layers, wanted.layers[i].key, &schedule_layer::key);
    if (before != now.layers.end())
      next.turn_offsets[i] =
          kept_offset(now, static_cast<std::size_t>(before - now.layers.begin()), wanted.layers[i], *clock, at);
  }
  return next;
}

bool same_timetable(const schedule_revision& x, const schedule_spec& wanted) {
  return x.time_zone == wanted.time_zone && x.layers == wanted.layers;
}

} // namespace gochron::core
