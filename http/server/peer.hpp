#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>

namespace gochron::http {

/// Who is at the other end of a connection.
struct peer {
  std::string ip;       ///< canonical text, IPv4 also where it came in through IPv6; `unix` for a socket file
  bool trusted = false; ///< a configured proxy: its X-Forwarded-For counts
  bool counted = false; ///< against the limit of connections an address
};

/// The proxies that an operator trusts. Immutable, so thread-safe.
class trusted_proxies {
public:
  /// Addresses, CIDR blocks or `unix`. Throws std::invalid_argument on anything else.
  explicit trusted_proxies(const std::vector<std::string>& entries);

  peer identify(const sockaddr_storage& address) const;

  /// The client's address: the last entry of the list, right to left, that no trusted proxy stands behind. Garbage ends
  /// the walk at the address that was found up to there.
  std::string client_of(const peer& p, std::string_view forwarded_for) const;

private:
  using v6_bytes = std::array<unsigned char, 16>;
  /// A CIDR block; IPv4 ones in their v4-mapped form.
  struct block {
    v6_bytes network;
    unsigned short prefix_length;
  };

  static block parse_block(const std::string& entry);
  bool trusts(const v6_bytes& address) const;

  bool unix_ = false;
  std::vector<block> blocks_;
};

} // namespace gochron::http
