#include "core/schema/containers.hpp"

#include <fmt/format.h>

namespace gochron::core {

const json_array* read_items(const json_value& from, const type_info& info, reader& r) {
  auto items = from.as<json_array>();
  if (!items) {
    fail_type(r, "an array", from);
    return nullptr;
  }
  if (r.trusted())
    return items;
  if (items->size() > *info.max_items) {
    r.fail("too_many_items", fmt::format("At most {} items, got {}.", *info.max_items, items->size()));
    return nullptr;
  }
  if (info.min_items && items->size() < *info.min_items) {
    r.fail("too_few_items", fmt::format("At least {}.", *info.min_items));
    return nullptr;
  }
  return items;
}

type_info describe_array(const type_info_ptr& items, const array_rules& rules, bool set) {
  type_info x;
  x.kind = json_kind::array;
  x.items = items;
  x.min_items = rules.min > 0 ? std::optional{rules.min} : std::nullopt;
  x.max_items = rules.max;
  x.set = set;
  x.distinct = rules.distinct;
  return x;
}

} // namespace gochron::core
