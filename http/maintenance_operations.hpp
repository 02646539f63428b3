#pragma once
#include "http/configured.hpp"

namespace gochron::http {

/// What a maintenance window can be asked and told beyond its configuration: its occurrences, a preview, an end.
void add_maintenance_occurrences(operation_table& add);

} // namespace gochron::http
