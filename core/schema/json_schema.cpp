#include "core/schema/json_schema.hpp"

#include <algorithm>

namespace gochron::core {
namespace {

std::string_view word_of(json_kind x) {
  switch (x) {
  case json_kind::boolean:
    return "boolean";
  case json_kind::integer:
    return "integer";
  case json_kind::number:
    return "number";
  case json_kind::text:
    return "string";
  case json_kind::array:
    return "array";
  case json_kind::object:
    return "object";
  case json_kind::any:
    break;
  }
  return {};
}

void member(json_writer& w, std::string_view name, std::string_view value) {
  w.key(name);
  w.text(value);
}

void flag(json_writer& w, std::string_view name, bool value) {
  w.key(name);
  w.boolean(value);
}

template <class N>
void member(json_writer& w, std::string_view name, const std::optional<N>& value) {
  if (!value)
    return;
  w.key(name);
  w.integer(static_cast<std::int64_t>(*value));
}

// OpenAPI 3.1 has no `nullable`: null is one more type.
void write_type(json_writer& w, json_kind kind, bool nullable) {
  if (kind == json_kind::any)
    return;
  w.key("type");
  if (!nullable)
    return w.text(word_of(kind));
  w.begin_array();
  w.text(word_of(kind));
  w.text("null");
  w.end_array();
}

void write_names(json_writer& w, const type_info& x, bool nullable) {
  if (x.names.empty())
    return;
  w.key("enum");
  w.begin_array();
  for (auto name : x.names)
    w.text(name);
  if (nullable)
    w.null();
  w.end_array();
}

bool is_shown(const property_info& x, schema_use use) {
  return use == schema_use::response || !x.facts.read_only;
}

bool is_required(const property_info& x, schema_use use) {
  return use == schema_use::response || (use == schema_use::request && x.facts.required);
}

void write_required(json_writer& w, const type_info& x, schema_use use) {
  if (std::none_of(x.properties.begin(), x.properties.end(), [&](const auto& p) { return is_required(p, use); }))
    return;
  w.key("required");
  w.begin_array();
  for (const auto& p : x.properties)
    if (is_required(p, use))
      w.text(p.name);
  w.end_array();
}

// One branch for each alternative: the tag says its name, and its object is there.
void write_alternatives(json_writer& w, const type_info& x, schema_use use) {
  auto tagged = [](const property_info& p) { return !p.tag.empty(); };
  if (use == schema_use::patch || std::none_of(x.properties.begin(), x.properties.end(), tagged))
    return;
  w.key("oneOf");
  w.begin_array();
  for (const auto& p : x.properties) {
    if (!tagged(p))
      continue;
    w.begin_object();
    member(w, "title", p.tag);
    w.key("properties");
    w.begin_object();
    w.key(p.tag_property);
    w.begin_object();
    member(w, "const", p.tag);
    w.end_object();
    w.key(p.name);
    w.begin_object();
    member(w, "type", "object");
    w.end_object();
    w.end_object();
    w.key("required");
    w.begin_array();
    w.text(p.tag_property);
    w.text(p.name);
    w.end_array();
    w.end_object();
  }
  w.end_array();
}

} // namespace

std::string schema_book::component_name(const type_info& x, schema_use use) {
  switch (use) {
  case schema_use::request:
    return x.component + "Input";
  case schema_use::patch:
    return x.component + "Patch";
  case schema_use::response:
    break;
  }
  return x.component;
}

void schema_book::write(json_writer& w, const type_info& x, schema_use use) {
  w.begin_object();
  write_body(w, x, use, x.nullable);
  w.end_object();
}

void schema_book::write_components(json_writer& w) {
  // Writing one may refer to more, so go round until a round adds none; the tables are finite and acyclic.
  std::map<std::string, std::string> written;
  while (written.size() < components_.size()) {
    for (const auto& [name, what] : std::map{components_}) {
      if (written.contains(name))
        continue;
      json_writer one;
      one.begin_object();
      write_object(one, *what.first, what.second);
      one.end_object();
      written.emplace(name, one.str());
    }
  }
  w.begin_object();
  for (const auto& [name, json] : written) {
    w.key(name);
    w.raw(json);
  }
  w.end_object();
}

// The members of a schema, without its braces: a property adds its own.
void schema_book::write_body(json_writer& w, const type_info& x, schema_use use, bool nullable) {
  if (x.kind == json_kind::object && !x.component.empty())
    return write_reference(w, x, use, nullable);
  if (x.kind == json_kind::object)
    return write_object(w, x, use);
  write_members(w, x, use, nullable);
}

void schema_book::write_reference(json_writer& w, const type_info& x, schema_use use, bool nullable) {
  auto name = component_name(x, use);
  components_.try_emplace(name, &x, use);
  if (!nullable)
    return member(w, "$ref", root_ + name);
  w.key("anyOf");
  w.begin_array();
  w.begin_object();
  member(w, "$ref", root_ + name);
  w.end_object();
  w.begin_object();
  member(w, "type", "null");
  w.end_object();
  w.end_array();
}

void schema_book::write_members(json_writer& w, const type_info& x, schema_use use, bool nullable) {
  write_type(w, x.kind, nullable);
  write_names(w, x, nullable);
  member(w, "minimum", x.minimum);
  member(w, "maximum", x.maximum);
  member(w, "minLength", x.min_length);
  member(w, "maxLength", x.max_length);
  if (!x.pattern.empty())
    member(w, "pattern", x.pattern);
  if (!x.format.empty())
    member(w, "format", x.format);
  if (x.items) {
    w.key("items");
    // An array replaces what was there, so its items are whole even in a patch.
    write(w, *x.items, use == schema_use::patch ? schema_use::request : use);
  }
  member(w, "minItems", x.min_items);
  member(w, "maxItems", x.max_items);
  if (x.set || x.distinct)
    flag(w, "uniqueItems", true);
}

void schema_book::write_object(json_writer& w, const type_info& x, schema_use use) {
  member(w, "type", "object");
  if (!x.doc.empty())
    member(w, "description", x.doc);
  write_required(w, x, use);
  w.key("properties");
  w.begin_object();
  for (const auto& p : x.properties) {
    if (!is_shown(p, use))
      continue;
    w.key(p.name);
    write_property(w, p, use);
  }
  w.end_object();
  if (use != schema_use::response)
    flag(w, "additionalProperties", false);
  write_alternatives(w, x, use);
}

void schema_book::write_property(json_writer& w, const property_info& x, schema_use use) {
  bool hidden = use == schema_use::response && x.facts.write_only;
  bool nullable = x.type->nullable || (use == schema_use::patch && !x.facts.required);
  w.begin_object();
  if (hidden)
    member(w, "type", "null");
  else
    write_body(w, *x.type, use, nullable);
  member(w, "description", x.facts.doc);
  if (use == schema_use::response && x.facts.read_only)
    flag(w, "readOnly", true);
  if (use != schema_use::response && x.facts.write_only)
    flag(w, "writeOnly", true);
  if (use == schema_use::request && !x.default_json.empty()) {
    w.key("default");
    w.raw(x.default_json);
  }
  if (!x.facts.example.empty() && !hidden) {
    w.key("examples");
    w.begin_array();
    w.raw(x.facts.example);
    w.end_array();
  }
  w.end_object();
}

} // namespace gochron::core
