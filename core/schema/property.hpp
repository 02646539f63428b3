#pragma once
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/schema/containers.hpp"
#include "core/schema/type.hpp"

namespace gochron::core {

/// One row of T's property table, with T's member behind it. `read` is given null only when the type is nullable.
template <class T>
struct property {
  property_info info;
  std::function<void(const json_value&, T&, reader&)> read; ///< empty: read-only
  std::function<void(T&, reader&)> absent;                  ///< what else absence means; may be empty
  std::function<void(T&)> reset;
  std::function<void(const T&, json_writer&, const write_options&)> write;
};

/// The same row for a struct that contains a T. `path` is `[](auto& x) -> auto& { return x.inner; }`.
template <class Outer, class T, class Path>
property<Outer> lift(const property<T>& p, Path path) {
  property<Outer> out{p.info, nullptr, nullptr, nullptr, nullptr};
  if (p.read)
    out.read = [f = p.read, path](const json_value& v, Outer& x, reader& r) { f(v, path(x), r); };
  if (p.absent)
    out.absent = [f = p.absent, path](Outer& x, reader& r) { f(path(x), r); };
  if (p.reset)
    out.reset = [f = p.reset, path](Outer& x) { f(path(x)); };
  out.write = [f = p.write, path](const Outer& x, json_writer& w, const write_options& o) { f(path(x), w, o); };
  return out;
}

/// A row for a data member.
template <class T, class V>
property<T> member_property(std::string_view name, V T::*member, type_ptr<V> type, property_facts facts) {
  property<T> p;
  p.info = {std::string{name}, facts, type->info(), {}, {}, {}};
  p.write = [type, member](const T& x, json_writer& w, const write_options& o) { type->write(x.*member, w, o); };
  if (!facts.read_only) {
    p.read = [type, member](const json_value& v, T& x, reader& r) { type->read(v, x.*member, r); };
    p.reset = [member](T& x) { x.*member = T{}.*member; };
  }
  return p;
}

/// A row that is only another way to write a member; see object_schema::shorthand.
template <class T, class V, class Set>
property<T> shorthand_property(std::string_view name, type_ptr<V> type, property_facts facts, Set set) {
  facts.write_only = facts.sealed = true; // sealed: in no plain document; always at its default: in no sealed one
  property<T> p;
  auto info = *type->info();
  info.nullable = true;
  p.info = {std::string{name}, facts, std::make_shared<type_info>(std::move(info)), "null", {}, {}};
  p.read = [type, set](const json_value& v, T& x, reader& r) {
    auto before = r.count();
    V given{};
    if (!v.is_null())
      type->read(v, given, r);
    if (!v.is_null() && r.count() == before)
      set(x, given, r);
  };
  p.write = [](const T&, json_writer& w, const write_options&) { w.null(); };
  return p;
}

/// Makes `x` hold the alternative with this index, default-constructed, unless it does already.
template <class... Vs>
void select(std::variant<Vs...>& x, std::size_t index) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (void)((I == index && x.index() != I && (x.template emplace<I>(), true)) || ...);
  }
  (std::index_sequence_for<Vs...>{});
}

/// The row that says which alternative of a variant there is. It must stand before the alternatives' rows.
template <class T, class Enum, class... Vs>
property<T> tag_property(std::string_view name, std::variant<Vs...> T::*member, type_ptr<Enum> type,
                         property_facts facts) {
  facts.required = facts.immutable = true;
  property<T> p;
  p.info = {std::string{name}, facts, type->info(), {}, {}, {}};
  p.write = [type, member](const T& x, json_writer& w, const write_options& o) {
    type->write(static_cast<Enum>((x.*member).index()), w, o);
  };
  p.read = [type, member](const json_value& v, T& x, reader& r) {
    auto before = r.count();
    auto wanted = static_cast<Enum>((x.*member).index());
    type->read(v, wanted, r);
    auto index = static_cast<std::size_t>(wanted);
    if (r.count() > before || index == (x.*member).index())
      return;
    if (r.mode() == read_mode::patch)
      r.fail("immutable", "Cannot be changed.");
    else
      select(x.*member, index);
  };
  return p;
}

/// The row of alternative I: an object that must be there exactly when the tag says so, and is null otherwise.
template <std::size_t I, class T, class... Vs>
property<T> alternative_property(std::string_view name, std::variant<Vs...> T::*member,
                                 type_ptr<std::variant_alternative_t<I, std::variant<Vs...>>> type,
                                 std::string_view tag_name, property_facts facts) {
  property<T> p;
  auto info = *type->info();
  info.nullable = true;
  p.info = {std::string{name}, facts, std::make_shared<type_info>(info), {}, std::string{name}, std::string{tag_name}};
  auto missing = [text = "Required by this " + std::string{tag_name} + "."](reader& r) { r.fail("required", text); };
  p.read = [type, member, missing, tag = std::string{tag_name}](const json_value& v, T& x, reader& r) {
    auto active = std::get_if<I>(&(x.*member));
    if (active && v.is_null())
      missing(r);
    else if (active)
      type->read(v, *active, r);
    else if (!v.is_null())
      r.fail("inconsistent", "Does not go with this " + tag + ".");
  };
  p.absent = [member, missing](T& x, reader& r) {
    if ((x.*member).index() == I && r.mode() == read_mode::whole && !r.trusted())
      missing(r);
  };
  p.write = [type, member](const T& x, json_writer& w, const write_options& o) {
    auto active = std::get_if<I>(&(x.*member));
    active ? type->write(*active, w, o) : w.null();
  };
  return p;
}

} // namespace gochron::core
