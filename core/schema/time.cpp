#include "core/schema/time.hpp"

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

bool has_shape(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00Z", shape_ms = "0000-00-00T00:00:00.000Z";
  auto wanted = text.size() == shape.size() ? shape : shape_ms;
  if (text.size() != wanted.size())
    return false;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (wanted[i] == '0' ? (text[i] < '0' || text[i] > '9') : text[i] != wanted[i])
      return false;
  return true;
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
  if (!has_shape(text))
    return std::nullopt;
  auto part = [&](std::size_t at, std::size_t count) { return digits(text.substr(at, count)); };
  year_month_day date{year{part(0, 4)}, month{static_cast<unsigned>(part(5, 2))},
                      day{static_cast<unsigned>(part(8, 2))}};
  int h = part(11, 2), m = part(14, 2), s = part(17, 2), ms = text.size() == 24 ? part(20, 3) : 0;
  if (!date.ok() || h > 23 || m > 59 || s > 59)
    return std::nullopt;
  return timestamp{sys_days{date}} + hours{h} + minutes{m} + seconds{s} + milliseconds{ms};
}

} // namespace gochron::core
