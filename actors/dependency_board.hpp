#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/opening_hold.hpp"
#include "gochron/monitor.hpp"

namespace gochron::actors {

/// What the monitors that others depend on say of themselves, and who waits for news of them. There is an entry for
/// each of those and for no other monitor. Thread-safe; a lock is held for what is done with one entry, and nothing is
/// done for each of many children under it.
class dependency_board {
public:
  using facts = std::shared_ptr<const core::parent_facts>;

  /// `child` depends on `now`, and no longer on what else is in `before`. Calling it again changes nothing. Returns
  /// those that nobody depended on before: they have said nothing yet.
  std::vector<monitor_id> put(monitor_id child, const std::vector<monitor_id>& before,
                              const std::vector<monitor_id>& now);

  /// Whether anybody depends on it. Cheap where nobody depends on anybody.
  bool is_parent(monitor_id id) const;
  std::vector<monitor_id> parents() const;

  /// The parent says how it is; `seen_at`: the slot of a round that has just had a verdict. Returns who has waited for
  /// such news: they wait no longer. Nothing where nobody depends on it.
  std::vector<monitor_id> note(const monitor_record& of, const monitor_runtime& x, std::optional<timestamp> seen_at,
                               timestamp at);

  /// It is watched by nobody until it says something again: quarantined, or deleted.
  std::vector<monitor_id> note_unwatched(monitor_id id, timestamp at);

  /// What is known of it; null: nothing. Puts `child` among those who wait for news of it.
  facts look(monitor_id parent, monitor_id child);

  /// Whether this is the first who wants a round of it that begins at `since` or later.
  bool ask(monitor_id parent, timestamp since);

private:
  struct entry {
    facts known;
    std::unordered_set<monitor_id> children; ///< who names it
    std::unordered_set<monitor_id> waiting;  ///< whoever is behind it
    std::optional<timestamp> asked;
  };
  struct stripe {
    mutable std::mutex mutex;
    std::unordered_map<monitor_id, entry> entries;
  };

  stripe& of(const monitor_id& id) { return stripes_[std::hash<monitor_id>{}(id) % stripes_.size()]; }
  const stripe& of(const monitor_id& id) const { return stripes_[std::hash<monitor_id>{}(id) % stripes_.size()]; }
  static std::vector<monitor_id> replace(entry& x, core::parent_facts by);

  std::array<stripe, 16> stripes_;
  std::atomic<std::size_t> count_{0}; ///< of entries
};

} // namespace gochron::actors
