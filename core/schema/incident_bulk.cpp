#include "core/schema/incident_bulk.hpp"

#include "core/schema/common.hpp"

namespace gochron::core {
namespace {

/// What was rendered already; an empty text is null.
class rendered final : public type<std::string> {
public:
  explicit rendered(type_info x) : type(std::move(x)) {}
  void read(const json_value& from, std::string&, reader& r) const override { fail_type(r, "nothing", from); }
  void write(const std::string& x, json_writer& w, const write_options&) const override {
    x.empty() ? w.null() : w.raw(x);
  }
};

type_ptr<std::string> rendered_incident() {
  auto x = *incident_schema()->info();
  x.nullable = true;
  return std::make_shared<rendered>(std::move(x));
}

template <class Action>
object_ptr<bulk_of_incidents<Action>> bulk_schema(std::string_view component, std::string_view doc,
                                                  const object_schema<Action>& of_one) {
  using bulk = bulk_of_incidents<Action>;
  auto s = std::make_shared<object_schema<bulk>>(component, doc);
  s->property("incident_ids", &bulk::incidents,
              array_of(identifier<incident_id>(), {.min = 1, .max = bulk::most, .distinct = true}),
              {.doc = "Which, each once. What comes of them is told in this order.",
               .example = R"(["inc_01kdz0c3v8e7q9b5n2m4x6y8za"])",
               .required = true});
  s->embed(
      of_one, [](auto& x) -> auto& { return x.how; });
  return s;
}

object_ptr<incident_bulk_result> result_schema() {
  using x = incident_bulk_result;
  auto s = std::make_shared<object_schema<x>>("IncidentBulkResult", "What came of one incident.");
  s->property("index", &x::index, count<std::int64_t>(),
              {.doc = "Its place in the request.", .example = "0", .read_only = true});
  s->property("status", &x::status, count<std::int32_t>(),
              {.doc = "As the same action alone would have been answered.", .example = "200", .read_only = true});
  s->property("id", &x::id, identifier<incident_id>(), {.doc = "The incident, as it was named.", .read_only = true});
  s->property("incident", &x::shown, rendered_incident(),
              {.doc = "As it is now; null when the action was refused.", .read_only = true});
  s->property(
      "error", &x::failure, std::make_shared<rendered>(type_info{}),
      {.doc = "The problem, as RFC 9457 has it; null when there is none.", .example = "null", .read_only = true});
  return s;
}

} // namespace

object_ptr<bulk_of_incidents<incident_action>> incident_bulk_action_schema() {
  static const auto schema =
      bulk_schema("IncidentBulkAction", "The same done to many incidents.", *incident_action_schema());
  return schema;
}

object_ptr<bulk_of_incidents<snooze_action>> incident_bulk_snooze_schema() {
  static const auto schema = bulk_schema("IncidentBulkSnooze", "How long they are to wait.", *snooze_action_schema());
  return schema;
}

object_ptr<incident_bulk_answer> incident_bulk_answer_schema() {
  static const auto schema = [] {
    using x = incident_bulk_answer;
    auto s = std::make_shared<object_schema<x>>("IncidentBulkResults", "A result for each incident.");
    s->property("results", &x::results, array_of<incident_bulk_result>(result_schema(), {.max = 100}),
                {.doc = "In the order of `incident_ids`.", .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
