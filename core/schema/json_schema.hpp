#pragma once
#include <map>
#include <string>
#include <utility>

#include "core/schema/type.hpp"

namespace gochron::core {

/// The same table says different things of what we send, of a whole body (POST, PUT) and of a merge patch.
enum class schema_use : std::uint8_t {
  response, ///< every property is there
  request,  ///< no read-only properties; defaults; unknown ones refused
  patch,    ///< nothing is required, null resets
};

/// Writes property tables as JSON Schema 2020-12, the dialect of OpenAPI 3.1. Named objects become references; what
/// was referred to is collected.
class schema_book {
public:
  explicit schema_book(std::string root = "#/components/schemas/") : root_(std::move(root)) {}

  /// A reference to a named object, or the schema in place.
  void write(json_writer& w, const type_info& x, schema_use use);

  /// An object, name to schema, of all that was referred to, and of what that refers to, in order of name.
  void write_components(json_writer& w);

  /// `Monitor`, `MonitorInput`, `MonitorPatch`.
  static std::string component_name(const type_info& x, schema_use use);

private:
  void write_body(json_writer& w, const type_info& x, schema_use use, bool nullable);
  void write_object(json_writer& w, const type_info& x, schema_use use);
  void write_property(json_writer& w, const property_info& x, schema_use use);
  void write_reference(json_writer& w, const type_info& x, schema_use use, bool nullable);
  void write_members(json_writer& w, const type_info& x, schema_use use, bool nullable);

  std::string root_;
  std::map<std::string, std::pair<const type_info*, schema_use>> components_;
};

} // namespace gochron::core
