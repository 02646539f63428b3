#include "core/channels/text.hpp"

#include <algorithm>

#include "core/bytes.hpp"

namespace gochron::core {
namespace {

constexpr std::string_view ellipsis = "\xe2\x80\xa6";

std::size_t length_of(unsigned char lead) {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

std::size_t cost(std::size_t bytes, text_unit unit) {
  if (unit == text_unit::bytes)
    return bytes;
  return unit == text_unit::utf16 && bytes == 4 ? 2 : 1;
}

// How many bytes of `x` there are before the first character that does not fit.
std::size_t fitting(std::string_view x, std::size_t limit, text_unit unit) {
  std::size_t at = 0, used = 0;
  while (at < x.size()) {
    auto bytes = std::min(length_of(static_cast<unsigned char>(x[at])), x.size() - at);
    used += cost(bytes, unit);
    if (used > limit)
      break;
    at += bytes;
  }
  return at;
}

std::size_t width_of(std::string_view x, text_unit unit) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < x.size(); at += length_of(static_cast<unsigned char>(x[at])))
    width += cost(length_of(static_cast<unsigned char>(x[at])), unit);
  return width;
}

template <class Escape>
std::string escaped(std::string_view x, Escape escape) {
  std::string out;
  out.reserve(x.size());
  for (char c : x) {
    auto instead = escape(c);
    instead.empty() ? out.push_back(c) : static_cast<void>(out.append(instead));
  }
  return out;
}

std::string_view entity(char c) {
  return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : "";
}

void append_encoded(std::string& to, std::string_view x, bool as_form) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (char c : x) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    auto byte = static_cast<unsigned char>(c);
    if (letter || c == '-' || c == '_' || c == '.' || (c == '~' && !as_form))
      to.push_back(c);
    else if (c == ' ' && as_form)
      to.push_back('+');
    else
      to.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
}

} // namespace

std::string shortened(std::string_view x, std::size_t limit, text_unit unit) {
  if (fitting(x, limit, unit) == x.size())
    return std::string{x};
  auto mark = cost(ellipsis.size(), unit);
  if (limit < mark)
    return {};
  return std::string{x.substr(0, fitting(x, limit - mark, unit))}.append(ellipsis);
}

std::string shortened(std::string_view x, std::size_t limit, text_unit unit, std::string (*escape)(std::string_view)) {
  auto whole = escape(x);
  if (fitting(whole, limit, unit) == whole.size())
    return whole;
  auto left = limit - std::min(limit, cost(ellipsis.size(), unit));
  std::string out;
  while (!x.empty()) {
    auto one = escape(x.substr(0, length_of(static_cast<unsigned char>(x.front()))));
    if (fitting(one, left, unit) < one.size())
      break;
    left -= width_of(one, unit);
    out += one;
    x.remove_prefix(std::min(x.size(), length_of(static_cast<unsigned char>(x.front()))));
  }
  return out.append(ellipsis);
}

std::string html_escaped(std::string_view x) {
  return escaped(x, [](char c) -> std::string_view { return c == '"' ? "&quot;" : entity(c); });
}

std::string slack_escaped(std::string_view x) {
  return escaped(x, entity);
}

std::string markdown_escaped(std::string_view x) {
  std::string out;
  for (char c : x) {
    if (std::string_view{"\\`*_~|<>[]#"}.find(c) != std::string_view::npos)
      out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

std::string form(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty())
      out.push_back('&');
    append_encoded(out, name, true);
    out.push_back('=');
    append_encoded(out, value, true);
  }
  return out;
}

std::string percent_encoded(std::string_view x) {
  std::string out;
  append_encoded(out, x, false);
  return out;
}

std::string basic_authorization(std::string_view user, std::string_view password) {
  return "Basic " + to_base64(octets(std::string{user} + ':' + std::string{password}));
}

std::string masked_url(std::string_view url) {
  auto authority = url.find("://");
  if (authority == std::string_view::npos)
    return "***";
  auto end = url.find_first_of("/?#", authority + 3);
  return std::string{url.substr(0, end)} + "/***";
}

std::string_view without_slash(std::string_view url) {
  while (url.ends_with('/'))
    url.remove_suffix(1);
  return url;
}

} // namespace gochron::core
