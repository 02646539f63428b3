#include "core/channels/mime.hpp"

#include <algorithm>
#include <array>

#include <date/date.h>
#include <fmt/format.h>

#include "core/bytes.hpp"

namespace gochron::core {
namespace {

// 75 characters are the limit of an encoded word: `=?UTF-8?B?` and `?=` leave 63, which hold 45 bytes.
constexpr std::size_t word_bytes = 45;

bool is_plain(std::string_view x) {
  return std::ranges::all_of(x, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string without_controls(std::string_view x) {
  std::string out{x};
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return out;
}

// As many whole characters as one word holds.
std::size_t word_length(std::string_view x) {
  if (x.size() <= word_bytes)
    return x.size();
  auto end = word_bytes;
  while (end > 0 && (static_cast<unsigned char>(x[end]) & 0xc0) == 0x80)
    --end;
  return end == 0 ? word_bytes : end;
}

std::string part(std::string_view type, std::string_view body, std::string_view boundary) {
  return fmt::format("--{}\r\nContent-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}", boundary,
                     type, base64_lines(body));
}

} // namespace

std::string text_header(std::string_view name, std::string_view value) {
  auto clean = without_controls(value);
  // What looks like an encoded word already would be read as one.
  if (is_plain(clean) && name.size() + 2 + clean.size() <= 78 && clean.find("=?") == std::string::npos)
    return fmt::format("{}: {}\r\n", name, clean);
  std::string out{name};
  out += ':';
  for (std::string_view rest = clean; !rest.empty(); out += "\r\n") {
    auto size = word_length(rest);
    out += fmt::format(" =?UTF-8?B?{}?=", to_base64(octets(rest.substr(0, size))));
    rest.remove_prefix(size);
  }
  return clean.empty() ? out + "\r\n" : out;
}

std::string mail_date(timestamp x) {
  static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto second = std::chrono::floor<seconds>(x);
  auto day = date::floor<date::days>(second);
  date::year_month_day on{day};
  date::hh_mm_ss at{second - day};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days[date::weekday{day}.c_encoding()],
                     unsigned{on.day()}, months[unsigned{on.month()} - 1], int{on.year()}, at.hours().count(),
                     at.minutes().count(), at.seconds().count());
}

std::string list_header(std::string_view name, const std::vector<std::string>& items, std::string_view separator) {
  std::string out{name};
  out += ':';
  for (std::size_t i = 0; i < items.size(); ++i)
    out += fmt::format("{} {}{}", i == 0 ? "" : "\r\n", items[i], i + 1 < items.size() ? separator : "");
  return out + "\r\n";
}

std::string base64_lines(std::string_view x) {
  auto text = to_base64(octets(x));
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 76)
    out += text.substr(at, 76) + "\r\n";
  return out;
}

std::string alternative_message(std::string headers, std::string_view plain, std::string_view html,
                                std::string_view boundary) {
  headers += "MIME-Version: 1.0\r\n";
  headers += fmt::format("Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n", boundary);
  headers += part("text/plain", plain, boundary);
  headers += part("text/html", html, boundary);
  return headers + fmt::format("--{}--\r\n", boundary);
}

} // namespace gochron::core
