#include "core/schema/json_schema.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

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
void bound(json_writer& w, std::string_view name, const std::optional<N>& value) {
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

// Of an alternative, the tag's object is required; of the others nothing is shown. What may be any value may be none.
bool is_required(const property_info& x, schema_use use, std::string_view tag) {
  return (use == schema_use::response && x.type->kind != json_kind::any) ||
         (use == schema_use::request && (x.facts.required || (!tag.empty() && x.tag == tag)));
}

std::string tag_property_of(const type_info& x) {
  auto it = std::find_if(x.properties.begin(), x.properties.end(), [](const auto& p) { return !p.tag.empty(); });
  return it == x.properties.end() ? std::string{} : it->tag_property;
}

} // namespace

std::vector<std::string> tags_of(const type_info& x) {
  std::vector<std::string> all;
  for (const auto& p : x.properties)
    if (!p.tag.empty())
      all.push_back(p.tag);
  return all;
}

bool is_shown(const property_info& x, schema_use use, std::string_view tag) {
  if (!tag.empty() && !x.tag.empty() && x.tag != tag)
    return false;
  return use == schema_use::response || !x.facts.read_only;
}

std::string schema_book::component_name(const type_info& x, schema_use use, std::string_view tag) {
  auto name = std::string{tag} + x.component;
  name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  if (x.kind != json_kind::object || use == schema_use::response)
    return name;
  return name + (use == schema_use::request ? "Input" : "Patch");
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
      write_component(one, what);
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

std::string schema_book::refer(const type_info& x, schema_use use, std::string_view tag) {
  auto name = component_name(x, use, tag);
  auto [it, fresh] = components_.try_emplace(name, component{&x, use, std::string{tag}});
  if (!fresh && it->second.type->kind != x.kind)
    throw std::logic_error("two things are called " + name);
  return root_ + name;
}

void schema_book::write_component(json_writer& w, const component& x) {
  if (x.type->kind != json_kind::object)
    return write_members(w, *x.type, x.use, false);
  bool is_union = x.tag.empty() && x.use != schema_use::patch && !tags_of(*x.type).empty();
  is_union ? write_union(w, x) : write_object(w, x);
}

void schema_book::write_union(json_writer& w, const component& x) {
  auto by = tag_property_of(*x.type);
  member(w, "description",
         x.type->doc + " `" + by + "` says which, and names the one object with the details" +
             (x.use == schema_use::response ? "; the objects of the other types are null." : "."));
  w.key("oneOf");
  w.begin_array();
  for (const auto& tag : tags_of(*x.type)) {
    w.begin_object();
    member(w, "$ref", refer(*x.type, x.use, tag));
    w.end_object();
  }
  w.end_array();
  w.key("discriminator");
  w.begin_object();
  member(w, "propertyName", by);
  w.key("mapping");
  w.begin_object();
  for (const auto& tag : tags_of(*x.type))
    member(w, tag, refer(*x.type, x.use, tag));
  w.end_object();
  w.end_object();
}

// The members of a schema, without its braces: a property adds its own.
void schema_book::write_body(json_writer& w, const type_info& x, schema_use use, bool nullable) {
  if (!x.component.empty())
    return write_reference(w, x, use, nullable);
  if (x.kind == json_kind::object && x.properties.empty()) { // a document of its own, whose rules are elsewhere
    write_type(w, x.kind, nullable);
    return flag(w, "additionalProperties", true);
  }
  if (x.kind == json_kind::object)
    return write_object(w, {&x, use, {}});
  write_members(w, x, use, nullable);
}

void schema_book::write_reference(json_writer& w, const type_info& x, schema_use use, bool nullable) {
  auto to = refer(x, use);
  if (!nullable)
    return member(w, "$ref", to);
  w.key("anyOf");
  w.begin_array();
  w.begin_object();
  member(w, "$ref", to);
  w.end_object();
  w.begin_object();
  member(w, "type", "null");
  w.end_object();
  w.end_array();
}

void schema_book::write_members(json_writer& w, const type_info& x, schema_use use, bool nullable) {
  if (!x.any_of.empty()) {
    w.key("anyOf");
    w.begin_array();
    for (const auto& one : x.any_of)
      write(w, *one, use);
    w.end_array();
    return;
  }
  write_type(w, x.kind, nullable);
  write_names(w, x, nullable);
  bound(w, "minimum", x.minimum);
  bound(w, "maximum", x.maximum);
  if (x.but) {
    w.key("not");
    w.begin_object();
    bound(w, "const", x.but);
    w.end_object();
  }
  bound(w, "minLength", x.min_length);
  bound(w, "maxLength", x.max_length);
  if (!x.pattern.empty())
    member(w, "pattern", x.pattern);
  if (!x.format.empty())
    member(w, "format", x.format);
  if (x.items) {
    w.key("items");
    // An array replaces what was there, so its items are whole even in a patch.
    write(w, *x.items, use == schema_use::patch ? schema_use::request : use);
  }
  bound(w, "minItems", x.min_items);
  bound(w, "maxItems", x.max_items);
  if (x.set || x.distinct)
    flag(w, "uniqueItems", true);
  if (x.set) // the order means nothing: it is answered sorted
    flag(w, "x-gochron-set", true);
}

void schema_book::write_object(json_writer& w, const component& x) {
  member(w, "type", "object");
  if (!x.type->doc.empty())
    member(w, "description", x.type->doc);
  if (x.type->properties.empty())
    return flag(w, "additionalProperties", true);
  std::vector<const property_info*> shown, required;
  for (const auto& p : x.type->properties)
    if (is_shown(p, x.use, x.tag)) {
      shown.push_back(&p);
      if (is_required(p, x.use, x.tag))
        required.push_back(&p);
    }
  if (!required.empty()) {
    w.key("required");
    w.begin_array();
    for (auto* p : required)
      w.text(p->name);
    w.end_array();
  }
  w.key("properties");
  w.begin_object();
  for (auto* p : shown) {
    w.key(p->name);
    write_property(w, *p, x);
  }
  w.end_object();
  if (x.use != schema_use::response)
    flag(w, "additionalProperties", x.type->open);
}

void schema_book::write_property(json_writer& w, const property_info& x, const component& of) {
  auto use = of.use;
  bool hidden = use == schema_use::response && x.facts.write_only;
  bool chosen = !of.tag.empty() && x.tag == of.tag; // the alternative's own object is never null
  bool is_tag = !of.tag.empty() && x.name == tag_property_of(*of.type);
  bool nullable = !chosen && (x.type->nullable || (use == schema_use::patch && !x.facts.required));
  w.begin_object();
  if (hidden)
    member(w, "type", "null");
  else if (is_tag) {
    member(w, "type", "string");
    member(w, "const", of.tag);
  } else
    write_body(w, *x.type, use, nullable);
  member(w, "description", x.facts.doc);
  if (use == schema_use::response && x.facts.read_only)
    flag(w, "readOnly", true);
  if (use != schema_use::response && x.facts.write_only)
    flag(w, "writeOnly", true);
  if (use != schema_use::patch && x.facts.sealed && !x.facts.write_only)
    flag(w, "x-gochron-sensitive", true);
  if (use == schema_use::request && x.facts.immutable)
    flag(w, "x-gochron-immutable", true);
  if (use == schema_use::request && !x.default_json.empty() && !chosen) {
    w.key("default");
    w.raw(x.default_json);
  }
  if (!x.facts.example.empty() && !hidden && !is_tag && !(chosen && x.facts.example == "null")) {
    w.key("examples");
    w.begin_array();
    w.raw(x.facts.example);
    w.end_array();
  }
  w.end_object();
}

} // namespace gochron::core
