#include "core/schema/rule_conditions.hpp"

#include <algorithm>

#include "core/rule_conditions.hpp"
#include "core/schema/scalars.hpp"

namespace gochron::core {
namespace {

constexpr std::int64_t most_number = 1'000'000'000'000;

/// An integer, a string, or a list of either: which of them goes with a term its own rule says.
class condition_value_type final : public type<condition_value> {
public:
  condition_value_type() : type(describe()) {}

  void read(const json_value& from, condition_value& x, reader& r) const override {
    if (const auto* items = from.as<json_array>())
      return read_list(*items, x, r);
    if (const auto* n = from.as<std::int64_t>())
      return read_one(*n, x, r);
    if (const auto* s = from.as<std::string>())
      return read_one(*s, x, r);
    fail_type(r, "an integer, a string or a list of either", from);
  }

  void write(const condition_value& x, json_writer& w, const write_options&) const override {
    std::visit([&w](const auto& v) { put(v, w); }, x);
  }

private:
  static type_info describe() {
    auto number = integer<std::int64_t>(-most_number, most_number);
    auto line = text({.min = 1, .max = most_condition_text});
    type_info x;
    x.any_of = {number->info(), line->info(), array_of(number, {.min = 1, .max = most_condition_items})->info(),
                array_of(line, {.min = 1, .max = most_condition_items})->info()};
    return x;
  }
  static std::size_t code_points(const std::string& s) {
    return static_cast<std::size_t>(
        std::ranges::count_if(s, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
  }
  static void check(std::int64_t n, reader& r) {
    if (!r.trusted() && (n > most_number || n < -most_number))
      r.fail("out_of_range", "Between -1000000000000 and 1000000000000.");
  }
  static void check(const std::string& s, reader& r) {
    if (r.trusted())
      return;
    if (s.empty())
      r.fail("too_short", "At least one character.");
    if (code_points(s) > most_condition_text)
      r.fail("too_long", "At most 255 characters.");
  }
  template <class V>
  static void read_one(const V& v, condition_value& x, reader& r) {
    check(v, r);
    x = v;
  }
  static void read_list(const json_array& items, condition_value& x, reader& r) {
    if (!r.trusted() && (items.empty() || items.size() > most_condition_items))
      return r.fail("out_of_range", "A list has 1 to 50 items.");
    bool numbers = !items.empty() && (items.front().as<std::int64_t>() || items.front().as<double>());
    numbers ? read_items<std::int64_t>(items, x, r, "an integer") : read_items<std::string>(items, x, r, "a string");
  }
  template <class V>
  static void read_items(const json_array& items, condition_value& x, reader& r, std::string_view what) {
    std::vector<V> all;
    for (std::size_t i = 0; i < items.size(); ++i) {
      reader::step at{r, i};
      if (const auto* v = items[i].as<V>()) {
        check(*v, r);
        all.push_back(*v);
      } else
        fail_type(r, what, items[i]);
    }
    x = std::move(all);
  }

  static void put(std::int64_t n, json_writer& w) { w.integer(n); }
  static void put(const std::string& s, json_writer& w) { w.text(s); }
  template <class V>
  static void put(const std::vector<V>& list, json_writer& w) {
    w.begin_array();
    for (const auto& v : list)
      put(v, w);
    w.end_array();
  }
};

void report(const condition_fault& x, reader& r) {
  using place = condition_fault::place;
  if (x.where == place::item) {
    reader::step at{r, "value"};
    return r.fail(x.code, x.detail, std::to_string(x.item));
  }
  r.fail(x.code, x.detail, x.where == place::op ? "operator" : "value");
}

object_ptr<condition_term> term_schema() {
  static const std::string fields = "What is looked at. " + document_of_fields();
  auto s = std::make_shared<object_schema<condition_term>>("ConditionTerm", "A comparison of one fact.");
  s->property("field", &condition_term::field, enumeration<condition_field>(),
              {.doc = fields, .example = R"("latency_ms")", .required = true});
  s->property("operator", &condition_term::op, enumeration<condition_operator>(),
              {.doc =
                   "`contains`: a part of the text. `matches`: a regular expression of RE2, anywhere in the text "
                   "unless it has `^` and `$`. A term about what is not known is false, also with `ne` and `not_in`.",
               .example = R"("gt")",
               .required = true});
  s->property("value", &condition_term::value, std::make_shared<condition_value_type>(),
              {.doc = "An integer or a string, as the field is; a list of them for `in` and `not_in`.",
               .example = "500",
               .required = true});
  s->rule({"field", "operator", "value"}, [](const condition_term& x, reader& r) {
    for (const auto& fault : faults_of(x))
      report(fault, r);
  });
  return s;
}

} // namespace

object_ptr<alert_conditions> alert_conditions_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<alert_conditions>>("AlertConditions", "What must hold of a round.");
    s->property("match", &alert_conditions::match, enumeration<condition_match>(),
                {.doc = "Whether all terms must hold, or any.", .example = R"("all")"});
    s->property("terms", &alert_conditions::terms, array_of<condition_term>(term_schema(), {.max = most_terms}),
                {.doc = "Empty: always met.", .example = R"([{"field":"latency_ms","operator":"gt","value":500}])"});
    return s;
  }();
  return schema;
}

object_ptr<condition_facts> condition_facts_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<condition_facts>>(
        "ConditionFacts", "What is known of a round. What is null makes every term about it false.");
    auto number = [] { return integer<std::int64_t>(-most_number, most_number); };
    s->property("latency_ms", &condition_facts::latency_ms, number(), {.doc = "As in a term.", .example = "812"});
    s->property("status_code", &condition_facts::status_code, number(), {.doc = "As in a term.", .example = "200"});
    s->property("failing_regions", &condition_facts::failing_regions, number(),
                {.doc = "As in a term.", .example = "0"});
    s->property("consecutive_failures", &condition_facts::consecutive_failures, number(),
                {.doc = "As in a term.", .example = "0"});
    s->property("failing_for_seconds", &condition_facts::failing_for_seconds, number(),
                {.doc = "As in a term.", .example = "0"});
    s->property("reason", &condition_facts::reason, enumeration<reason>(), {.doc = "As in a term.", .example = "null"});
    s->property("certificate_days_left", &condition_facts::certificate_days_left, number(),
                {.doc = "As in a term.", .example = "null"});
    s->property("domain_days_left", &condition_facts::domain_days_left, number(),
                {.doc = "As in a term.", .example = "null"});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
