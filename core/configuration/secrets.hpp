#pragma once
#include "core/schema/type.hpp"

namespace gochron::core {

/// Puts the present value wherever the document has null, or nothing, for a write-only property. `now` is a whole
/// document (audience::whole).
void keep_secrets(const type_info& of, json_value& document, const json_value& now);

} // namespace gochron::core
