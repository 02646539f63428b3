#pragma once
#include <map>
#include <string>
#include <string_view>

#include "core/schema/type.hpp"

namespace gochron::core {

/// The same table says different things of what we send, of a whole body (POST, PUT) and of a merge patch.
enum class schema_use : std::uint8_t {
  response, ///< every property is there
  request,  ///< no read-only properties; defaults; unknown ones refused
  patch,    ///< nothing is required, null resets
};

/// Writes property tables as JSON Schema 2020-12, the dialect of OpenAPI 3.1. Named objects and enums become
/// references; what was referred to is collected. A table with a tag becomes a discriminated union: one object for
/// each alternative, `HttpMonitor`, and `Monitor` is one of them. A patch does not name its tag, so it stays one
/// object.
class schema_book {
public:
  explicit schema_book(std::string root = "#/components/schemas/") : root_(std::move(root)) {}

  /// A reference to a named type, or the schema in place.
  void write(json_writer& w, const type_info& x, schema_use use);

  /// An object, name to schema, of all that was referred to, and of what that refers to, in order of name.
  void write_components(json_writer& w);

  /// `Monitor`, `MonitorInput`, `MonitorPatch`; with a tag `HttpMonitor`, `HttpMonitorInput`. Enums have one name.
  static std::string component_name(const type_info& x, schema_use use, std::string_view tag = {});

private:
  struct component {
    const type_info* type;
    schema_use use;
    std::string tag; ///< of a union's alternative; empty: the union, or no union
  };

  std::string refer(const type_info& x, schema_use use, std::string_view tag = {});
  void write_component(json_writer& w, const component& x);
  void write_union(json_writer& w, const component& x);
  void write_object(json_writer& w, const component& x);
  void write_body(json_writer& w, const type_info& x, schema_use use, bool nullable);
  void write_property(json_writer& w, const property_info& x, const component& of);
  void write_reference(json_writer& w, const type_info& x, schema_use use, bool nullable);
  void write_members(json_writer& w, const type_info& x, schema_use use, bool nullable);

  std::string root_;
  std::map<std::string, component> components_;
};

/// The tags of a table's alternatives, in their order; empty for a table without any.
std::vector<std::string> tags_of(const type_info& x);

/// Whether documents show the property in this use; `tag` as in `component_name`.
bool is_shown(const property_info& x, schema_use use, std::string_view tag);

} // namespace gochron::core
