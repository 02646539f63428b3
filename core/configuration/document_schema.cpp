#include "core/configuration/document_schema.hpp"

#include <algorithm>
#include <utility>

#include "core/configuration/sections.hpp"
#include "core/schema/common.hpp"

namespace gochron::core {
namespace {

type_info_ptr shared(type_info x) {
  return std::make_shared<const type_info>(std::move(x));
}

type_info_ptr array_info(type_info_ptr items) {
  type_info x;
  x.kind = json_kind::array;
  x.items = std::move(items);
  return shared(std::move(x));
}

// `^mon_...$` or a key with its mark.
type_info_ptr reference_info(type_info id) {
  auto inner = std::string_view{id.pattern}.substr(1, id.pattern.size() - 2);
  id.pattern = "^(" + std::string{inner} + '|' + std::string{key_mark} + "[a-z0-9._-]{1,100})$";
  return shared(std::move(id));
}

// The same with a reference at `path`, which names what section_reference::path does. An object that is another one
// for that has a name of its own.
type_info_ptr refer_at(type_info of, std::string_view path) {
  if (path.empty())
    return reference_info(std::move(of));
  auto slash = path.find('/');
  auto name = path.substr(0, slash);
  auto rest = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  if (name == "*") {
    of.items = refer_at(*of.items, rest);
    return shared(std::move(of));
  }
  for (auto& p : of.properties)
    if (p.name == name)
      p.type = refer_at(*p.type, rest);
  if (!of.component.empty())
    of.component = "Configured" + of.component;
  return shared(std::move(of));
}

template <class Id>
property_info id_row() {
  auto type = *identifier<Id>()->info();
  type.nullable = true;
  return {"id", {.doc = "Of what has no key, as it was exported."}, shared(std::move(type)), "null", {}, {}};
}

// An export has null for what is write-only; applied, that stays as it is. What holds none of it is the same here as
// elsewhere.
type_info_ptr with_nulls(const type_info_ptr& of) {
  auto x = *of;
  bool changed = false;
  for (auto& p : x.properties) {
    auto inner = with_nulls(p.type);
    if (p.facts.write_only && !inner->nullable) {
      auto nullable = *inner;
      nullable.nullable = true;
      inner = shared(std::move(nullable));
    }
    changed = changed || inner != p.type;
    p.type = std::move(inner);
  }
  if (x.items) {
    auto items = with_nulls(x.items);
    changed = changed || items != x.items;
    x.items = std::move(items);
  }
  if (!changed)
    return of;
  if (!x.component.empty())
    x.component = "Configured" + x.component;
  return shared(std::move(x));
}

// An export shows the objects of other types as null, so that this is no union: the table's rules tell types apart.
template <class Section>
type_info_ptr entry_info(const Section& of) {
  constexpr std::string_view suffix = "Spec";
  auto x = *of.schema()->info();
  x.component = "Configured" + x.component.substr(0, x.component.size() - suffix.size());
  for (auto& p : x.properties) {
    p.tag.clear();
    p.tag_property.clear();
    std::string_view seen; // one place may refer to several sections
    for (const auto& reference : of.references) {
      if (reference.path == std::exchange(seen, reference.path))
        continue;
      auto slash = reference.path.find('/');
      if (reference.path.substr(0, slash) == p.name)
        p.type =
            refer_at(*p.type, slash == std::string_view::npos ? std::string_view{} : reference.path.substr(slash + 1));
    }
    p.type = with_nulls(p.type);
  }
  x.properties.insert(x.properties.begin(), id_row<typename Section::id>());
  return shared(std::move(x));
}

type_info_ptr describe() {
  type_info format;
  format.kind = json_kind::integer;
  format.minimum = format.maximum = 1;
  type_info x;
  x.kind = json_kind::object;
  x.component = "Configuration";
  x.doc = "What an organisation has configured. A section that is not there is left alone.";
  x.properties.push_back({"format",
                          {.doc = "Of this document.", .example = "1", .required = true},
                          shared(std::move(format)),
                          {},
                          {},
                          {}});
  for_each_section([&](const auto& of) {
    x.properties.push_back({std::string{of.name},
                            {.doc = "Each known by its key, or else by its id."},
                            array_info(entry_info(of)),
                            {},
                            {},
                            {}});
  });
  return shared(std::move(x));
}

} // namespace

type_info_ptr configuration_info() {
  static const auto info = describe();
  return info;
}

} // namespace gochron::core
