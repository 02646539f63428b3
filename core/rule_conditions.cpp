#include "core/rule_conditions.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include "core/names.hpp"

namespace gochron::core {
namespace {

using op = condition_operator;
using field = condition_field;

enum class value_kind : std::uint8_t { number, text, reason_name, type_name };

struct field_row {
  value_kind kind;
  std::vector<op> ops;
  std::string_view doc;
};

const std::vector<op> of_numbers{op::eq, op::ne, op::gt, op::gte, op::lt, op::lte, op::in, op::not_in};
const std::vector<op> of_texts{op::eq, op::ne, op::in, op::not_in, op::contains, op::matches};
const std::vector<op> of_names{op::eq, op::ne, op::in, op::not_in};

// In the order of the enum.
const std::array<field_row, 11>& table() {
  static const std::array<field_row, 11> rows{{
      {value_kind::number, of_numbers,
       "milliseconds of the attempt that concluded the round, where something answered"},
      {value_kind::number, of_numbers, "the status of the HTTP answer"},
      {value_kind::text, of_texts, "where the round was made: `local`, the only region there is"},
      {value_kind::number, of_numbers, "in how many regions the round failed"},
      {value_kind::number, of_numbers, "failing rounds in a row, this one included"},
      {value_kind::number, of_numbers, "since the first of them, until the failure is over"},
      {value_kind::reason_name, of_texts, "the code of why the round was not up"},
      {value_kind::number, of_numbers, "whole days until the certificate that the check saw ends"},
      {value_kind::number, of_numbers,
       "whole days until the domain's registration ends; not known before there are checks of domains, so no term "
       "about "
       "it holds"},
      {value_kind::text, of_texts, "any of the monitor's tags; for `ne` and `not_in` none of them"},
      {value_kind::type_name, of_names, "the monitor's type"},
  }};
  return rows;
}

const field_row& row_of(field x) {
  return table().at(static_cast<std::size_t>(x));
}

bool takes_list(op x) {
  return x == op::in || x == op::not_in;
}

bool is_negative(op x) {
  return x == op::ne || x == op::not_in;
}

std::optional<std::int64_t> number_of(field x, const condition_facts& facts) {
  switch (x) {
  case field::latency_ms:
    return facts.latency_ms;
  case field::status_code:
    return facts.status_code;
  case field::failing_regions:
    return facts.failing_regions;
  case field::consecutive_failures:
    return facts.consecutive_failures;
  case field::failing_for_seconds:
    return facts.failing_for_seconds;
  case field::certificate_days_left:
    return facts.certificate_days_left;
  case field::domain_days_left:
    return facts.domain_days_left;
  case field::region:
  case field::reason:
  case field::tag:
  case field::monitor_type:
    break;
  }
  return std::nullopt;
}

// Of the fields that are texts; a tag is none.
std::optional<std::string_view> text_of(field x, const monitor_spec& monitor, const condition_facts& facts) {
  if (x == field::region)
    return facts.region;
  if (x == field::reason)
    return facts.reason ? std::optional{name_of(*facts.reason)} : std::nullopt;
  return name_of(monitor.type());
}

bool compare(op x, std::int64_t seen, const condition_value& with) {
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(&with)) {
    bool listed = std::ranges::find(*list, seen) != list->end();
    return x == op::in ? listed : !listed;
  }
  const auto* number = std::get_if<std::int64_t>(&with);
  if (!number)
    return false;
  switch (x) {
  case op::eq:
    return seen == *number;
  case op::ne:
    return seen != *number;
  case op::gt:
    return seen > *number;
  case op::gte:
    return seen >= *number;
  case op::lt:
    return seen < *number;
  case op::lte:
    return seen <= *number;
  default:
    return false;
  }
}

// A negative operator is answered for its positive one; who asks turns it around.
bool resembles(op x, std::string_view seen, const condition_value& with, const re2::RE2* pattern) {
  if (const auto* list = std::get_if<std::vector<std::string>>(&with))
    return std::ranges::find(*list, seen) != list->end();
  if (pattern)
    return re2::RE2::PartialMatch(re2::StringPiece{seen.data(), seen.size()}, *pattern);
  const auto* text = std::get_if<std::string>(&with);
  return text && (x == op::contains ? seen.find(*text) != std::string_view::npos : seen == *text);
}

re2::RE2::Options pattern_options() {
  re2::RE2::Options o{re2::RE2::Quiet};
  o.set_max_mem(1 << 18);
  return o;
}

std::string listed_ops(const std::vector<op>& ops) {
  std::vector<std::string_view> names;
  for (auto x : ops)
    names.push_back(name_of(x));
  return fmt::format("{}", fmt::join(names, ", "));
}

// What a check can report.
bool is_cause(std::optional<reason> x) {
  return x && *x != reason::none && *x != reason::rule_condition;
}

// Texts of a value, one or several, with the place of each.
void check_texts(const condition_term& x, std::vector<condition_fault>& faults) {
  using place = condition_fault::place;
  auto kind = row_of(x.field).kind;
  bool names =
      (kind == value_kind::reason_name || kind == value_kind::type_name) && x.op != op::contains && x.op != op::matches;
  auto known = [&](std::string_view text) {
    return kind == value_kind::type_name ? parse_name<monitor_type>(text).has_value()
                                         : is_cause(parse_name<reason>(text));
  };
  auto one = [&](const std::string& text, place where, std::size_t item) {
    if (names && !known(text))
      faults.push_back({"inconsistent", fmt::format("No {} is called so.", name_of(x.field)), where, item});
  };
  if (const auto* list = std::get_if<std::vector<std::string>>(&x.value))
    for (std::size_t i = 0; i < list->size(); ++i)
      one((*list)[i], place::item, i);
  if (const auto* text = std::get_if<std::string>(&x.value)) {
    one(*text, place::value, 0);
    if (x.op != op::matches)
      return;
    if (re2::RE2 pattern{*text, pattern_options()}; !pattern.ok())
      faults.push_back({"inconsistent", "No regular expression of RE2: " + pattern.error() + ".", place::value, 0});
  }
}

std::string spell_value(const condition_value& x) {
  struct speller {
    std::string operator()(std::int64_t n) const { return std::to_string(n); }
    std::string operator()(const std::string& s) const { return s; }
    std::string operator()(const std::vector<std::int64_t>& v) const { return fmt::format("{}", fmt::join(v, ", ")); }
    std::string operator()(const std::vector<std::string>& v) const { return fmt::format("{}", fmt::join(v, ", ")); }
  };
  return std::visit(speller{}, x);
}

} // namespace

