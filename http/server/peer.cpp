#include "http/server/peer.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <stdexcept>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <netinet/in.h>

#include "http/server/text.hpp"

namespace gochron::http {
namespace {
namespace ip = boost::asio::ip;

std::optional<ip::address> parsed(std::string_view text) {
  boost::system::error_code ec;
  auto a = ip::make_address(text, ec);
  if (ec || (a.is_v6() && a.to_v6().scope_id() != 0))
    return std::nullopt;
  if (a.is_v6() && a.to_v6().is_v4_mapped())
    a = ip::make_address_v4(ip::v4_mapped, a.to_v6());
  return a;
}

ip::address_v6 as_v6(const ip::address& a) {
  return a.is_v6() ? a.to_v6() : ip::make_address_v6(ip::v4_mapped, a.to_v4());
}

ip::address address_of(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &from, sizeof v4);
    return ip::address_v4{ntohl(v4.sin_addr.s_addr)};
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &from, sizeof v6);
  ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), v6.sin6_addr.s6_addr, bytes.size());
  ip::address_v6 a{bytes};
  return a.is_v4_mapped() ? ip::address{ip::make_address_v4(ip::v4_mapped, a)} : ip::address{a};
}

ip::address_v6::bytes_type masked(const ip::address_v6::bytes_type& bytes, unsigned short prefix_length) {
  return ip::network_v6{ip::address_v6{bytes}, prefix_length}.network().to_bytes();
}

} // namespace

trusted_proxies::block trusted_proxies::parse_block(const std::string& entry) {
  auto slash = entry.find('/');
  auto address = parsed(std::string_view{entry}.substr(0, slash));
  if (!address)
    throw std::invalid_argument("not an address: " + entry);
  unsigned short width = address->is_v4() ? 32 : 128;
  auto length = width;
  if (slash != std::string::npos) {
    auto end = entry.data() + entry.size();
    auto [at, ec] = std::from_chars(entry.data() + slash + 1, end, length);
    if (ec != std::errc{} || at != end || length > width)
      throw std::invalid_argument("not a CIDR block: " + entry);
  }
  auto prefix_length = static_cast<unsigned short>(length + 128 - width);
  return {masked(as_v6(*address).to_bytes(), prefix_length), prefix_length};
}

trusted_proxies::trusted_proxies(const std::vector<std::string>& entries) {
  for (const auto& entry : entries) {
    if (entry == "unix")
      unix_ = true;
    else
      blocks_.push_back(parse_block(entry));
  }
}

bool trusted_proxies::trusts(const v6_bytes& address) const {
  return std::any_of(blocks_.begin(), blocks_.end(),
                     [&](const block& b) { return masked(address, b.prefix_length) == b.network; });
}

peer trusted_proxies::identify(const sockaddr_storage& address) const {
  if (address.ss_family != AF_INET && address.ss_family != AF_INET6)
    return {"unix", unix_, false};
  auto a = address_of(address);
  bool trusted = trusts(as_v6(a).to_bytes());
  return {a.to_string(), trusted, !trusted};
}

std::string trusted_proxies::client_of(const peer& p, std::string_view forwarded_for) const {
  auto found = p.ip;
  if (!p.trusted)
    return found;
  while (!forwarded_for.empty()) {
    auto comma = forwarded_for.rfind(',');
    auto last = comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1);
    auto address = parsed(trimmed(last));
    if (!address)
      break;
    found = address->to_string();
    if (!trusts(as_v6(*address).to_bytes()) || comma == std::string_view::npos)
      break;
    forwarded_for = forwarded_for.substr(0, comma);
  }
  return found;
}

} // namespace gochron::http
