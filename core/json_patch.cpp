#include "core/json_patch.hpp"

#include <algorithm>

#include "core/schema/free_object.hpp"

namespace gochron::core {
namespace {

bool same(const json_value& a, const json_value& b);

bool same(const json_object& a, const json_object& b) {
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&b](const json_member& x) {
           auto it = std::find_if(b.begin(), b.end(), [&x](const json_member& y) { return y.name == x.name; });
           return it != b.end() && same(x.value, it->value);
         });
}

bool same(const json_array& a, const json_array& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const json_value& x, const json_value& y) { return same(x, y); });
}

bool same(const json_value& a, const json_value& b) {
  if (a.data.index() != b.data.index())
    return false;
  return std::visit(
      [&b](const auto& x) {
        const auto& y = std::get<std::decay_t<decltype(x)>>(b.data);
        if constexpr (std::is_same_v<std::decay_t<decltype(x)>, json_array> ||
                      std::is_same_v<std::decay_t<decltype(x)>, json_object>)
          return same(x, y);
        else
          return x == y;
      },
      a.data);
}

const json_value nothing{nullptr};

const json_value& or_null(const json_value* x) {
  return x ? *x : nothing;
}

const json_value& item_or_null(const json_value& of, std::size_t place) {
  const auto* items = of.as<json_array>();
  return items && place < items->size() ? (*items)[place] : nothing;
}

class patch_writer {
public:
  patch_writer() { w_.begin_array(); }

  std::string finish() {
    w_.end_array();
    return w_.str();
  }

  void compare(const json_value& before, const json_value& after, const json_value& shown) {
    if (same(before, after))
      return;
    const auto *objects = before.as<json_object>(), *next_objects = after.as<json_object>();
    if (objects && next_objects && shown.as<json_object>())
      return members(*objects, *next_objects, after, shown);
    const auto *items = before.as<json_array>(), *next_items = after.as<json_array>();
    if (items && next_items && shown.as<json_array>())
      return elements(*items, *next_items, shown);
    add("replace", &shown);
  }

private:
  void add(const char* op, const json_value* value) {
    w_.begin_object();
    w_.key("op");
    w_.text(op);
    w_.key("path");
    w_.text(path_);
    if (value) {
      w_.key("value");
      write_json(w_, *value);
    }
    w_.end_object();
  }

  template <class F>
  void below(std::string_view name, F f) {
    auto length = path_.size();
    append_pointer_token(path_ += '/', name);
    f();
    path_.resize(length);
  }

  void members(const json_object& before, const json_object& after, const json_value& all, const json_value& shown) {
    for (const auto& m : before)
      below(m.name, [&] {
        const auto* next = all.find(m.name);
        next ? compare(m.value, *next, or_null(shown.find(m.name))) : add("remove", nullptr);
      });
    for (const auto& m : after)
      if (std::none_of(before.begin(), before.end(), [&m](const json_member& x) { return x.name == m.name; }))
        below(m.name, [&] { add("add", &or_null(shown.find(m.name))); });
  }

  void elements(const json_array& before, const json_array& after, const json_value& shown) {
    std::size_t shorter = std::min(before.size(), after.size()), front = 0, back = 0;
    while (front < shorter && same(before[front], after[front]))
      ++front;
    while (back < shorter - front && same(before[before.size() - 1 - back], after[after.size() - 1 - back]))
      ++back;
    auto both = shorter - back; // of the places between, those that both have
    for (auto i = front; i < both; ++i)
      below(std::to_string(i), [&] { compare(before[i], after[i], item_or_null(shown, i)); });
    for (auto i = both; i + back < before.size(); ++i)
      below(std::to_string(both), [&] { add("remove", nullptr); });
    for (auto i = both; i + back < after.size(); ++i)
      below(std::to_string(i), [&] { add("add", &item_or_null(shown, i)); });
  }

  json_writer w_;
  std::string path_;
};

} // namespace

std::string json_patch(const json_value& before, const json_value& after, const json_value& shown) {
  patch_writer patch;
  patch.compare(before, after, shown);
  return patch.finish();
}

} // namespace gochron::core
