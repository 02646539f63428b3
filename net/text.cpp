#include "net/text.hpp"

#include <algorithm>
#include <cstdint>

namespace gochron::net {

namespace {

// How many bytes the well-formed character at the start of `s` has; 0 when it is not one (Unicode, table 3-7).
std::size_t character(std::string_view s) {
  const auto at = [&](std::size_t i) { return i < s.size() ? static_cast<std::uint8_t>(s[i]) : std::uint8_t{0}; };
  const auto tail = [&](std::size_t i) { return (at(i) & 0xc0) == 0x80; };
  const auto lead = at(0);
  const auto second = at(1);
  if (lead < 0x80)
    return lead == 0 ? 0 : 1;
  if (lead >= 0xc2 && lead <= 0xdf)
    return tail(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const bool overlong = lead == 0xe0 && second < 0xa0;
    const bool surrogate = lead == 0xed && second > 0x9f;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const bool overlong = lead == 0xf0 && second < 0x90;
    const bool beyond = lead == 0xf4 && second > 0x8f;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

} // namespace

std::string to_valid_utf8(std::string_view raw, std::size_t max_bytes) {
  constexpr std::string_view replacement = "\xef\xbf\xbd";
  std::string out;
  out.reserve(std::min(raw.size(), max_bytes));
  while (!raw.empty()) {
    const auto n = character(raw);
    const auto piece = n == 0 ? replacement : raw.substr(0, n);
    if (out.size() + piece.size() > max_bytes)
      break;
    out.append(piece);
    raw.remove_prefix(std::max<std::size_t>(n, 1));
  }
  return out;
}

header_list excerpt(const header_list& headers, std::size_t max_count) {
  constexpr std::size_t max_name = 128;
  constexpr std::size_t max_value = 1024;
  header_list out;
  for (const auto& [name, value] : headers) {
    if (out.size() >= max_count)
      break;
    out.emplace_back(to_valid_utf8(name, max_name), to_valid_utf8(value, max_value));
  }
  return out;
}

} // namespace gochron::net
