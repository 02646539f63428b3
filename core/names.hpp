#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace gochron::core {

/// The API's names of an enum's values, in the order of the values. Declared for every enum that leaves the process
/// (JSON, SQL, metrics); defined in names.cpp.
template <class Enum>
std::span<const std::string_view> names_of();

/// `name_of(verdict::up)` is "up".
template <class Enum>
std::string_view name_of(Enum x) {
  return names_of<Enum>()[static_cast<std::size_t>(x)];
}

/// Empty for a name that the enum does not have. Case matters.
template <class Enum>
std::optional<Enum> parse_name(std::string_view name) {
  auto names = names_of<Enum>();
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name)
      return static_cast<Enum>(i);
  return std::nullopt;
}

} // namespace gochron::core
