#pragma once
#include <span>
#include <vector>

#include "gochron/boxed.hpp"
#include "gochron/incident.hpp"

namespace gochron::actors {

/// A monitor's incidents that are not resolved, in the order in which they were opened. Takes one word while there are
/// none, as nearly always. Belongs to its actor.
class open_incidents {
public:
  open_incidents() = default;
  explicit open_incidents(std::vector<incident> xs) {
    if (!xs.empty())
      held_ = std::move(xs);
  }

  std::span<const incident> all() const {
    return held_ ? std::span<const incident>{*held_} : std::span<const incident>{};
  }
  bool empty() const { return !held_; }
  /// Null when it is not open. Good until the next `put`.
  const incident* find(const incident_id& id) const;
  const incident* find(const std::optional<incident_id>& id) const { return id ? find(*id) : nullptr; }
  /// As it is now: takes the place of what it was; one that is resolved goes.
  void put(incident x);

private:
  boxed<std::vector<incident>> held_; ///< never an empty one
};

} // namespace gochron::actors
