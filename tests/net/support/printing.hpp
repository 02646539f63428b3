#pragma once
#include <string>

#include <catch2/catch.hpp>

#include "core/names.hpp"
#include "gochron/check.hpp"

namespace Catch {

template <>
struct StringMaker<gochron::reason> {
  static std::string convert(gochron::reason x) { return std::string{gochron::core::name_of(x)}; }
};

template <>
struct StringMaker<gochron::verdict> {
  static std::string convert(gochron::verdict x) { return std::string{gochron::core::name_of(x)}; }
};

} // namespace Catch
