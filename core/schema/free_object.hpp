#pragma once
#include <string>

#include "core/schema/type.hpp"

/// Objects whose members are whatever their author likes.
namespace gochron::core {

/// A JSON object, compact.
struct json_text {
  std::string json;
};

/// An object of at most 16 KiB when it is written compactly.
type_ptr<json_text> free_object();
constexpr std::size_t largest_free_object = 16 * 1024;

/// Writes any value, its members in their order.
void write_json(json_writer& w, const json_value& x);
std::string to_json(const json_value& x);

} // namespace gochron::core
