#include "http/server/target.hpp"

#include <charconv>

#include "http/server/text.hpp"

namespace gochron::http {
namespace {

std::optional<char> unescaped(std::string_view two_digits) {
  unsigned value = 0;
  auto end = two_digits.data() + two_digits.size();
  auto [at, ec] = std::from_chars(two_digits.data(), end, value, 16);
  if (two_digits.size() != 2 || ec != std::errc{} || at != end || value == 0)
    return std::nullopt;
  return static_cast<char>(value);
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      auto c = unescaped(text.substr(i + 1, 2));
      if (!c)
        return std::nullopt;
      out += *c;
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  if (!is_utf8(out))
    return std::nullopt;
  return out;
}

// Calls `take` with each part; stops and says false when it does.
template <class F>
bool each_part(std::string_view text, char separator, F take) {
  for (;;) {
    auto end = text.find(separator);
    if (!take(text.substr(0, end)))
      return false;
    if (end == std::string_view::npos)
      return true;
    text.remove_prefix(end + 1);
  }
}

bool decode_pair(std::string_view pair, decoded_target& to) {
  if (pair.empty())
    return true;
  auto equals = pair.find('=');
  auto key = decoded(pair.substr(0, equals), true);
  auto value = decoded(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
  if (!key || !value)
    return false;
  to.query.emplace_back(std::move(*key), std::move(*value));
  return true;
}

} // namespace

std::optional<decoded_target> decode_target(std::string_view target) {
  decoded_target out;
  auto mark = target.find('?');
  auto path = target.substr(0, mark);
  if (target.find('#') != std::string_view::npos)
    return std::nullopt;
  if (path.starts_with('/'))
    path.remove_prefix(1);
  bool fine = path.empty() || each_part(path, '/', [&](std::string_view part) {
                auto segment = decoded(part, false);
                if (segment)
                  out.path.push_back(std::move(*segment));
                return segment.has_value();
              });
  if (fine && mark != std::string_view::npos)
    fine = each_part(target.substr(mark + 1), '&', [&](std::string_view pair) { return decode_pair(pair, out); });
  if (!fine)
    return std::nullopt;
  return out;
}

} // namespace gochron::http
