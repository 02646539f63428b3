#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "http/server/response.hpp"

namespace gochron::http {

/// An answer as bytes, to be given again exactly as it was.
std::string write_response(const response& r);

/// Empty for what write_response() did not write.
std::optional<response> read_response(std::string_view bytes);

} // namespace gochron::http
