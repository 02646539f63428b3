#pragma once
#include "core/explanation.hpp"
#include "core/schema/object.hpp"

namespace gochron::core {

/// The answer to `GET /api/incidents/{id}/explain`.
object_ptr<explanation> explanation_schema();

} // namespace gochron::core
