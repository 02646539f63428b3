#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace gochron::core {

/// RFC 4648 section 5, without padding.
std::string to_url_safe(std::string_view bytes);

/// Empty unless `text` is exactly what to_url_safe would have written.
std::optional<std::string> from_url_safe(std::string_view text);

} // namespace gochron::core
