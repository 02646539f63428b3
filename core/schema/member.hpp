#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/schema/type.hpp"

/// The decisions about one member of an object that do not depend on its C++ type.
namespace gochron::core {

/// What becomes of one property in one writing.
enum class member_plan : std::uint8_t { skip, direct, null, unless_default, unless_empty };
member_plan plan_of(const property_info& x, audience to);

/// True when a rendered member adds nothing under `plan`.
bool adds_nothing(member_plan plan, std::string_view json, std::string_view default_json);

/// Reports the members that no row knows, each with the nearest name that may be written.
void refuse_unknown(const json_object& members, const std::vector<property_info>& known, reader& r);

/// What a member's presence means before its type is asked. `use`: read it.
enum class member_state : std::uint8_t { use, absent, reset, done };
member_state examine(const property_info& x, const json_value* given, reader& r);

} // namespace gochron::core
