#include "core/schema/bulk.hpp"

#include "core/schema/common.hpp"
#include "core/schema/resources.hpp"
#include "core/schema/scalars.hpp"

namespace gochron::core {
namespace {

bool needs_target(const bulk_operation& x) {
  return x.method != bulk_method::create && x.method != bulk_method::upsert;
}

void check(const bulk_operation& x, reader& r) {
  if (x.method == bulk_method::create && x.id)
    r.fail("inconsistent", "We choose the id of what is created.", "id");
  if (x.method == bulk_method::create && x.key)
    r.fail("inconsistent", "The key of what is created stands in its body.", "key");
  if (x.method == bulk_method::create && x.if_version)
    r.fail("inconsistent", "What is created has no version yet.", "if_version");
  if (x.method == bulk_method::upsert && !x.key)
    r.fail("required", "An upsert goes by key.", "key");
  if (x.method == bulk_method::upsert && x.id)
    r.fail("inconsistent", "An upsert goes by key.", "id");
  if (needs_target(x) && x.id.has_value() == x.key.has_value())
    r.fail(x.id ? "inconsistent" : "required", "Either `id` or `key` says what is meant.", "id");
  bool wants_body = x.method != bulk_method::remove;
  if (wants_body && !x.body)
    r.fail("required", "This method takes a body.", "body");
  if (!wants_body && x.body)
    r.fail("inconsistent", "A deletion has no body.", "body");
}

object_ptr<bulk_operation> operation_schema() {
  auto s = std::make_shared<object_schema<bulk_operation>>("BulkOperation", "One write of many.");
  s->property("method", &bulk_operation::method, enumeration<bulk_method>(),
              {.doc = "What is done: `replace` and `upsert` take the whole resource, `update` a merge patch.",
               .example = R"("upsert")",
               .required = true});
  s->property("id", &bulk_operation::id, text({.min = 1, .max = 100}),
              {.doc = "What is replaced, updated or deleted; or its key.", .example = "null"});
  s->property("key", &bulk_operation::key, key_text(),
              {.doc = "The same by key; what an upsert creates gets it.", .example = R"("shop.front")"});
  s->property("if_version", &bulk_operation::if_version, integer<std::int64_t>(1, std::int64_t{1} << 53),
              {.doc = "As If-Match: refused (412) unless this is the present version.", .example = "null"});
  s->property("body", &bulk_operation::body, std::make_shared<deferred_type>(),
              {.doc = "As for the same write alone.", .example = R"({"name":"Shop"})"});
  s->rule({"method", "id", "key", "if_version", "body"}, check);
  return s;
}

} // namespace

object_ptr<bulk_request> bulk_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<bulk_request>>("Bulk", "Many writes in one request.");
    s->property("atomic", &bulk_request::atomic, boolean(),
                {.doc = "All or nothing, in one transaction; otherwise each on its own.", .example = "true"});
    s->property("operations", &bulk_request::operations,
                array_of<bulk_operation>(operation_schema(), {.min = 1, .max = bulk_request::most}),
                {.doc = "In this order; of an atomic request each names another resource.", .required = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
