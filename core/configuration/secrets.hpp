#pragma once
#include "core/schema/type.hpp"

namespace gochron::core {

/// Puts the present value wherever the document has null, or nothing, for a write-only property. `now` is a whole
/// document (audience::whole).
void keep_secrets(const type_info& of, json_value& document, const json_value& now);

/// Takes out what no document may contain: properties that are only shown, at whatever depth.
void drop_what_is_shown(const type_info& of, json_value& document);

} // namespace gochron::core
