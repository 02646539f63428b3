#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gochron/error.hpp"

namespace gochron::core {

struct json_value;
struct json_member;
using json_array = std::vector<json_value>;
using json_object = std::vector<json_member>; ///< in the order of the text; names are distinct

/// A JSON value that has passed every check that needs no schema. Integers beyond 64 signed bits are saturated: every
/// integer property has bounds far inside. `60.0` and `6e1` are doubles, never integers.
struct json_value {
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, json_array, json_object> data;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&data);
  }
  bool is_null() const { return data.index() == 0; }
  /// `null boolean integer number string array object`, with an article.
  std::string_view kind_name() const;
  /// Null when this is no object or has no such member.
  const json_value* find(std::string_view name) const;
};

struct json_member {
  std::string name;
  json_value value;
};

/// Bounds of what is read at all, whatever the schema.
struct json_limits {
  std::size_t depth = 32;     ///< of arrays and objects in each other
  std::size_t nodes = 50'000; ///< values, members included
};

/// Strict RFC 8259: valid UTF-8, nothing after the value, no duplicate names at any level, no `\u0000`. Errors:
/// `malformed`, its detail naming the byte offset, line and column or the JSON pointer; `too_large` over
/// `limits.nodes`. Thread-safe: each thread reuses its own parser.
result<json_value> parse_json(std::string_view text, const json_limits& limits = {});

/// Appends `name` as a token of an RFC 6901 pointer: `~` and `/` escaped.
void append_pointer_token(std::string& to, std::string_view name);

} // namespace gochron::core
