#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gochron/store.hpp"

namespace gochron::http {

/// The text of a place in a list: opaque, signed with `key`, safe in a URL. `list` says which list, for whom and with
/// which filters; a cursor is good for no other.
std::string write_cursor(std::string_view key, std::string_view list, const keyset& at);

/// Empty unless write_cursor() wrote exactly that with the same key and list.
std::optional<keyset> read_cursor(std::string_view key, std::string_view list, std::string_view text);

} // namespace gochron::http
