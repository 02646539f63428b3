#include "net/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string>

namespace gochron::net {

namespace {

constexpr seconds longest{30 * 24 * 3600};

std::optional<timestamp> parse_http_date(const std::string& text) {
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    std::tm parts{};
    const char* end = ::strptime(text.c_str(), form, &parts);
    if (end && *end == '\0')
      return timestamp{seconds{::timegm(&parts)}};
  }
  return std::nullopt;
}

} // namespace

std::optional<seconds> parse_retry_after(std::string_view value, timestamp now) {
  if (value.empty())
    return std::nullopt;
  if (std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    long long n = 0;
    auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), n);
    return fault == std::errc{} ? std::min(seconds{n}, longest) : longest;
  }
  auto at = parse_http_date(std::string{value});
  if (!at)
    return std::nullopt;
  return std::clamp(std::chrono::ceil<seconds>(*at - now), seconds{0}, longest);
}

} // namespace gochron::net
