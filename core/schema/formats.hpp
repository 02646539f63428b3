#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/schema/object.hpp"
#include "core/schema/scalars.hpp"
#include "gochron/monitor.hpp"

/// Types of properties that several resources share, and the checks behind them.
namespace gochron::core {

/// RFC 1123 host name, IPv4 literal, or IPv6 literal without brackets.
bool is_host(std::string_view x);

/// Why `x` is no URL that may be asked: `http` or `https`, a host, no user information, a port of 1-65535, nothing but
/// visible ASCII, at most 2048 bytes. Empty when it is one.
std::optional<std::string> url_fault(std::string_view x);

/// RFC 9110 field name: a token.
bool is_header_name(std::string_view x);

/// RFC 9110 field value without the obsolete folding: no control characters but the tab, no space at either end.
bool is_header_value(std::string_view x);

/// Empty, or what is wrong with one or more concatenated PEM certificates.
std::optional<std::string> certificates_fault(std::string_view pem);

/// One line that people read: 1-255 characters, no control characters.
type_ptr<std::string> line_text(std::size_t min = 1, std::size_t max = 255);
type_ptr<std::string> url_text();
type_ptr<std::string> host_text();
type_ptr<std::string> tag_text();

/// An IANA time zone that the system knows.
type_ptr<std::string> time_zone_text();
/// `09:00`, to 23:59.
type_ptr<std::chrono::minutes> time_of_day_text();

/// At most 50 headers in the order given. `managed` are the names, lower case, that we write ourselves; an entry that
/// ends in `*` stands for all names that begin so.
type_ptr<std::vector<name_value>> header_list(std::vector<std::string_view> managed);

object_ptr<tls_options> tls_options_schema();

} // namespace gochron::core
