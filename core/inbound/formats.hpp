#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/schema/json.hpp"
#include "core/schema/reader.hpp"
#include "gochron/incident_messages.hpp"

/// A file a format, and what they share.
namespace gochron::core::inbound {

result<incident_signal> read_generic(const json_value& body);
result<incident_signal> read_pager_event(const json_value& body);
result<std::vector<incident_signal>> read_alertmanager(const json_value& body);

/// The text of this member; empty without one.
std::string text_of(const json_value* of, std::string_view name);

/// One line of at most `most` code points; what is cut off is shown by an ellipsis.
std::string one_line(std::string_view text, std::size_t most);

/// The same without touching line breaks.
std::string shortened(std::string_view text, std::size_t most);

/// `critical`, `page`, `P1`: what people call severities. Unset for what is none.
std::optional<severity> severity_named(std::string_view word);

/// RFC 3339 with any offset and fraction, as other systems write it.
std::optional<timestamp> time_of(std::string_view text);

/// A URL that may be shown as a link, or nothing.
std::optional<std::string> link_of(const std::string& text);

/// The object as text, without members at its end where it is too large.
std::string details_of(json_object members);

} // namespace gochron::core::inbound
