#include "core/schema/example.hpp"

#include <algorithm>

namespace gochron::core {
namespace {

void write_example(json_writer& w, const type_info& x, schema_use use, std::string_view tag);

// `^mon_[0-7]...$`: the kind of the id stands before the first bracket.
bool write_id(json_writer& w, const type_info& x) {
  auto prefix = x.pattern.find("_[0-7][0-9a-hjkmnp-tv-z]{25}$");
  if (prefix == std::string::npos || x.pattern.front() != '^')
    return false;
  w.text(x.pattern.substr(1, prefix) + "01kdz0c3v8e7q9b5n2m4x6y8za");
  return true;
}

void write_text(json_writer& w, const type_info& x) {
  if (!x.names.empty())
    return w.text(x.names.front());
  if (write_id(w, x))
    return;
  if (x.format == "date-time")
    return w.text("2026-01-31T12:00:00.000Z");
  w.text(x.format == "uri" ? "https://example.com/" : "text");
}

void write_plain(json_writer& w, const type_info& x, schema_use use) {
  switch (x.kind) {
  case json_kind::boolean:
    return w.boolean(false);
  case json_kind::integer:
    return w.integer(x.minimum.value_or(0));
  case json_kind::number:
    return w.number(static_cast<double>(x.minimum.value_or(0)));
  case json_kind::text:
    return write_text(w, x);
  case json_kind::array:
    w.begin_array();
    if (x.items)
      write_example(w, *x.items, use, {});
    return w.end_array();
  case json_kind::object:
  case json_kind::any:
    w.begin_object();
    return w.end_object();
  }
}

bool belongs(const property_info& x, schema_use use, std::string_view tag) {
  if (!is_shown(x, use, tag))
    return false;
  if (use == schema_use::response || x.facts.required || (!tag.empty() && x.tag == tag))
    return true;
  return tag.empty() && x.tag.empty() && !x.facts.example.empty() && x.facts.example != "null" &&
         x.facts.example != x.default_json;
}

void write_value(json_writer& w, const property_info& x, schema_use use, std::string_view tag) {
  bool chosen = !tag.empty() && x.tag == tag;
  auto example = x.facts.example;
  if ((use == schema_use::response && x.facts.write_only) || (example == "null" && !chosen))
    return w.null();
  // Objects are put together from their own rows: an example at the outside need not be whole.
  bool whole = x.type->kind != json_kind::object || x.type->properties.empty();
  if (whole && !example.empty())
    return w.raw(example);
  if (x.type->nullable && !chosen && example.empty())
    return w.null();
  write_example(w, *x.type, use, {});
}

void write_object(json_writer& w, const type_info& x, schema_use use, std::string_view tag) {
  w.begin_object();
  for (const auto& p : x.properties) {
    if (!belongs(p, use, tag))
      continue;
    w.key(p.name);
    auto it = std::find_if(x.properties.begin(), x.properties.end(), [](const auto& q) { return !q.tag.empty(); });
    bool is_tag = !tag.empty() && it != x.properties.end() && p.name == it->tag_property;
    is_tag ? w.text(tag) : write_value(w, p, use, tag);
  }
  w.end_object();
}

void write_example(json_writer& w, const type_info& x, schema_use use, std::string_view tag) {
  if (x.kind != json_kind::object || x.properties.empty())
    return write_plain(w, x, use);
  auto tags = tags_of(x);
  std::string first = tags.empty() || use == schema_use::patch ? std::string{} : tags.front();
  write_object(w, x, use, tag.empty() ? first : tag);
}

} // namespace

std::string example_of(const type_info& x, schema_use use, std::string_view tag) {
  json_writer w;
  write_example(w, x, use, tag);
  return w.str();
}

} // namespace gochron::core
