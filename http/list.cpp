#include "http/list.hpp"

#include <algorithm>
#include <charconv>

#include "core/schema/time.hpp"
#include "http/cursor.hpp"

namespace gochron::http {
namespace {

// What a cursor is good for: this path with these filters. Another organisation's cursor opens nothing either.
std::string filters_of(const call& c) {
  auto pairs = c.request().query;
  std::erase_if(pairs, [](auto& x) { return x.first == "cursor" || x.first == "limit"; });
  std::sort(pairs.begin(), pairs.end());
  std::string text = c.org().str();
  for (auto& segment : c.request().path)
    (text += '\n') += segment;
  for (auto& [name, value] : pairs)
    ((text += '\0') += name + '=') += value;
  return text;
}

} // namespace

std::string make_cursor(const call& c, const keyset& at) {
  return write_cursor(c.with().cursor_key, filters_of(c), at);
}

std::optional<std::string> query_reader::text(std::string_view name, std::size_t max_length) {
  auto x = call_.request().query_value(name);
  if (!x)
    return std::nullopt;
  // In characters, as the document's maxLength.
  auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  if (x->size() - static_cast<std::size_t>(std::count_if(x->begin(), x->end(), continues)) > max_length)
    wrong(name, "too_long", "At most " + std::to_string(max_length) + " characters.");
  return std::string{*x};
}

std::vector<std::string> query_reader::list(std::string_view name, std::size_t max_items) {
  std::vector<std::string> items;
  for (const auto& [key, value] : call_.request().query) {
    for (std::size_t at = 0; key == name && at <= value.size();) {
      auto end = std::min(value.find(',', at), value.size());
      items.emplace_back(value.substr(at, end - at));
      at = end + 1;
    }
  }
  if (items.size() > max_items) {
    wrong(name, "too_many_items", "At most " + std::to_string(max_items) + " items.");
    items.clear();
  }
  return items;
}

std::optional<timestamp> query_reader::time(std::string_view name) {
  auto x = call_.request().query_value(name);
  if (!x)
    return std::nullopt;
  auto t = core::parse_rfc3339(*x);
  if (!t)
    wrong(name, "invalid_format", "Not a time in RFC 3339 and UTC, such as 2026-11-23T13:37:00Z.");
  return t;
}

std::optional<bool> query_reader::boolean(std::string_view name) {
  auto x = call_.request().query_value(name);
  if (x && *x != "true" && *x != "false")
    wrong(name, "invalid_format", "Either true or false.");
  return x ? std::optional{*x == "true"} : std::nullopt;
}

std::optional<std::int64_t> query_reader::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  auto x = call_.request().query_value(name);
  if (!x)
    return std::nullopt;
  std::int64_t n = 0;
  auto [end, error] = std::from_chars(x->data(), x->data() + x->size(), n);
  if (error != std::errc{} || end != x->data() + x->size() || n < min || n > max)
    wrong(name, "out_of_range", "A whole number from " + std::to_string(min) + " to " + std::to_string(max) + ".");
  return n;
}

page_request query_reader::page() {
  page_request p;
  if (auto x = call_.request().query_value("limit")) {
    std::int64_t limit = 0;
    auto [end, error] = std::from_chars(x->data(), x->data() + x->size(), limit);
    if (error == std::errc::result_out_of_range && !x->starts_with('-'))
      limit = 200;
    else if (error != std::errc{} || end != x->data() + x->size() || limit < 1)
      wrong("limit", "out_of_range", "A whole number from 1 to 200.");
    p.limit = static_cast<std::uint32_t>(std::clamp<std::int64_t>(limit, 1, 200));
  }
  if (auto x = call_.request().query_value("cursor")) {
    p.after = read_cursor(call_.with().cursor_key, filters_of(call_), *x);
    if (!p.after)
      cursor_error_ = error{errc::malformed, "The cursor is not one of this list with these filters.", {}, {}, {}};
  }
  return p;
}

void query_reader::wrong(std::string_view name, std::string code, std::string detail) {
  violations_.push_back({std::string{name}, std::move(code), std::move(detail)});
}

std::optional<error> query_reader::problem(const std::vector<parameter>& known) {
  std::vector<std::string_view> seen;
  for (auto& [name, value] : call_.request().query) {
    bool common = name == "validate_only" && call_.request().method != "GET"; // write_conventions.cpp
    auto it = std::ranges::find(known, name, &parameter::name);
    if (!common && it == known.end())
      wrong(name, "unknown_parameter", "This operation has no such parameter.");
    else if ((common || !it->many) && std::ranges::find(seen, name) != seen.end())
      wrong(name, "repeated", "Given more than once, and it is no list.");
    seen.push_back(name);
  }
  if (!violations_.empty())
    return error{errc::invalid, "The query parameters are not valid.", std::move(violations_), {}, {}};
  return cursor_error_;
}

std::vector<parameter> list_parameters(std::vector<parameter> more) {
  std::vector<parameter> all{{"limit", "How many rows at most. More than 200 is taken for 200.",
                              R"({"type":"integer","minimum":1,"default":50})", false},
                             {"cursor", "`next_cursor` of the page before. The other parameters must be the same.",
                              R"({"type":"string","minLength":1})", false}};
  std::move(more.begin(), more.end(), std::back_inserter(all));
  return all;
}

parameter ids_parameter(std::string_view prefix, std::string name, std::string doc) {
  auto one = core::describe_id(prefix);
  return {std::move(name), std::move(doc),
          R"({"type":"array","minItems":1,"maxItems":200,"items":{"type":"string","pattern":")" + one.pattern +
              R"("}})",
          true};
}

parameter time_parameter(std::string name, std::string doc) {
  parameter p{std::move(name), std::move(doc), {}};
  p.type = core::instant()->info();
  return p;
}

} // namespace gochron::http
