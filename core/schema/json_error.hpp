#pragma once
#include <string>
#include <string_view>

namespace gochron::core {

/// A sentence that says where and why `text` is no JSON: byte offset, line and column, as far as they can be told.
/// `otherwise` is the reason for when the second reading finds no fault.
std::string describe_json_error(std::string_view text, std::string_view otherwise);

} // namespace gochron::core
