#include "actors/open_incidents.hpp"

#include <algorithm>

namespace gochron::actors {

const incident* open_incidents::find(const incident_id& id) const {
  auto xs = all();
  auto it = std::ranges::find(xs, id, &incident::id);
  return it == xs.end() ? nullptr : &*it;
}

void open_incidents::put(incident x) {
  auto& xs = held_ ? *held_ : held_.emplace();
  auto it = std::ranges::find(xs, x.id, &incident::id);
  if (x.state == incident_state::resolved && it != xs.end())
    xs.erase(it);
  else if (it != xs.end())
    *it = std::move(x);
  else if (x.state != incident_state::resolved)
    xs.push_back(std::move(x));
  if (xs.empty())
    held_.reset();
}

} // namespace gochron::actors
