#include <algorithm>
#include <array>

#include "core/names.hpp"
#include "core/schema/bulk.hpp"
#include "http/openapi_parts.hpp"

/// The body of `POST /api/<noun>/bulk`. What an operation has, and what its body is, depends on its method, which the
/// property table (core/schema/bulk.cpp) says by a rule; here it is a union with an alternative for each method.
namespace gochron::http::openapi {
namespace {

using core::bulk_method;
using core::json_writer;
using core::schema_use;

struct shape {
  bulk_method method;
  std::string_view name, doc;
  std::vector<std::string_view> properties; ///< of the table, beside `method` and `body`
  std::vector<std::string_view> required;
  bool by_id_or_key = false;
  std::optional<schema_use> body;
};

const std::array<shape, 5>& shapes() {
  static const std::array<shape, 5> all{{
      {bulk_method::create, "Create", "As POST.", {}, {"body"}, false, schema_use::request},
      {bulk_method::replace, "Replace", "As PUT.", {"id", "key", "if_version"}, {"body"}, true, schema_use::request},
      {bulk_method::update, "Update", "As PATCH.", {"id", "key", "if_version"}, {"body"}, true, schema_use::patch},
      {bulk_method::remove, "Delete", "As DELETE.", {"id", "key", "if_version"}, {}, true, {}},
      {bulk_method::upsert,
       "Upsert",
       "As PUT by key.",
       {"key", "if_version"},
       {"key", "body"},
       false,
       schema_use::request},
  }};
  return all;
}

const core::property_info& property_of(const core::type_info& x, std::string_view name) {
  return *std::find_if(x.properties.begin(), x.properties.end(), [&](const auto& p) { return p.name == name; });
}

const core::type_info& operation_info() {
  return *property_of(*core::bulk_request_schema()->info(), "operations").type->items;
}

class bulk_writer {
public:
  bulk_writer(core::schema_book& book, const core::type_info& of) : book_(book), of_(of) {}

  std::string union_of_methods() const {
    json_writer w;
    w.begin_object();
    put(w, "description", "One write of many; `method` says which.");
    w.key("oneOf");
    w.begin_array();
    for (const auto& x : shapes())
      refer(w, "schemas", name_of(x));
    w.end_array();
    w.key("discriminator");
    w.begin_object();
    put(w, "propertyName", "method");
    w.key("mapping");
    w.begin_object();
    for (const auto& x : shapes())
      put(w, core::name_of(x.method), "#/components/schemas/" + name_of(x));
    w.end_object();
    w.end_object();
    w.end_object();
    return w.str();
  }

  std::string alternative(const shape& x) const {
    json_writer w;
    w.begin_object();
    put(w, "type", "object");
    put(w, "description", x.doc);
    write_required(w, x);
    w.key("properties");
    w.begin_object();
    write_method(w, x);
    for (auto name : x.properties)
      write_property(w, name);
    if (x.body)
      write_described(w, property_of(operation_info(), "body"), of_, *x.body);
    w.end_object();
    w.key("additionalProperties");
    w.boolean(false);
    w.end_object();
    return w.str();
  }

  std::string request(std::string_view operation) const {
    const auto& info = *core::bulk_request_schema()->info();
    const auto &atomic = property_of(info, "atomic"), &all = property_of(info, "operations");
    json_writer w;
    w.begin_object();
    put(w, "type", "object");
    put(w, "description", info.doc);
    w.key("required");
    w.raw(R"(["operations"])");
    w.key("properties");
    w.begin_object();
    write_described(w, atomic, *atomic.type, schema_use::request);
    w.key(all.name);
    w.begin_object();
    put(w, "description", all.facts.doc);
    put(w, "type", "array");
    w.key("minItems");
    w.integer(1);
    w.key("maxItems");
    w.integer(core::bulk_request::most);
    refer(w, "items", "schemas", operation);
    w.end_object();
    w.end_object();
    w.key("additionalProperties");
    w.boolean(false);
    w.end_object();
    return w.str();
  }

  std::string name_of(const shape& x) const { return of_.component + "Bulk" + std::string{x.name} + "Input"; }

private:
  static void write_required(json_writer& w, const shape& x) {
    w.key("required");
    w.begin_array();
    w.text("method");
    for (auto name : x.required)
      w.text(name);
    w.end_array();
    if (!x.by_id_or_key)
      return;
    w.key("oneOf");
    w.raw(R"([{"title":"By id","required":["id"]},{"title":"By key","required":["key"]}])");
  }

  static void write_method(json_writer& w, const shape& x) {
    w.key("method");
    w.begin_object();
    put(w, "type", "string");
    put(w, "const", core::name_of(x.method));
    put(w, "description", property_of(operation_info(), "method").facts.doc);
    w.end_object();
  }

  // What names the resource is there or is not: null says nothing more than absence.
  void write_property(json_writer& w, std::string_view name) const {
    const auto& row = property_of(operation_info(), name);
    auto type = *row.type;
    type.nullable = name == "if_version";
    write_described(w, row, type, schema_use::request);
  }

  void write_described(json_writer& w, const core::property_info& row, const core::type_info& type,
                       schema_use use) const {
    json_writer doc, schema;
    doc.text(row.facts.doc);
    book_.write(schema, type, use);
    auto json = "{\"description\":" + doc.str() + ',' + schema.str().substr(1);
    if (!row.default_json.empty() && (row.default_json != "null" || type.nullable))
      json.insert(json.size() - 1, ",\"default\":" + row.default_json);
    w.key(row.name);
    w.raw(json);
  }

  core::schema_book& book_;
  const core::type_info& of_;
};

} // namespace

std::string paths_writer::bulk_component(const core::type_info& of) {
  bulk_writer writer{book_, of};
  auto name = of.component + "BulkInput";
  if (written_.contains(name))
    return name;
  for (const auto& x : shapes())
    written_.emplace(writer.name_of(x), writer.alternative(x));
  auto operation = of.component + "BulkOperationInput";
  written_.emplace(operation, writer.union_of_methods());
  written_.emplace(name, writer.request(operation));
  return name;
}

} // namespace gochron::http::openapi
