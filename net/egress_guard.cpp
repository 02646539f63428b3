#include "net/egress_guard.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace gochron::net {

namespace {

using enum address_class;

struct range {
  cidr block;
  address_class kind;
};

struct range_text {
  std::string_view block;
  address_class kind;
};

// The first match wins: the narrow before the wide.
constexpr auto v4_ranges = std::to_array<range_text>({
    {"169.254.169.254/32", metadata}, // AWS, Azure, GCP, OpenStack, DigitalOcean
    {"169.254.170.2/32", metadata},   // AWS ECS task credentials
    {"169.254.170.23/32", metadata},  // AWS EKS pod identity
    {"100.100.100.200/32", metadata}, // Alibaba
    {"192.0.0.192/32", metadata},     // Oracle
    {"168.63.129.16/32", metadata},   // Azure's wire server
    {"0.0.0.0/8", unspecified},       {"10.0.0.0/8", private_use},    {"100.64.0.0/10", shared},
    {"127.0.0.0/8", loopback},        {"169.254.0.0/16", link_local}, {"172.16.0.0/12", private_use},
    {"192.0.0.0/24", reserved},       {"192.0.2.0/24", reserved},     {"192.88.99.0/24", reserved},
    {"192.168.0.0/16", private_use},  {"198.18.0.0/15", reserved},    {"198.51.100.0/24", reserved},
    {"203.0.113.0/24", reserved},     {"224.0.0.0/4", multicast},     {"240.0.0.0/4", reserved},
});

constexpr auto v6_ranges = std::to_array<range_text>({
    {"fd00:ec2::/32", metadata},    // AWS: instance metadata, DNS, time
    {"fd20:ce::254/128", metadata}, // GCP
    {"::/128", unspecified},
    {"::1/128", loopback},
    {"2001:2::/48", reserved},
    {"2001:db8::/32", reserved},
    {"2001::/23", reserved},
    {"3fff::/20", reserved},
    {"fc00::/7", private_use},
    {"fec0::/10", private_use},
    {"fe80::/10", link_local},
    {"ff00::/8", multicast},
    {"2000::/3", global},
    {"::/0", reserved},
});

template <std::size_t N>
std::vector<range> compiled(const std::array<range_text, N>& table) {
  std::vector<range> out;
  for (const auto& x : table)
    out.push_back({parse_cidr(x.block).value(), x.kind});
  return out;
}

address_class look_up(const std::vector<range>& table, const ip_address& x) {
  auto hit = std::find_if(table.begin(), table.end(), [&](const range& r) { return r.block.contains(x); });
  return hit == table.end() ? global : hit->kind;
}

address_class classify_v4(const ip_address& x) {
  static const auto table = compiled(v4_ranges);
  return look_up(table, x);
}

// One way of carrying an IPv4 address in an IPv6 address.
struct tunnel {
  std::string_view block;
  std::size_t offset;
  std::uint8_t mask; // Teredo hides the client's address by inverting it
};

constexpr auto tunnels = std::to_array<tunnel>({
    {"::ffff:0:0/96", 12, 0x00},
    {"64:ff9b::/96", 12, 0x00},
    {"2002::/16", 2, 0x00},
    {"2001::/32", 4, 0x00},
    {"2001::/32", 12, 0xff},
});

bool is_v4_compatible(const asio::ip::address_v6::bytes_type& b) {
  return std::all_of(b.begin(), b.begin() + 12, [](auto c) { return c == 0; }) && (b[12] | b[13] | b[14]) != 0;
}

ip_address embedded(const asio::ip::address_v6::bytes_type& b, std::size_t offset, std::uint8_t mask) {
  asio::ip::address_v4::bytes_type v4{};
  for (std::size_t i = 0; i < 4; ++i)
    v4[i] = static_cast<std::uint8_t>(b[offset + i] ^ mask);
  return asio::ip::address_v4{v4};
}

address_class classify_v6(const ip_address& x) {
  static const auto table = compiled(v6_ranges);
  static const auto blocks = [] {
    std::vector<cidr> out;
    for (const auto& t : tunnels)
      out.push_back(parse_cidr(t.block).value());
    return out;
  }();
  const auto bytes = x.to_v6().to_bytes();
  if (is_v4_compatible(bytes)) {
    auto inner = classify_v4(embedded(bytes, 12, 0));
    return inner == global ? reserved : inner; // the form itself is deprecated (RFC 4291)
  }
  bool tunnelled = false;
  for (std::size_t i = 0; i < tunnels.size(); ++i) {
    if (!blocks[i].contains(x))
      continue;
    tunnelled = true;
    if (auto inner = classify_v4(embedded(bytes, tunnels[i].offset, tunnels[i].mask)); inner != global)
      return inner;
  }
  return tunnelled ? global : look_up(table, x);
}

} // namespace

std::string_view name_of(address_class x) {
  static constexpr auto names =
      std::to_array<std::string_view>({"global", "unspecified", "loopback", "private", "link-local", "shared",
                                       "multicast", "reserved", "cloud metadata"});
  return names[static_cast<std::size_t>(x)];
}

address_class classify(const ip_address& x) {
  return x.is_v4() ? classify_v4(x) : classify_v6(x);
}

bool egress_guard::permits(const ip_address& x) const {
  const auto address = canonical(x);
  if (std::any_of(policy_.allow.begin(), policy_.allow.end(), [&](const cidr& c) { return c.contains(address); }))
    return true;
  const auto kind = classify(address);
  if (kind == global)
    return true;
  return policy_.allow_private && (kind == loopback || kind == private_use || kind == link_local);
}

} // namespace gochron::net
