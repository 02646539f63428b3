#include "actors/gap_log.hpp"

#include <algorithm>
#include <utility>

namespace gochron::actors {

void gap_log::add(observation_gap x) {
  auto all = *all_;
  all.insert(std::ranges::upper_bound(all, x.from, {}, &observation_gap::from), x);
  std::vector<observation_gap> next;
  next.reserve(all.size());
  for (const auto& g : all) {
    if (!next.empty() && g.from <= next.back().to)
      next.back().to = std::max(next.back().to, g.to);
    else
      next.push_back(g);
  }
  if (next.size() > most)
    next.erase(next.begin());
  all_ = std::make_shared<const std::vector<observation_gap>>(std::move(next));
}

void gap_log::load(observation_gap x) {
  std::lock_guard lock{mutex_};
  add(x);
}

void gap_log::notice(observation_gap x) {
  std::lock_guard lock{mutex_};
  add(x);
  if (noticed_.size() < most)
    noticed_.push_back(x);
}

gap_log::list gap_log::all() const {
  std::lock_guard lock{mutex_};
  return all_;
}

std::vector<observation_gap> gap_log::after(timestamp since) const {
  auto known = all();
  auto first = std::ranges::partition_point(*known, [since](auto& x) { return x.to <= since; });
  return {first, known->end()};
}

std::vector<observation_gap> gap_log::take_noticed() {
  std::lock_guard lock{mutex_};
  return std::exchange(noticed_, {});
}

} // namespace gochron::actors
