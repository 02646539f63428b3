#pragma once
#include <string_view>

#include "gochron/token.hpp"
#include "gochron/user.hpp"

/// What a caller may do: what their token was granted, and of that only what the role of the token's user allows.
namespace gochron::core {

/// `viewer`: every read. `member`: every read and write, but no writes to users, tokens, organizations and audit-log.
/// `admin` and `owner`: everything; but see may_change_owners(). `*:write` is allowed to whom every write is.
bool role_allows(user_role role, std::string_view scope);

/// Whether `who` may do what needs `scope`, or give it to another token.
bool may(const token_record& who, std::string_view scope);

/// Only owners make, change and remove owners; so may a token that belongs to no user and may everything.
bool may_change_owners(const token_record& who);

/// Whether `who` may make, change or remove a user of this role: an owner's is for owners, an admin's for whoever has
/// `admin`, the others' for whoever may write users.
bool may_change_role(const token_record& who, user_role role);

} // namespace gochron::core
