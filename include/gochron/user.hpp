#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "gochron/clock.hpp"
#include "gochron/ids.hpp"

namespace gochron {

/// What somebody may do in their organisation: see core/roles.hpp.
enum class user_role : std::uint8_t { viewer, member, admin, owner };

/// The configurable part of a user.
struct user_spec {
  std::string email; ///< unique in the organisation, whatever the case
  std::string name;
  user_role role = user_role::member;
  std::optional<std::string> managed_by;
  friend bool operator==(const user_spec&, const user_spec&) = default;
};

/// Somebody of an organisation. Acts through tokens that belong to them.
struct user_record {
  user_id id;
  org_id org;
  std::int64_t version = 1;
  user_spec spec;
  timestamp created_at{}, updated_at{};
};

} // namespace gochron
