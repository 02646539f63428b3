#include "actors/dependency_board.hpp"

#include <algorithm>
#include <utility>

namespace gochron::actors {

std::vector<monitor_id> dependency_board::put(monitor_id child, const std::vector<monitor_id>& before,
                                              const std::vector<monitor_id>& now) {
  std::vector<monitor_id> fresh;
  for (const auto& id : now) {
    auto& s = of(id);
    std::lock_guard lock{s.mutex};
    auto [at, made] = s.entries.try_emplace(id);
    at->second.children.insert(child);
    if (made) {
      ++count_;
      fresh.push_back(id);
    }
  }
  for (const auto& id : before) {
    if (std::ranges::find(now, id) != now.end())
      continue;
    auto& s = of(id);
    std::lock_guard lock{s.mutex};
    auto at = s.entries.find(id);
    if (at != s.entries.end() && at->second.children.erase(child) > 0 && at->second.children.empty()) {
      s.entries.erase(at);
      --count_;
    }
  }
  return fresh;
}

bool dependency_board::is_parent(monitor_id id) const {
  if (count_.load(std::memory_order_relaxed) == 0)
    return false;
  const auto& s = of(id);
  std::lock_guard lock{s.mutex};
  return s.entries.contains(id);
}

std::vector<monitor_id> dependency_board::parents() const {
  std::vector<monitor_id> all;
  for (const auto& s : stripes_) {
    std::lock_guard lock{s.mutex};
    for (const auto& [id, x] : s.entries)
      all.push_back(id);
  }
  return all;
}

// With its stripe's lock held. The set of those who wait is taken over whole.
std::vector<monitor_id> dependency_board::replace(entry& x, core::parent_facts by) {
  bool news = !x.known || core::frees(*x.known, by);
  x.known = std::make_shared<const core::parent_facts>(std::move(by));
  if (!news || x.waiting.empty())
    return {};
  auto freed = std::exchange(x.waiting, {});
  return {freed.begin(), freed.end()};
}

std::vector<monitor_id> dependency_board::note(const monitor_record& record, const monitor_runtime& x,
                                               std::optional<timestamp> seen_at, timestamp at) {
  auto& s = of(record.id);
  std::lock_guard lock{s.mutex};
  auto found = s.entries.find(record.id);
  if (found == s.entries.end())
    return {};
  auto& row = found->second;
  auto said = core::facts_of(record.id, record.spec, x.state, seen_at, x.status_since);
  if (const auto* before = row.known.get()) {
    if (!seen_at)
      said.seen_at = before->seen_at;
    said.well_since = before->failing && !said.failing ? seen_at.value_or(at) : before->well_since;
  }
  return replace(row, std::move(said));
}

std::vector<monitor_id> dependency_board::note_unwatched(monitor_id id, timestamp at) {
  auto& s = of(id);
  std::lock_guard lock{s.mutex};
  auto found = s.entries.find(id);
  if (found == s.entries.end())
    return {};
  auto said = found->second.known ? *found->second.known : core::parent_facts{};
  said.id = id;
  said.watched = said.failing = false;
  said.well_since = at;
  return replace(found->second, std::move(said));
}

dependency_board::facts dependency_board::look(monitor_id parent, monitor_id child) {
  auto& s = of(parent);
  std::lock_guard lock{s.mutex};
  auto found = s.entries.find(parent);
  if (found == s.entries.end())
    return nullptr;
  found->second.waiting.insert(child);
  return found->second.known;
}

bool dependency_board::ask(monitor_id parent, timestamp since) {
  auto& s = of(parent);
  std::lock_guard lock{s.mutex};
  auto found = s.entries.find(parent);
  if (found == s.entries.end() || (found->second.asked && *found->second.asked >= since))
    return false;
  found->second.asked = since;
  return true;
}

} // namespace gochron::actors
