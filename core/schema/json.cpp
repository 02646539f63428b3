#include "core/schema/json.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include <simdjson.h>

#include "core/schema/json_error.hpp"

namespace gochron::core {
namespace {

namespace dom = simdjson::dom;

// Copies the parser's tape into values that outlive it, and refuses what the parser lets pass.
class copier {
public:
  explicit copier(const json_limits& limits) : limits_(limits) {}

  status copy(dom::element from, json_value& to, std::size_t depth) {
    if (++nodes_ > limits_.nodes)
      return fail(errc::too_large, "More than " + std::to_string(limits_.nodes) + " JSON values.");
    switch (from.type()) {
    case dom::element_type::ARRAY:
      return copy_array(from.get_array().value_unsafe(), to, depth + 1);
    case dom::element_type::OBJECT:
      return copy_object(from.get_object().value_unsafe(), to, depth + 1);
    case dom::element_type::STRING:
      return copy_text(from.get_string().value_unsafe(), to.data.emplace<std::string>());
    case dom::element_type::INT64:
      to.data = from.get_int64().value_unsafe();
      break;
    case dom::element_type::UINT64:
      to.data = std::numeric_limits<std::int64_t>::max();
      break;
    case dom::element_type::DOUBLE:
      to.data = from.get_double().value_unsafe();
      break;
    case dom::element_type::BOOL:
      to.data = from.get_bool().value_unsafe();
      break;
    case dom::element_type::NULL_VALUE:
      to.data = nullptr;
      break;
    }
    return {};
  }

private:
  status check_depth(std::size_t depth) const {
    if (depth > limits_.depth)
      return fail(errc::malformed, "JSON nested deeper than " + std::to_string(limits_.depth) + " levels.");
    return {};
  }

  status copy_text(std::string_view from, std::string& to) const {
    if (from.find('\0') != std::string_view::npos)
      return fail(errc::malformed, "The character U+0000 is not accepted" + here());
    to.assign(from);
    return {};
  }

  status copy_array(dom::array from, json_value& to, std::size_t depth) {
    if (auto ok = check_depth(depth); !ok)
      return ok;
    auto& items = to.data.emplace<json_array>();
    items.reserve(std::min(from.size(), limits_.nodes));
    for (auto x : from) {
      path_.push_back({{}, items.size()});
      if (auto ok = copy(x, items.emplace_back(), depth); !ok)
        return ok;
      path_.pop_back();
    }
    return {};
  }

  status copy_object(dom::object from, json_value& to, std::size_t depth) {
    if (auto ok = check_depth(depth); !ok)
      return ok;
    auto& members = to.data.emplace<json_object>();
    members.reserve(std::min(from.size(), limits_.nodes));
    for (auto x : from) {
      auto& member = members.emplace_back();
      if (auto ok = copy_text(x.key, member.name); !ok)
        return ok;
      path_.push_back({x.key, 0});
      if (auto ok = copy(x.value, member.value, depth); !ok)
        return ok;
      path_.pop_back();
    }
    return check_distinct(from);
  }

  status check_distinct(dom::object of) const {
    std::vector<std::string_view> names; // views into the parser's own strings, which do not move
    names.reserve(of.size());
    for (auto x : of)
      names.push_back(x.key);
    std::sort(names.begin(), names.end());
    auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice == names.end())
      return {};
    return fail(errc::malformed,
                "The name \"" + std::string{twice->substr(0, 100)} + "\" occurs twice in one object" + here());
  }

  std::string here() const {
    if (path_.empty())
      return ".";
    std::string text;
    for (const auto& x : path_)
      append_pointer_token(text += '/', x.name.data() ? x.name : std::to_string(x.index));
    return ", at " + text.substr(0, 200) + ".";
  }

  /// A member's name, or without one an item's index.
  struct step {
    std::string_view name;
    std::size_t index = 0;
  };

  const json_limits& limits_;
  std::size_t nodes_ = 0;
  std::vector<step> path_;
};

} // namespace

std::string_view json_value::kind_name() const {
  constexpr std::string_view names[] = {"null",     "a boolean", "an integer", "a fractional number",
                                        "a string", "an array",  "an object"};
  return names[data.index()];
}

const json_value* json_value::find(std::string_view name) const {
  auto members = as<json_object>();
  if (!members)
    return nullptr;
  auto i = std::find_if(members->begin(), members->end(), [&](const json_member& m) { return m.name == name; });
  return i == members->end() ? nullptr : &i->value;
}

result<json_value> parse_json(std::string_view text, const json_limits& limits) {
  thread_local dom::parser parser;
  dom::element root;
  if (auto e = parser.parse(text.data(), text.size()).get(root); e != simdjson::SUCCESS)
    return fail(errc::malformed, describe_json_error(text, simdjson::error_message(e)));
  json_value value;
  if (auto ok = copier{limits}.copy(root, value, 0); !ok)
    return fail(ok.error());
  return value;
}

void append_pointer_token(std::string& to, std::string_view name) {
  for (char c : name) {
    if (c == '~')
      to += "~0";
    else if (c == '/')
      to += "~1";
    else
      to += c;
  }
}

} // namespace gochron::core
