#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/names.hpp"
#include "core/schema/scalars.hpp"
#include "http/call.hpp"
#include "http/operation.hpp"

namespace gochron::http {

/// Reads a request's query parameters, keeping every violation for one answer.
class query_reader {
public:
  explicit query_reader(const call& c) : call_(c) {}

  std::optional<std::string> text(std::string_view name, std::size_t max_length = 255);
  /// Separated by commas, or the parameter given once for each, as some clients do; both are the same.
  std::vector<std::string> list(std::string_view name, std::size_t max_items = 200);
  std::optional<timestamp> time(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);

  /// Ids of another kind are violations: they can only be a mistake.
  template <class Id>
  std::vector<Id> ids(std::string_view name) {
    std::vector<Id> found;
    for (auto& one : list(name))
      if (auto x = Id::parse(one))
        found.push_back(*x);
      else
        wrong(name, "invalid_format", "`" + one + "` is not an id of this kind.");
    return found;
  }

  /// One id; several are a violation, too.
  template <class Id>
  std::optional<Id> id(std::string_view name) {
    auto found = ids<Id>(name);
    if (found.size() > 1)
      wrong(name, "too_many_items", "One id only.");
    return found.empty() ? std::nullopt : std::optional{found.front()};
  }

  template <class Enum>
  std::vector<Enum> names(std::string_view name) {
    std::vector<Enum> found;
    for (auto& one : list(name))
      if (auto x = core::parse_name<Enum>(one))
        found.push_back(*x);
      else
        wrong(name, "not_one_of", "`" + one + "` is not one of the values.");
    return found;
  }

  /// `limit` and `cursor`. The limit is clamped to 1-200; a cursor that we did not sign, or that was made under other
  /// filters, is `malformed`.
  page_request page();

  void wrong(std::string_view name, std::string code, std::string detail);

  /// What was wrong, all of it; unset when nothing was. Parameters that the operation does not know are wrong too.
  std::optional<error> problem(const std::vector<parameter>& known);

private:
  const call& call_;
  std::optional<error> cursor_error_;
  std::vector<violation> violations_;
};

/// A cursor of this request for the row `at`.
std::string make_cursor(const call& c, const keyset& at);

template <class T>
void answer_page(const call& c, const core::object_schema<T>& schema, const page<T>& x) {
  core::json_writer w;
  w.begin_object();
  w.key("data");
  w.begin_array();
  for (auto& row : x.rows)
    schema.write(row, w, c.options());
  w.end_array();
  w.key("next_cursor");
  x.next ? w.text(make_cursor(c, *x.next)) : w.null();
  w.end_object();
  c.json(200, w.str());
}

/// Answers with a page.
template <class T>
reply_to<page<T>> list_of(const call& c, core::object_ptr<T> schema) {
  return reply_to<page<T>>{[c, schema](result<page<T>> x) { x ? answer_page(c, *schema, *x) : c.refuse(x.error()); }};
}

/// The parameters of every list, then those of one.
std::vector<parameter> list_parameters(std::vector<parameter> more = {});

template <class Enum>
parameter enum_parameter(std::string name, std::string doc) {
  parameter p{std::move(name), std::move(doc), {}, true};
  p.type = core::array_of(core::enumeration<Enum>(), {.min = 1, .max = 200})->info();
  return p;
}

template <class Id>
parameter id_parameter(std::string name, std::string doc) {
  parameter p{std::move(name), std::move(doc), {}};
  p.type = core::identifier<Id>()->info();
  return p;
}

parameter ids_parameter(std::string_view prefix, std::string name = "ids",
                        std::string doc = "Only these, at most 200.");
parameter time_parameter(std::string name, std::string doc);

} // namespace gochron::http
