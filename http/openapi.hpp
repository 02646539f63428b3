#pragma once
#include <string>

#include "http/operation.hpp"

namespace gochron::http {

/// The OpenAPI 3.1 document of these operations, compact JSON. Deterministic.
std::string render_openapi(const operations& all, std::string_view version);

/// `/openapi.json`, rendered once.
operations openapi_operations();

} // namespace gochron::http
