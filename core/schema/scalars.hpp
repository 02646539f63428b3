#pragma once
#include <chrono>
#include <concepts>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/names.hpp"
#include "core/schema/type.hpp"
#include "gochron/clock.hpp"
#include "gochron/ids.hpp"

/// Types of properties that are no containers.
namespace gochron::core {

/// A broken rule about one value: its code and a sentence.
struct complaint {
  std::string_view code;
  std::string detail;
};

/// What a string must be. `pattern` is RE2 syntax that ECMA-262 reads the same, matched against the whole.
struct text_rules {
  std::size_t min = 0, max = 255; ///< code points
  std::string pattern = {};
  std::string format = {}; ///< JSON Schema's word for what `check` enforces
  std::string shape = {};  ///< a pattern for documents, of what `check` refuses in better words
  std::vector<std::string_view> one_of = {};
  std::function<std::optional<complaint>(std::string_view)> check = {};
};

type_ptr<std::string> text(text_rules rules);
type_ptr<bool> boolean();
type_ptr<double> number();
type_ptr<timestamp> instant();

/// An integer as JSON sees it; the typed forms below convert.
class integer_reader {
public:
  static type_info describe(std::int64_t min, std::int64_t max, std::optional<std::int64_t> but = {});
  static std::optional<std::int64_t> read(const json_value& from, const type_info& info, reader& r);
};

/// An integral, or a chrono duration as a count of its own unit (the property's name ends in the unit).
template <class V>
class integer_type final : public type<V> {
public:
  integer_type(std::int64_t min, std::int64_t max, std::optional<std::int64_t> but)
    : type<V>(integer_reader::describe(min, max, but)) {}

  void read(const json_value& from, V& x, reader& r) const override {
    auto n = integer_reader::read(from, *this->info(), r);
    if (!n)
      return;
    if constexpr (std::integral<V>) {
      if (std::in_range<V>(*n))
        x = static_cast<V>(*n);
      else
        r.fail("out_of_range", "Too large."); // only a trusted document comes here
    } else
      x = V{static_cast<typename V::rep>(*n)};
  }
  void write(const V& x, json_writer& w, const write_options&) const override {
    if constexpr (std::integral<V>)
      w.integer(static_cast<std::int64_t>(x));
    else
      w.integer(static_cast<std::int64_t>(x.count()));
  }
};

/// From `min` to `max`, but not `but`.
template <class V>
type_ptr<V> integer(std::int64_t min, std::int64_t max, std::optional<std::int64_t> but = {}) {
  return std::make_shared<integer_type<V>>(min, max, but);
}

/// For read models, where nothing but the sign is promised.
template <class V>
type_ptr<V> count() {
  return integer<V>(0, std::int64_t{1} << 53);
}

/// The index of the name, or a violation `not_one_of` with the nearest name.
std::optional<std::size_t> read_name(const json_value& from, std::span<const std::string_view> names, reader& r);

/// `MonitorStatus`, of a compiler's words about a template that ends in `Enum = gochron::monitor_status]`.
std::string enum_component(std::string_view signature);

/// One of core/names.hpp's names. Documents call it as the enum is called here, in their own case.
template <class Enum>
class enum_type final : public type<Enum> {
public:
  enum_type() : type<Enum>(describe()) {}

  void read(const json_value& from, Enum& x, reader& r) const override {
    if (auto i = read_name(from, names_of<Enum>(), r))
      x = static_cast<Enum>(*i);
  }
  void write(const Enum& x, json_writer& w, const write_options&) const override { w.text(name_of(x)); }

private:
  static type_info describe() {
    type_info x;
    x.kind = json_kind::text;
    x.component = enum_component(__PRETTY_FUNCTION__);
    x.names.assign(names_of<Enum>().begin(), names_of<Enum>().end());
    return x;
  }
};

template <class Enum>
type_ptr<Enum> enumeration() {
  return std::make_shared<enum_type<Enum>>();
}

type_info describe_id(std::string_view prefix);

/// The text of a string value, or a violation `wrong_type`.
const std::string* read_text(const json_value& from, reader& r);

template <class Tag>
class id_type final : public type<id<Tag>> {
public:
  id_type() : type<id<Tag>>(describe_id(Tag::prefix)) {}

  void read(const json_value& from, id<Tag>& x, reader& r) const override {
    auto s = read_text(from, r);
    if (!s)
      return;
    if (auto parsed = id<Tag>::parse(*s))
      x = *parsed;
    else
      r.fail("invalid_format", "Expected an id of the form " + std::string{Tag::prefix} + "_ and 26 characters.");
  }
  void write(const id<Tag>& x, json_writer& w, const write_options&) const override { w.text(x.str()); }
};

/// `identifier<monitor_id>()`.
template <class Id>
type_ptr<Id> identifier() {
  return
      []<class Tag>(id<Tag>*) -> type_ptr<Id> { return std::make_shared<id_type<Tag>>(); }(static_cast<Id*>(nullptr));
}

} // namespace gochron::core
