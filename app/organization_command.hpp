#pragma once
#include <string>

#include "app/configuration.hpp"

namespace gochron::app {

struct organization_request {
  std::string name;
  std::string plan; ///< empty: `free` with --hosted, otherwise `self_hosted`
};

/// Makes an organisation and prints its id and, on the next line, the secret of its first token. Works beside a running
/// server, which knows of it when that token is first used.
int create_organization(const configuration& c, const organization_request& wanted);

/// Prints a line for each organisation, oldest first: id, plan and name.
int list_organizations(const configuration& c);

} // namespace gochron::app
