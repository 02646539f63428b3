#pragma once
#include <optional>
#include <shared_mutex>
#include <unordered_map>

#include "gochron/user.hpp"

namespace gochron::actors {

/// All users, in memory: each request of a token that belongs to one asks for their role as it is now. Thread-safe.
class user_directory {
public:
  std::optional<user_record> find(org_id org, user_id id) const;
  std::optional<user_role> role(org_id org, user_id id) const;
  void put(user_record x);
  void erase(user_id id);

private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<user_id, user_record> users_;
};

} // namespace gochron::actors
