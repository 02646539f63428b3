#pragma once
#include "core/rule_conditions.hpp"
#include "core/schema/object.hpp"

namespace gochron::core {

object_ptr<alert_conditions> alert_conditions_schema();
/// All but the region, which is where this server is.
object_ptr<condition_facts> condition_facts_schema();

} // namespace gochron::core
