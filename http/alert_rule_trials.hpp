#pragma once
#include "http/configured.hpp"

namespace gochron::http {

/// `test` and `match` of alert rules, which write nothing.
void add_rule_trials(operation_table& add);

} // namespace gochron::http
