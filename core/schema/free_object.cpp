#include "core/schema/free_object.hpp"

#include "core/schema/json.hpp"

namespace gochron::core {
namespace {

class free_object_type final : public type<json_text> {
public:
  free_object_type() : type(describe()) {}

  void read(const json_value& from, json_text& x, reader& r) const override {
    if (!from.as<json_object>())
      return fail_type(r, "an object", from);
    auto json = to_json(from);
    if (json.size() > largest_free_object)
      return r.fail("too_long", "At most 16384 bytes of JSON.");
    x.json = std::move(json);
  }
  void write(const json_text& x, json_writer& w, const write_options&) const override { w.raw(x.json); }

private:
  static type_info describe() {
    type_info x;
    x.kind = json_kind::object;
    return x;
  }
};

} // namespace

type_ptr<json_text> free_object() {
  static const auto type = std::make_shared<free_object_type>();
  return type;
}

void write_json(json_writer& w, const json_value& x) {
  if (const auto* text = x.as<std::string>())
    return w.text(*text);
  if (const auto* items = x.as<json_array>()) {
    w.begin_array();
    for (const auto& item : *items)
      write_json(w, item);
    return w.end_array();
  }
  if (const auto* members = x.as<json_object>()) {
    w.begin_object();
    for (const auto& m : *members) {
      w.key(m.name);
      write_json(w, m.value);
    }
    return w.end_object();
  }
  if (const auto* truth = x.as<bool>())
    return w.boolean(*truth);
  if (const auto* whole = x.as<std::int64_t>())
    return w.integer(*whole);
  if (const auto* real = x.as<double>())
    return w.number(*real);
  w.null();
}

std::string to_json(const json_value& x) {
  json_writer w;
  write_json(w, x);
  return w.str();
}

} // namespace gochron::core
