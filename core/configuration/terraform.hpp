#pragma once
#include <string>
#include <vector>

#include "gochron/configuration.hpp"
#include "gochron/schedule.hpp"
#include "gochron/user.hpp"

namespace gochron::core {

/// What Terraform manages and a configuration document has not.
struct terraform_extras {
  std::vector<user_record> users;
  std::vector<schedule_override> overrides;
};

/// The organisation for Terraform's provider of gochron (terraform/): a `resource` and an `import` block for each, by
/// kind, those with a key first, by key, then the others by id. What is as it is by default is left out; references are
/// expressions. No secret is in it: each is a variable that has to be given. A plan of it imports all and changes
/// nothing. The same configuration gives the same text. Attributes follow the provider's rules
/// (terraform/internal/model): a test with Terraform holds both together.
std::string export_terraform(const configuration& x, const terraform_extras& more);

} // namespace gochron::core
