#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace gochron::http {

/// 15 characters of base32, 75 random bits: unique, not secret. Short enough for a string without heap. Thread-safe.
std::string make_request_id();

/// The client's own, if it is 1-128 of `[A-Za-z0-9._-]`; else a fresh one.
std::string take_request_id(std::optional<std::string_view> offered);

} // namespace gochron::http
