#pragma once
#include <string>

#include "gochron/organization.hpp"

namespace gochron::core {

/// Ids and the first token are fresh; the token belongs to no user and may do everything in the organisation.
created_organization new_organization(std::string name, std::string plan, timestamp now);

} // namespace gochron::core
