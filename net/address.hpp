#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/asio.hpp"

namespace gochron::net {

/// An IPv4-mapped IPv6 address becomes the IPv4 address that the kernel would connect to; others stay.
ip_address canonical(const ip_address& x);

/// Reads a host that is an address: dotted IPv4, the short, decimal, octal and hexadecimal forms of inet_aton, IPv6
/// with or without brackets and zone, each with at most one trailing dot. Empty for anything else.
std::optional<ip_address> parse_address(std::string_view host);

/// As `ip_address::to_string`, which takes the way through printf.
std::string text_of(const ip_address& x);

/// Whether the last label is a number, as in `127.0.0.256` or `0x7f.08`. Such a host is an address or a mistake, never
/// a name: a resolver must not be asked for it.
bool ends_in_number(std::string_view host);

/// A block of addresses of one family.
struct cidr {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{}; ///< IPv4 in the first four
  unsigned prefix = 0;

  bool contains(const ip_address& x) const;
};

/// Reads `10.0.0.0/8`, `fd00::/8`, or a single address. Empty for anything else and for bits set past the prefix.
std::optional<cidr> parse_cidr(std::string_view text);

} // namespace gochron::net
