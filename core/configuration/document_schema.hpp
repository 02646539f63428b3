#pragma once
#include "core/schema/type.hpp"

namespace gochron::core {

/// What schemas say of a configuration document: each entry has what its noun's table has, and an `id` where it has no
/// key; references are ids or keys. Whether a reference leads somewhere, no schema can say.
type_info_ptr configuration_info();

} // namespace gochron::core
