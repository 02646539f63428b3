#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gochron::net {

/// At most `max_bytes` of UTF-8 that any JSON parser and Postgres accept: every byte that is not part of a well-formed
/// character, and NUL, becomes U+FFFD; no character is cut in half.
std::string to_valid_utf8(std::string_view raw, std::size_t max_bytes);

using header_list = std::vector<std::pair<std::string, std::string>>;

/// What is kept of a response's headers: at most `max_count`, names to 128 bytes, values to 1 KiB, as valid UTF-8.
header_list excerpt(const header_list& headers, std::size_t max_count);

} // namespace gochron::net
