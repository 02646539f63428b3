#pragma once
#include "core/schema/object.hpp"
#include "gochron/audit.hpp"

namespace gochron::core {

object_ptr<audit_entry> audit_entry_schema();
object_ptr<audit_verdict> audit_verdict_schema();

} // namespace gochron::core
