#pragma once
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/schema/type.hpp"

namespace gochron::core {

/// `null` for an unset optional, which may be a boxed one.
template <class V, class Optional = std::optional<V>>
class optional_type final : public type<Optional> {
public:
  explicit optional_type(type_ptr<V> inner) : type<Optional>(describe(*inner->info())), inner_(std::move(inner)) {}

  void read(const json_value& from, Optional& x, reader& r) const override {
    if (from.is_null()) {
      x.reset();
      return;
    }
    reader::with_mode mode{r, x ? r.mode() : read_mode::whole}; // nothing there yet to merge into
    if (!x)
      x.emplace();
    inner_->read(from, *x, r);
  }
  void write(const Optional& x, json_writer& w, const write_options& o) const override {
    x ? inner_->write(*x, w, o) : w.null();
  }

private:
  static type_info describe(type_info x) {
    x.nullable = true;
    return x;
  }
  type_ptr<V> inner_;
};

struct array_rules {
  std::size_t min = 0, max = 100; ///< items
  bool distinct = false;
};

/// The items of an array value within bounds, or null after a violation.
const json_array* read_items(const json_value& from, const type_info& info, reader& r);
type_info describe_array(const type_info_ptr& items, const array_rules& rules, bool set);

/// An array in the order given, or a set: sorted, each item once. A duplicate in a set or a distinct array is refused.
template <class V>
class array_type final : public type<std::vector<V>> {
public:
  array_type(type_ptr<V> item, const array_rules& rules, bool set)
    : type<std::vector<V>>(describe_array(item->info(), rules, set)), item_(std::move(item)) {}

  void read(const json_value& from, std::vector<V>& x, reader& r) const override {
    auto items = read_items(from, *this->info(), r);
    if (!items)
      return;
    auto before = r.count();
    std::vector<V> read(items->size());
    {
      reader::with_mode mode{r, read_mode::whole}; // RFC 7396: an array replaces
      for (std::size_t i = 0; i < items->size(); ++i) {
        reader::step at{r, i};
        item_->read((*items)[i], read[i], r);
      }
    }
    if (r.count() == before)
      arrange(read, r);
    x = std::move(read);
  }

  void write(const std::vector<V>& x, json_writer& w, const write_options& o) const override {
    w.begin_array();
    for (const auto& item : x)
      item_->write(item, w, o);
    w.end_array();
  }

private:
  void arrange(std::vector<V>& x, reader& r) const {
    const auto& info = *this->info();
    if constexpr (requires(const V& v) { v < v; }) {
      if (!info.set && !info.distinct)
        return;
      auto sorted = x;
      std::sort(sorted.begin(), sorted.end());
      if (auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end() && !r.trusted()) {
        auto first = std::find(x.begin(), x.end(), *twice);
        auto second = std::find(first + 1, x.end(), *twice);
        r.fail("duplicate", "The same as item " + std::to_string(first - x.begin()) + ".",
               std::to_string(second - x.begin()));
      }
      if (info.set)
        x = std::move(sorted);
    }
  }

  type_ptr<V> item_;
};

template <class V>
type_ptr<std::vector<V>> array_of(type_ptr<V> item, array_rules rules = {}) {
  return std::make_shared<array_type<V>>(std::move(item), rules, false);
}

template <class V>
type_ptr<std::vector<V>> set_of(type_ptr<V> item, array_rules rules = {}) {
  static_assert(requires(const V& v) { v < v; });
  return std::make_shared<array_type<V>>(std::move(item), rules, true);
}

} // namespace gochron::core
