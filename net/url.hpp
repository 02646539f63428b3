#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gochron/error.hpp"

namespace gochron::net {

/// An absolute http or https URL, taken apart. No userinfo, no fragment.
struct url {
  bool tls = false;
  std::string host;         ///< lower case; an IPv6 literal without its brackets
  std::uint16_t port = 80;  ///< 443 for https unless written
  std::string target = "/"; ///< path and query as they go on the wire

  std::string authority() const; ///< for the Host header: brackets where needed, the port unless it is the default
  std::string str() const;
  bool same_origin(const url& x) const { return tls == x.tls && host == x.host && port == x.port; }
};

/// Whether `host` can be connected to: an address in any spelling, or an ASCII name of letters, digits, `-` and `_`,
/// labels of at most 63 and 253 characters in all. International names must be given in their `xn--` form.
bool is_valid_host(std::string_view host);

/// Strict about scheme, authority and characters; RFC 3986 in what it accepts. Errors: `invalid` with a sentence that
/// says what is wrong. A fragment is dropped, since it never reaches a server.
result<url> parse_url(std::string_view text);

/// What a Location header means, seen from `base` (RFC 3986, section 5).
result<url> resolve_reference(const url& base, std::string_view reference);

} // namespace gochron::net
