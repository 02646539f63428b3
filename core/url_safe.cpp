#include "core/url_safe.hpp"

#include <algorithm>

#include "core/bytes.hpp"

namespace gochron::core {

std::string to_url_safe(std::string_view bytes) {
  auto text = to_base64(octets(bytes));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

std::optional<std::string> from_url_safe(std::string_view x) {
  if (x.find_first_of("+/=") != std::string_view::npos)
    return std::nullopt;
  std::string text{x};
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return from_base64(text);
}

} // namespace gochron::core
