#pragma once
#include <map>
#include <string>
#include <string_view>

#include "core/configuration/hcl.hpp"
#include "core/schema/type.hpp"

/// How the provider has what the property tables have.
namespace gochron::core {

/// The resources that there are: `gochron_monitor.shop` by id.
using terraform_addresses = std::map<std::string, std::string, std::less<>>;

/// Variables for secrets, in the order in which they were needed.
struct terraform_variables {
  hcl_names names;
  std::string blocks;

  /// A variable for the secret at `what`, such as `monitor shop http auth password`; gives its expression.
  std::string ask_for(const std::string& what);
};

/// What all resources of one export are written with.
struct terraform_context {
  const terraform_addresses& addresses;
  terraform_variables& variables;
  std::map<std::string, json_value> defaults = {}; ///< by their JSON: a few, which all resources share
};

/// What the provider calls a property among a resource's own attributes, where some names mean something else to
/// Terraform.
std::string at_root(std::string name);
inline std::string as_it_is(std::string name) {
  return name;
}

/// The properties of an object as attributes: what is null, shown only, or as it is by default is left out. `shown` has
/// null for secrets, `whole` has them. `place` names the object for people.
void write_attributes(hcl_body& to, const type_info& of, const json_value& shown, const json_value& whole,
                      const std::string& place, std::size_t indent, terraform_context& in,
                      std::string (*called)(std::string) = as_it_is);

} // namespace gochron::core
