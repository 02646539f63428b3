#include "core/token_format.hpp"

#include <algorithm>

#include <boost/crc.hpp>

#include "core/bytes.hpp"

namespace gochron::core {
namespace {

constexpr std::string_view prefix = "gct_";
constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t secret_width = 43, check_width = 6;
static_assert(token_size == prefix.size() + secret_width + check_width);

constexpr auto nouns = std::to_array<std::string_view>(
    {"alert-rules", "audit-log", "channels", "contact-methods", "deliveries", "escalation-policies", "events",
     "incidents", "limits", "maintenance-windows", "monitors", "notification-rules", "organizations", "schedules",
     "teams", "tokens", "users"});

// Long division of a big-endian number, a digit a pass.
std::string base62_of(std::array<std::uint8_t, 32> number) {
  std::string digits(secret_width, base62[0]);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    unsigned rest = 0;
    for (auto& byte : number) {
      auto value = rest * 256 + byte;
      byte = static_cast<std::uint8_t>(value / 62);
      rest = value % 62;
    }
    *digit = base62[rest];
  }
  return digits;
}

std::string check_of(std::string_view text) {
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  std::uint32_t rest = crc.checksum();
  std::string digits(check_width, base62[0]);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, rest /= 62)
    *digit = base62[rest % 62];
  return digits;
}

} // namespace

std::string make_token() {
  std::array<std::uint8_t, 32> random;
  fill_random(random);
  return make_token(random);
}

std::string make_token(const std::array<std::uint8_t, 32>& random) {
  auto text = std::string{prefix} + base62_of(random);
  return text + check_of(text);
}

bool is_well_formed_token(std::string_view text) {
  if (text.size() != token_size || !text.starts_with(prefix) ||
      text.find_first_not_of(base62, prefix.size()) != std::string_view::npos)
    return false;
  auto checked = text.substr(0, token_size - check_width);
  return check_of(checked) == text.substr(checked.size());
}

sha256_digest token_digest(std::string_view token) {
  return sha256(token);
}

std::string token_hint(std::string_view token) {
  return std::string{token.substr(0, prefix.size() + 4)};
}

std::span<const std::string_view> scope_nouns() {
  return nouns;
}

bool is_valid_scope(std::string_view scope) {
  if (scope == "admin")
    return true;
  auto colon = scope.find(':');
  if (colon == std::string_view::npos)
    return false;
  auto noun = scope.substr(0, colon), verb = scope.substr(colon + 1);
  return (verb == "read" || verb == "write") && (noun == "*" || std::ranges::find(nouns, noun) != nouns.end());
}

bool scope_allows(const std::vector<std::string>& granted, std::string_view needed) {
  if (!is_valid_scope(needed))
    return false;
  auto is_read = needed.ends_with(":read"), is_write = needed.ends_with(":write");
  return std::ranges::any_of(granted, [&](std::string_view x) {
    return x == needed || x == "admin" || (x == "*:read" && is_read) || (x == "*:write" && (is_read || is_write));
  });
}

} // namespace gochron::core
