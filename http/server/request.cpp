#include "http/server/request.hpp"

#include "http/server/text.hpp"

namespace gochron::http {

std::optional<std::string_view> request::header(std::string_view name) const {
  for (const auto& h : headers)
    if (iequals(h.name, name))
      return h.value;
  return std::nullopt;
}

std::optional<std::string_view> request::query_value(std::string_view key) const {
  for (const auto& [k, v] : query)
    if (k == key)
      return v;
  return std::nullopt;
}

} // namespace gochron::http
