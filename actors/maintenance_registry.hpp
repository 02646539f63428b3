#pragma once
#include <memory>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "core/maintenance/book.hpp"

namespace gochron::actors {

/// The maintenance windows of each organisation and what they did last, as immutable snapshots. Thread-safe; each
/// window's actor writes its own.
class maintenance_registry {
public:
  using snapshot = std::shared_ptr<const core::maintenance_book>;

  snapshot of(org_id org) const;
  void put(core::known_window x);
  void erase(org_id org, window_id id);
  /// In place of one with its id. Forgets those that have ended more than a day before `now`.
  void put(maintenance_stretch x, timestamp now);

private:
  template <class F>
  void change(org_id org, F f);

  mutable std::shared_mutex mutex_;
  std::unordered_map<org_id, snapshot> books_;
};

} // namespace gochron::actors
