#include "actors/user_directory.hpp"

#include <mutex>

namespace gochron::actors {

std::optional<user_record> user_directory::find(org_id org, user_id id) const {
  std::shared_lock lock{mutex_};
  auto it = users_.find(id);
  return it != users_.end() && it->second.org == org ? std::optional{it->second} : std::nullopt;
}

std::optional<user_role> user_directory::role(org_id org, user_id id) const {
  std::shared_lock lock{mutex_};
  auto it = users_.find(id);
  return it != users_.end() && it->second.org == org ? std::optional{it->second.spec.role} : std::nullopt;
}

void user_directory::put(user_record x) {
  std::unique_lock lock{mutex_};
  auto& mine = users_[x.id];
  if (mine.version <= x.version)
    mine = std::move(x);
}

void user_directory::erase(user_id id) {
  std::unique_lock lock{mutex_};
  users_.erase(id);
}

} // namespace gochron::actors
