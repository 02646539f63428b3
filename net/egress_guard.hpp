#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "net/address.hpp"

namespace gochron::net {

/// What kind of place an address is, by the IANA special-purpose registries and the clouds' metadata services.
enum class address_class : std::uint8_t {
  global,
  unspecified, ///< 0.0.0.0/8, ::
  loopback,
  private_use, ///< RFC 1918, unique local and site-local IPv6
  link_local,
  shared, ///< carrier-grade NAT, 100.64.0.0/10
  multicast,
  reserved, ///< documentation, benchmarks, protocol assignments, not yet assigned
  metadata, ///< where a cloud hands its machines credentials
};

std::string_view name_of(address_class x);

/// Looks through IPv4-mapped, IPv4-compatible, 6to4, NAT64 and Teredo addresses at the IPv4 address within.
address_class classify(const ip_address& x);

/// Where checks and webhooks may go. Everything global is allowed.
struct egress_policy {
  std::vector<cidr> allow;    ///< allowed whatever the class; an IPv4-mapped address counts as IPv4
  bool allow_private = false; ///< loopback, private_use and link_local too: for an installation of one's own
};

/// Decides by the address that will really be connected to, never by a name. Immutable, thread-safe.
class egress_guard {
public:
  explicit egress_guard(egress_policy policy) : policy_(std::move(policy)) {}
  bool permits(const ip_address& x) const;

private:
  egress_policy policy_;
};

} // namespace gochron::net
