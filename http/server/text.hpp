#pragma once
#include <string>
#include <string_view>

/// The few questions about text that more than one file of the server asks.
namespace gochron::http {

/// ASCII only, as the names of HTTP compare.
bool iequals(std::string_view a, std::string_view b);

/// RFC 9110 `token`: one or more of its characters.
bool is_token(std::string_view text);

/// No control character but a tab: nothing that could end a header line.
bool is_field_value(std::string_view text);

/// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// Strictly: no overlong forms, no surrogates.
bool is_utf8(std::string_view text);

/// The same text without what is not UTF-8.
std::string only_utf8(std::string_view text);

} // namespace gochron::http
