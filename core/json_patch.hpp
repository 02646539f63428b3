#pragma once
#include <string>

#include "core/schema/json.hpp"

namespace gochron::core {

/// The RFC 6902 patch from `before` to `after`, compact; `[]` when they are the same. `shown` is `after` as it may be
/// shown: what it hides (null, or absent, where `after` has a value) is in the patch as null when it changed, so a
/// changed secret shows as a change and no more. Arrays are compared by place, behind what they begin with and before
/// what they end with alike: never wrong, not always the shortest.
std::string json_patch(const json_value& before, const json_value& after, const json_value& shown);

} // namespace gochron::core