std::vector<condition_fault> faults_of(const condition_term& x) {
  using place = condition_fault::place;
  const auto& row = row_of(x.field);
  if (std::ranges::find(row.ops, x.op) == row.ops.end())
    return {{"inconsistent", fmt::format("{} goes with {}.", name_of(x.field), listed_ops(row.ops)), place::op, 0}};
  bool list = std::holds_alternative<std::vector<std::int64_t>>(x.value) ||
              std::holds_alternative<std::vector<std::string>>(x.value);
  bool numbers =
      std::holds_alternative<std::int64_t>(x.value) || std::holds_alternative<std::vector<std::int64_t>>(x.value);
  bool wants_numbers = row.kind == value_kind::number;
  if (list != takes_list(x.op) || numbers != wants_numbers)
    return {{"inconsistent",
             fmt::format("Expected {} {}.",
                         takes_list(x.op) ? "a list of"
                         : wants_numbers  ? "an"
                                          : "a",
                         wants_numbers ? (takes_list(x.op) ? "integers" : "integer")
                                       : (takes_list(x.op) ? "strings" : "string")),
             place::value, 0}};
  std::vector<condition_fault> faults;
  check_texts(x, faults);
  return faults;
}

std::string spell(const condition_term& x) {
  return fmt::format("{} {} {}", name_of(x.field), name_of(x.op), spell_value(x.value));
}

