#include "core/configuration/terraform_values.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "core/schema/scalars.hpp"

namespace gochron::core {
namespace {

const json_value nothing{};

const json_value& at(const json_value& x, std::string_view name) {
  const auto* member = x.find(name);
  return member ? *member : nothing;
}

const json_value& at(const json_value& x, std::size_t n) {
  const auto* items = x.as<json_array>();
  return items && n < items->size() ? (*items)[n] : nothing;
}

// A ttl is another way to write expires_at.
bool is_attribute(const property_info& p) {
  return !p.facts.read_only && p.name != "ttl_seconds";
}

// The property whose value says which of the objects beside it there is; the object says so itself.
bool is_choice(const type_info& of, std::string_view name) {
  return std::ranges::any_of(of.properties, [&](const property_info& p) { return p.tag_property == name; });
}

bool same(const type_info& of, const json_value& a, const json_value& b) {
  if (a.is_null() || b.is_null())
    return a.is_null() && b.is_null();
  if (of.kind == json_kind::object && !of.properties.empty())
    return std::ranges::all_of(of.properties, [&](const property_info& p) {
      return !is_attribute(p) || same(*p.type, at(a, p.name), at(b, p.name));
    });
  if (const auto* items = a.as<json_array>()) {
    const auto* others = b.as<json_array>();
    if (!others || others->size() != items->size())
      return false;
    for (std::size_t i = 0; i < items->size(); ++i)
      if (!same(of.items ? *of.items : of, (*items)[i], (*others)[i]))
        return false;
    return true;
  }
  auto number = [](const json_value& x) -> std::optional<double> {
    const auto* whole = x.as<std::int64_t>();
    const auto* real = x.as<double>();
    return whole ? std::optional{static_cast<double>(*whole)} : real ? std::optional{*real} : std::nullopt;
  };
  if (number(a) && number(b))
    return *number(a) == *number(b);
  const auto *text = a.as<std::string>(), *other = b.as<std::string>();
  const auto *flag = a.as<bool>(), *other_flag = b.as<bool>();
  return (text && other && *text == *other) || (flag && other_flag && *flag == *other_flag);
}

const json_value& default_of(const property_info& p, terraform_context& in) {
  if (p.default_json.empty())
    return nothing;
  auto [it, is_new] = in.defaults.try_emplace(p.default_json);
  if (is_new)
    if (auto x = parse_json(p.default_json))
      it->second = std::move(*x);
  return it->second;
}

// What a property of several types is called with this value: Terraform has an attribute for each.
std::string_view suffix_of(const type_info& of, const json_value& x) {
  if (of.any_of.size() < 2)
    return "";
  const auto* items = x.as<json_array>();
  const auto& one = items && !items->empty() ? items->front() : x;
  bool number = one.as<std::int64_t>() || one.as<double>();
  return items ? number ? "_number_list" : "_list" : number ? "_number" : "";
}

std::string render(const type_info& of, const json_value& shown, const json_value& whole, const std::string& place,
                   std::size_t indent, terraform_context& in);

// A text that happens to be an id is a text.
bool is_reference(const type_info& of) {
  static const auto suffix = describe_id("").pattern.substr(1); // of all of them, whatever the prefix
  return of.pattern.ends_with(suffix);
}

std::string scalar(const type_info& of, const json_value& x, const terraform_context& in) {
  if (const auto* text = x.as<std::string>()) {
    auto it = is_reference(of) ? in.addresses.find(*text) : in.addresses.end();
    return it == in.addresses.end() ? hcl_text(*text) : it->second + ".id";
  }
  if (const auto* whole = x.as<std::int64_t>())
    return std::to_string(*whole);
  if (const auto* real = x.as<double>())
    return fmt::format("{}", *real);
  const auto* flag = x.as<bool>();
  return flag ? *flag ? "true" : "false" : "null";
}

std::string render_array(const type_info& of, const json_array& items, const json_value& whole,
                         const std::string& place, std::size_t indent, terraform_context& in) {
  bool nested =
      std::ranges::any_of(items, [](const json_value& x) { return x.as<json_object>() || x.as<json_array>(); });
  const auto& item = of.items ? *of.items : of;
  std::string out = nested ? "[\n" : "[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto deeper = nested ? indent + 2 : indent;
    auto text = render(item, items[i], at(whole, i), fmt::format("{} {}", place, i), deeper, in);
    if (nested)
      out.append(deeper, ' ').append(text).append(",\n");
    else
      out.append(i > 0 ? ", " : "").append(text);
  }
  return (nested ? out.append(indent, ' ') : out).append("]");
}

std::string render(const type_info& of, const json_value& shown, const json_value& whole, const std::string& place,
                   std::size_t indent, terraform_context& in) {
  if (const auto* items = shown.as<json_array>())
    return render_array(of, *items, whole, place, indent, in);
  if (!shown.as<json_object>())
    return scalar(of, shown, in);
  hcl_body body;
  write_attributes(body, of, shown, whole, place, indent + 2, in);
  return body.in_braces(indent);
}

} // namespace

std::string terraform_variables::ask_for(const std::string& what) {
  auto name = names.pick(what, "secret");
  hcl_body body;
  body.put("description", hcl_text("The secret " + what + ", as it is now."));
  body.put("type", "string");
  body.put("sensitive", "true");
  body.put("ephemeral", "true");
  blocks += "\nvariable \"" + name + "\" {\n" + body.at(2) + "}\n";
  return "var." + name;
}

std::string at_root(std::string name) {
  constexpr std::array reserved{"connection", "count", "for_each", "lifecycle", "provider", "provisioner"};
  if (name == "depends_on")
    return "depends_on_ids";
  return std::ranges::find(reserved, name) == reserved.end() ? name : name + "_";
}

void write_attributes(hcl_body& to, const type_info& of, const json_value& shown, const json_value& whole,
                      const std::string& place, std::size_t indent, terraform_context& in,
                      std::string (*called)(std::string)) {
  for (const auto& p : of.properties) {
    if (!is_attribute(p) || is_choice(of, p.name))
      continue;
    const auto& value = at(shown, p.name);
    const auto& secret = at(whole, p.name);
    if (p.facts.write_only) {
      if (!secret.is_null())
        to.put(p.name + "_wo", in.variables.ask_for(place + " " + p.name));
      continue;
    }
    const auto& usual = default_of(p, in);
    if (value.is_null() && p.type->nullable && !usual.is_null())
      to.put(p.name + "_unlimited", "true");
    if (value.is_null() || (p.tag.empty() && !usual.is_null() && same(*p.type, secret, usual)))
      continue;
    auto name = p.name + std::string{suffix_of(*p.type, value)};
    to.put(called(std::move(name)), render(*p.type, value, secret, place + " " + p.name, indent, in));
  }
}

} // namespace gochron::core
