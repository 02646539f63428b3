#include "core/organizations.hpp"

#include "core/token_format.hpp"

namespace gochron::core {

created_organization new_organization(std::string name, std::string plan, timestamp now) {
  created_organization made;
  made.record = {org_id::make(now), std::move(name), std::move(plan), now};
  made.secret = make_token();
  auto& token = made.owner_token;
  token.id = token_id::make(now);
  token.org = made.record.id;
  token.name = "owner";
  token.scopes = {"admin"};
  token.digest = token_digest(made.secret);
  token.hint = token_hint(made.secret);
  token.created_at = now;
  return made;
}

} // namespace gochron::core
