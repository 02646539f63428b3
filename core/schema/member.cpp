#include "core/schema/member.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/schema/nearest.hpp"

namespace gochron::core {

member_plan plan_of(const property_info& x, audience to) {
  switch (to) {
  case audience::api:
    return x.facts.write_only ? member_plan::null : member_plan::direct;
  case audience::plain:
  case audience::whole:
    if (x.facts.read_only || (x.facts.sealed && to == audience::plain))
      return member_plan::skip;
    return x.tag.empty() ? member_plan::direct : member_plan::unless_empty;
  case audience::audit:
    if (x.facts.read_only)
      return member_plan::skip;
    if (x.facts.sealed || x.facts.write_only)
      return member_plan::null;
    return x.tag.empty() ? member_plan::direct : member_plan::unless_empty;
  case audience::sealed:
    if (x.facts.sealed)
      return member_plan::unless_default;
    return x.type->kind == json_kind::object && !x.facts.read_only ? member_plan::unless_empty : member_plan::skip;
  }
  return member_plan::skip;
}

bool adds_nothing(member_plan plan, std::string_view json, std::string_view default_json) {
  return plan == member_plan::unless_default ? json == default_json : json == "{}" || json == "null";
}

void refuse_unknown(const json_object& members, const std::vector<property_info>& known, reader& r) {
  for (const auto& m : members) {
    if (r.count() >= reader::max_violations)
      return; // looking for neighbours is the dearest part of a refusal
    if (std::any_of(known.begin(), known.end(), [&](const property_info& p) { return p.name == m.name; }))
      continue;
    std::vector<std::string_view> names;
    for (const auto& p : known)
      if (!p.facts.read_only)
        names.push_back(p.name);
    auto near = nearest(m.name, names);
    r.fail("unknown_property",
           near ? fmt::format("No such property. Did you mean \"{}\"?", *near) : "No such property.", m.name);
  }
}

member_state examine(const property_info& x, const json_value* given, reader& r) {
  if (x.facts.read_only) {
    if (given)
      r.fail("read_only", "Cannot be set.");
    return member_state::done;
  }
  bool patch = r.mode() == read_mode::patch;
  if (!given) {
    if (x.facts.required && !patch && !r.trusted()) {
      r.fail("required", "Must be given.");
      return member_state::done;
    }
    return member_state::absent;
  }
  if (!given->is_null() || x.type->nullable)
    return member_state::use;
  if (patch && !x.facts.required)
    return member_state::reset;
  r.fail(x.facts.required ? "required" : "wrong_type", "Must not be null.");
  return member_state::done;
}

} // namespace gochron::core
