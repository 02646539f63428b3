#include <catch2/catch.hpp>

#include "core/roles.hpp"
#include "core/token_format.hpp"

using namespace gochron;
using namespace gochron::core;

namespace {

token_record bearer(std::vector<std::string> scopes, std::optional<user_role> role = std::nullopt) {
  token_record x;
  x.scopes = std::move(scopes);
  x.role = role;
  return x;
}

} // namespace

TEST_CASE("each role allows what it is for") {
  struct row {
    std::string_view scope;
    bool viewer, member, admin;
  };
  for (auto [scope, viewer, member, admin] : std::initializer_list<row>{
           {"monitors:read", true, true, true},
           {"monitors:write", false, true, true},
           {"incidents:write", false, true, true},
           {"users:read", true, true, true},
           {"users:write", false, false, true},
           {"tokens:write", false, false, true},
           {"organizations:write", false, false, true},
           {"audit-log:read", true, true, true},
           {"audit-log:write", false, false, true},
           {"*:read", true, true, true},
           {"*:write", false, false, true},
           {"admin", false, false, true},
           {"nonsense:read", false, false, false},
           {"", false, false, false},
       }) {
    INFO(scope);
    CHECK(role_allows(user_role::viewer, scope) == viewer);
    CHECK(role_allows(user_role::member, scope) == member);
    CHECK(role_allows(user_role::admin, scope) == admin);
    CHECK(role_allows(user_role::owner, scope) == admin);
  }
}

TEST_CASE("for every noun a role allows no more than the one above it") {
  for (auto noun : scope_nouns())
    for (auto verb : {":read", ":write"}) {
      auto scope = std::string{noun} + verb;
      for (int above = 1; above < 4; ++above)
        if (role_allows(static_cast<user_role>(above - 1), scope))
          CHECK(role_allows(static_cast<user_role>(above), scope));
    }
}

TEST_CASE("a token may what it was granted and its user's role allows") {
  CHECK(may(bearer({"admin"}), "admin"));
  CHECK(may(bearer({"admin"}, user_role::viewer), "monitors:read"));
  CHECK_FALSE(may(bearer({"admin"}, user_role::viewer), "monitors:write"));
  CHECK_FALSE(may(bearer({"admin"}, user_role::viewer), "admin"));
  CHECK(may(bearer({"*:write"}, user_role::member), "monitors:write"));
  CHECK_FALSE(may(bearer({"*:write"}, user_role::member), "users:write"));
  CHECK_FALSE(may(bearer({"channels:read"}, user_role::owner), "monitors:read"));
}

TEST_CASE("only owners, and tokens of nobody that may everything, change owners") {
  CHECK(may_change_owners(bearer({"admin"})));
  CHECK(may_change_owners(bearer({"admin"}, user_role::owner)));
  CHECK_FALSE(may_change_owners(bearer({"admin"}, user_role::admin)));
  CHECK_FALSE(may_change_owners(bearer({"*:write"})));
  CHECK_FALSE(may_change_owners(bearer({"users:write"}, user_role::owner)));
}

TEST_CASE("nobody makes a user who may do more than they") {
  auto users_only = bearer({"users:write"});
  CHECK(may_change_role(users_only, user_role::viewer));
  CHECK(may_change_role(users_only, user_role::member));
  CHECK_FALSE(may_change_role(users_only, user_role::admin));
  CHECK_FALSE(may_change_role(users_only, user_role::owner));
  auto administrator = bearer({"admin"}, user_role::admin);
  CHECK(may_change_role(administrator, user_role::admin));
  CHECK_FALSE(may_change_role(administrator, user_role::owner));
  CHECK_FALSE(may_change_role(bearer({"monitors:write"}), user_role::viewer));
}
