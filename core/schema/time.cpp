#include "core/schema/time.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace gochron::core {
namespace {

using namespace std::chrono;

// The characters are known to be digits.
int digits(std::string_view text) {
  int value = 0;
  for (auto c : text)
    value = value * 10 + (c - '0');
  return value;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool has_shape(std::string_view text, std::string_view shape) {
  return text.size() == shape.size() &&
         std::ranges::equal(text, shape, [](char c, char s) { return s == '0' ? is_digit(c) : c == s; });
}

// Of `.5`, `.250` or `.123000`; unset when it is none, or finer than a millisecond.
std::optional<int> fraction_ms(std::string_view text) {
  if (text.empty())
    return 0;
  text.remove_prefix(1); // the point
  if (text.empty() || text.size() > 9 || !std::ranges::all_of(text, is_digit))
    return std::nullopt;
  std::string padded{text};
  padded.resize(9, '0');
  return padded.ends_with("000000") ? std::optional{digits(std::string_view{padded}.substr(0, 3))} : std::nullopt;
}

} // namespace

std::string to_rfc3339(timestamp x) {
  auto day = floor<days>(x);
  year_month_day date{day};
  hh_mm_ss time{x - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

std::optional<timestamp> parse_rfc3339(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00";
  auto zone = text.ends_with("+00:00") ? 6U : text.ends_with('Z') ? 1U : 0U;
  if (zone == 0 || text.size() < shape.size() + zone)
    return std::nullopt;
  text.remove_suffix(zone);
  auto rest = text.substr(shape.size());
  auto ms = rest.empty() || rest.front() == '.' ? fraction_ms(rest) : std::nullopt;
  if (!ms || !has_shape(text.substr(0, shape.size()), shape))
    return std::nullopt;
  auto part = [&](std::size_t at, std::size_t count) { return digits(text.substr(at, count)); };
  year_month_day date{year{part(0, 4)}, month{static_cast<unsigned>(part(5, 2))},
                      day{static_cast<unsigned>(part(8, 2))}};
  int h = part(11, 2), m = part(14, 2), s = part(17, 2);
  if (!date.ok() || h > 23 || m > 59 || s > 59)
    return std::nullopt;
  return timestamp{sys_days{date}} + hours{h} + minutes{m} + seconds{s} + milliseconds{*ms};
}

} // namespace gochron::core
