#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gochron/clock.hpp"

/// RFC 5322 messages. Whatever the texts contain, no header of ours can be ended or added to by them.
namespace gochron::core {

/// One header's field, folded and ended by CRLF. A value that is not printable ASCII, or too long for a line, becomes
/// encoded words (RFC 2047) of UTF-8; control characters become spaces.
std::string text_header(std::string_view name, std::string_view value);

/// `Sun, 31 Jan 2026 12:00:00 +0000`.
std::string mail_date(timestamp x);

/// One header for a list of ids or addresses, which are ASCII without spaces; a line for each.
std::string list_header(std::string_view name, const std::vector<std::string>& items, std::string_view separator);

/// Base64 in lines of 76, ended by CRLF.
std::string base64_lines(std::string_view x);

/// `multipart/alternative` of a text and its HTML, both UTF-8, after `headers`. `boundary` is of letters and digits.
std::string alternative_message(std::string headers, std::string_view plain, std::string_view html,
                                std::string_view boundary);

} // namespace gochron::core
