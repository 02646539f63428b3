#include "core/roles.hpp"

#include <algorithm>
#include <array>

#include "core/token_format.hpp"

namespace gochron::core {
namespace {

constexpr std::array<std::string_view, 5> not_for_members{"users:write", "tokens:write", "organizations:write",
                                                          "audit-log:write", "*:write"};

} // namespace

bool role_allows(user_role role, std::string_view scope) {
  if (!is_valid_scope(scope))
    return false;
  switch (role) {
  case user_role::viewer:
    return scope.ends_with(":read");
  case user_role::member:
    return scope != "admin" && std::ranges::find(not_for_members, scope) == not_for_members.end();
  case user_role::admin:
  case user_role::owner:
    return true;
  }
  return false;
}

bool may(const token_record& who, std::string_view scope) {
  return scope_allows(who.scopes, scope) && (!who.role || role_allows(*who.role, scope));
}

bool may_change_owners(const token_record& who) {
  return may(who, "admin") && (!who.role || *who.role == user_role::owner);
}

bool may_change_role(const token_record& who, user_role role) {
  if (role == user_role::owner)
    return may_change_owners(who);
  return may(who, role == user_role::admin ? "admin" : "users:write");
}

} // namespace gochron::core