std::string spell(const alert_conditions& x) {
  std::vector<std::string> terms;
  for (const auto& term : x.terms)
    terms.push_back(spell(term));
  return fmt::format("{}", fmt::join(terms, x.match == condition_match::all ? " and " : " or "));
}

std::string spell_fact(condition_field x, const monitor_spec& monitor, const condition_facts& facts) {
  if (x == field::tag)
    return monitor.tags.empty() ? "there is no tag" : fmt::format("tags are {}", fmt::join(monitor.tags, ", "));
  if (row_of(x).kind == value_kind::number) {
    auto n = number_of(x, facts);
    return n ? fmt::format("{} is {}", name_of(x), *n) : fmt::format("{} is not known", name_of(x));
  }
  auto text = text_of(x, monitor, facts);
  return text ? fmt::format("{} is {}", name_of(x), *text) : fmt::format("{} is not known", name_of(x));
}

std::string spell_facts(const alert_conditions& x, const monitor_spec& monitor, const condition_facts& facts) {
  std::vector<condition_field> seen;
  std::vector<std::string> texts;
  for (const auto& term : x.terms)
    if (std::ranges::find(seen, term.field) == seen.end()) {
      seen.push_back(term.field);
      texts.push_back(spell_fact(term.field, monitor, facts));
    }
  return fmt::format("{}", fmt::join(texts, ", "));
}

bool is_known(condition_field x, const monitor_spec& monitor, const condition_facts& facts) {
  if (x == field::tag)
    return true;
  return row_of(x).kind == value_kind::number ? number_of(x, facts).has_value()
                                              : text_of(x, monitor, facts).has_value();
}

std::string document_of_fields() {
  std::string out;
  for (std::size_t i = 0; i < table().size(); ++i)
    out += fmt::format("{}`{}` ({}): {}", i == 0 ? "" : "; ", name_of(static_cast<field>(i)), table()[i].doc,
                       listed_ops(table()[i].ops));
  return out + ".";
}

compiled_conditions::compiled_conditions(alert_conditions x) : source_(std::move(x)) {
  for (const auto& term : source_.terms) {
    const auto* text = std::get_if<std::string>(&term.value);
    bool is_pattern = term.op == op::matches && text;
    patterns_.push_back(is_pattern ? std::make_unique<const re2::RE2>(*text, pattern_options()) : nullptr);
  }
}

compiled_conditions::~compiled_conditions() = default;

bool compiled_conditions::holds(std::size_t term, const monitor_spec& monitor, const condition_facts& facts) const {
  const auto& x = source_.terms.at(term);
  const auto* pattern = patterns_.at(term).get();
  if (row_of(x.field).kind == value_kind::number) {
    auto seen = number_of(x.field, facts);
    return seen && compare(x.op, *seen, x.value);
  }
  auto alike = [&](std::string_view text) { return resembles(x.op, text, x.value, pattern); };
  if (x.field == field::tag)
    return std::ranges::any_of(monitor.tags, alike) != is_negative(x.op);
  auto seen = text_of(x.field, monitor, facts);
  return seen && alike(*seen) != is_negative(x.op);
}

bool compiled_conditions::met(const monitor_spec& monitor, const condition_facts& facts) const {
  auto held = [&](std::size_t i) { return holds(i, monitor, facts); };
  std::size_t n = source_.terms.size(), i = 0;
  if (source_.match == condition_match::all) {
    while (i < n && held(i))
      ++i;
    return i == n;
  }
  while (i < n && !held(i))
    ++i;
  return i < n || n == 0;
}

std::optional<std::size_t> compiled_conditions::first_held(const monitor_spec& monitor,
                                                           const condition_facts& facts) const {
  if (!met(monitor, facts))
    return std::nullopt;
  for (std::size_t i = 0; i < source_.terms.size(); ++i)
    if (holds(i, monitor, facts))
      return i;
  return std::nullopt;
}

} // namespace gochron::core
