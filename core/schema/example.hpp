#pragma once
#include <string>
#include <string_view>

#include "core/schema/json_schema.hpp"

namespace gochron::core {

/// A value of this type as documents show it, made of its properties' own examples: it fits the schema that a
/// schema_book writes for the same use. `tag` picks a union's alternative; empty: the first one. As a request it has
/// what must be given, and in the alternative's object what says something beyond the defaults.
std::string example_of(const type_info& x, schema_use use, std::string_view tag = {});

} // namespace gochron::core
