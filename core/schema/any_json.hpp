#pragma once
#include <memory>

#include "core/schema/type.hpp"

namespace gochron::core {

/// An object that is read by another table later, once it is known which.
using deferred_object = std::shared_ptr<const json_value>;

class deferred_type final : public type<deferred_object> {
public:
  deferred_type() : type(describe()) {}
  void read(const json_value& from, deferred_object& x, reader& r) const override {
    if (!from.as<json_object>())
      return fail_type(r, "an object", from);
    x = std::make_shared<const json_value>(from);
  }
  void write(const deferred_object&, json_writer& w, const write_options&) const override { w.null(); }

private:
  static type_info describe() {
    type_info x;
    x.kind = json_kind::object; // what is in it is said elsewhere
    return x;
  }
};

} // namespace gochron::core
