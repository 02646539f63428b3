#include "net/address.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace gochron::net {

namespace {

std::string_view without_trailing_dot(std::string_view host) {
  if (host.size() > 1 && host.ends_with('.'))
    host.remove_suffix(1);
  return host;
}

std::optional<ip_address> parse_v6(const std::string& text) {
  error_code ec;
  auto x = asio::ip::make_address_v6(text, ec);
  return ec ? std::nullopt : std::optional<ip_address>{x};
}

bool bit_at(const std::array<std::uint8_t, 16>& bytes, unsigned i) {
  return (bytes[i / 8] >> (7 - i % 8)) & 1;
}

std::array<std::uint8_t, 16> bytes_of(const ip_address& x) {
  std::array<std::uint8_t, 16> out{};
  if (x.is_v6()) {
    auto b = x.to_v6().to_bytes();
    std::copy(b.begin(), b.end(), out.begin());
  } else {
    auto b = x.to_v4().to_bytes();
    std::copy(b.begin(), b.end(), out.begin());
  }
  return out;
}

} // namespace

ip_address canonical(const ip_address& x) {
  if (x.is_v6() && x.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, x.to_v6());
  return x;
}

std::optional<ip_address> parse_address(std::string_view host) {
  if (host.starts_with('[')) {
    if (!host.ends_with(']') || host.size() < 4)
      return std::nullopt;
    return parse_v6(std::string{host.substr(1, host.size() - 2)});
  }
  std::string text{without_trailing_dot(host)};
  if (text.find(':') != std::string::npos)
    return parse_v6(text);
  // inet_aton stops at white space and ignores the rest
  if (text.empty() ||
      !std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) || c == '.'; }))
    return std::nullopt;
  in_addr raw{};
  if (::inet_aton(text.c_str(), &raw) == 0)
    return std::nullopt;
  return ip_address{asio::ip::address_v4{ntohl(raw.s_addr)}};
}

std::string text_of(const ip_address& x) {
  if (x.is_v6())
    return x.to_string();
  const auto b = x.to_v4().to_bytes();
  return fmt::format("{}.{}.{}.{}", b[0], b[1], b[2], b[3]);
}

bool ends_in_number(std::string_view host) {
  host = without_trailing_dot(host);
  auto label = host.substr(host.rfind('.') + 1);
  if (label.starts_with("0x") || label.starts_with("0X"))
    return std::all_of(label.begin() + 2, label.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  return !label.empty() &&
         std::all_of(label.begin(), label.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool cidr::contains(const ip_address& x) const {
  if (x.is_v6() != v6)
    return false;
  auto other = bytes_of(x);
  for (unsigned i = 0; i < prefix; ++i)
    if (bit_at(bytes, i) != bit_at(other, i))
      return false;
  return true;
}

std::optional<cidr> parse_cidr(std::string_view text) {
  auto slash = text.find('/');
  error_code ec;
  auto address = asio::ip::make_address(std::string{text.substr(0, slash)}, ec);
  if (ec)
    return std::nullopt;
  cidr out{address.is_v6(), bytes_of(address), 0};
  const unsigned width = out.v6 ? 128 : 32;
  out.prefix = width;
  if (slash != std::string_view::npos) {
    auto digits = text.substr(slash + 1);
    auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), out.prefix);
    if (fault != std::errc{} || end != digits.data() + digits.size() || out.prefix > width)
      return std::nullopt;
  }
  for (unsigned i = out.prefix; i < width; ++i)
    if (bit_at(out.bytes, i))
      return std::nullopt;
  return out;
}

} // namespace gochron::net
