#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/schema/member.hpp"
#include "core/schema/property.hpp"
#include "gochron/boxed.hpp"

namespace gochron::core {

/// T's property table: JSON object in, T out, and back. Built once, then immutable and thread-safe.
template <class T>
class object_schema final : public type<T> {
public:
  object_schema(std::string_view component, std::string_view doc) : type<T>(describe(component, doc)) {}

  template <class V>
  object_schema& property(std::string_view name, V T::*member, std::type_identity_t<type_ptr<V>> t,
                          property_facts facts) {
    return add(member_property<T, V>(name, member, std::move(t), facts));
  }
  /// An optional member takes the type of its content; unset is null.
  template <class V>
  object_schema& property(std::string_view name, std::optional<V> T::*member, std::type_identity_t<type_ptr<V>> t,
                          property_facts facts) {
    return add(
        member_property<T, std::optional<V>>(name, member, std::make_shared<optional_type<V>>(std::move(t)), facts));
  }
  template <class V>
  object_schema& property(std::string_view name, boxed<V> T::*member, std::type_identity_t<type_ptr<V>> t,
                          property_facts facts) {
    return add(
        member_property<T, boxed<V>>(name, member, std::make_shared<optional_type<V, boxed<V>>>(std::move(t)), facts));
  }
  /// A read-only row; `get` is called with (const T&, const write_options&).
  template <class V, class Get>
  object_schema& computed(std::string_view name, type_ptr<V> t, property_facts facts, Get get) {
    facts.read_only = true;
    core::property<T> p;
    p.info = {std::string{name}, facts, t->info(), {}, {}, {}};
    p.write = [t, get](const T& x, json_writer& w, const write_options& o) { t->write(get(x, o), w, o); };
    return add(std::move(p));
  }
  /// As `computed`, null when `get` gives an empty optional.
  template <class V, class Get>
  object_schema& maybe(std::string_view name, type_ptr<V> t, property_facts facts, Get get) {
    return computed<std::optional<V>>(name, std::make_shared<optional_type<V>>(std::move(t)), facts, std::move(get));
  }
  /// A row that bodies alone have: `set` is called with (T&, V, reader&). It is kept nowhere, null in every answer, and
  /// null in a body does nothing.
  template <class V, class Set>
  object_schema& shorthand(std::string_view name, type_ptr<V> t, property_facts facts, Set set) {
    return add(shorthand_property<T>(name, std::move(t), facts, std::move(set)));
  }
  template <class Enum, class Variant>
  object_schema& tag(std::string_view name, Variant T::*member, type_ptr<Enum> t, property_facts facts) {
    return add(tag_property<T, Enum>(name, member, std::move(t), facts));
  }
  template <std::size_t I, class Variant>
  object_schema& alternative(std::string_view name, Variant T::*member,
                             type_ptr<std::variant_alternative_t<I, Variant>> t, std::string_view tag_name,
                             property_facts facts) {
    return add(alternative_property<I>(name, member, std::move(t), tag_name, facts));
  }
  /// A row that was put together elsewhere.
  object_schema& row(core::property<T> p) { return add(std::move(p)); }
  /// All rows and rules of a part of T, flat among T's own. `path` is `[](auto& x) -> auto& { return x.part; }`.
  template <class Part, class Path>
  object_schema& embed(const object_schema<Part>& part, Path path) {
    for (const auto& p : part.properties_)
      add(lift<T>(p, path));
    for (const auto& x : part.rules_)
      rules_.push_back({x.members, [f = x.check, path](const T& t, reader& r) { f(path(t), r); }});
    return *this;
  }
  /// A rule across members; left out when one of them is wrong already.
  object_schema& rule(std::vector<std::string> members, std::function<void(const T&, reader&)> check) {
    rules_.push_back({std::move(members), std::move(check)});
    return *this;
  }

  void read(const json_value& from, T& x, reader& r) const override {
    auto members = from.as<json_object>();
    if (!members)
      return fail_type(r, "an object", from);
    refuse_unknown(*members, this->info()->properties, r);
    for (const auto& p : properties_)
      read_member(p, from.find(p.info.name), x, r);
    if (r.trusted())
      return;
    for (const auto& one : rules_)
      if (!r.spoiled(one.members))
        one.check(x, r);
  }

  void write(const T& x, json_writer& w, const write_options& o) const override {
    w.begin_object();
    for (const auto& p : properties_)
      write_member(p, x, w, o);
    w.end_object();
  }

  /// Reports `immutable` for each such row whose JSON differs.
  void check_immutable(const T& before, const T& after, reader& r) const {
    auto json = [](const core::property<T>& p, const T& x) {
      json_writer w;
      p.write(x, w, {.to = audience::whole});
      return w.str();
    };
    for (const auto& p : properties_)
      if (p.info.facts.immutable && json(p, before) != json(p, after))
        r.fail("immutable", "Cannot be changed.", p.info.name);
  }

private:
  template <class>
  friend class object_schema;

  struct cross_rule {
    std::vector<std::string> members;
    std::function<void(const T&, reader&)> check;
  };

  static type_info describe(std::string_view component, std::string_view doc) {
    type_info x;
    x.kind = json_kind::object;
    x.component = component;
    x.doc = doc;
    return x;
  }

  object_schema& add(core::property<T> p) {
    if (p.reset && !p.info.facts.required) {
      json_writer w;
      p.write(T{}, w, {});
      p.info.default_json = w.str();
    }
    this->edit().properties.push_back(p.info);
    properties_.push_back(std::move(p));
    return *this;
  }

  void read_member(const core::property<T>& p, const json_value* given, T& x, reader& r) const {
    if (!p.info.tag.empty() && r.spoiled({std::string_view{p.info.tag_property}}))
      return; // which alternative was meant is not known
    reader::step at{r, p.info.name};
    switch (examine(p.info, given, r)) {
    case member_state::use:
      return p.read(*given, x, r);
    case member_state::reset:
      return p.reset(x);
    case member_state::absent:
      return p.absent ? p.absent(x, r) : void();
    case member_state::done:
      return;
    }
  }

  static void write_member(const core::property<T>& p, const T& x, json_writer& w, const write_options& o) {
    auto plan = plan_of(p.info, o.to);
    if (plan == member_plan::skip)
      return;
    if (plan == member_plan::direct || plan == member_plan::null) {
      w.key(p.info.name);
      return plan == member_plan::null ? w.null() : p.write(x, w, o);
    }
    json_writer part;
    auto inside = o;
    if (plan == member_plan::unless_default)
      inside.to = audience::whole;
    p.write(x, part, inside);
    if (adds_nothing(plan, part.view(), p.info.default_json))
      return;
    w.key(p.info.name);
    w.raw(part.view());
  }

  std::vector<core::property<T>> properties_;
  std::vector<cross_rule> rules_;
};

template <class T>
using object_ptr = std::shared_ptr<const object_schema<T>>;

} // namespace gochron::core
