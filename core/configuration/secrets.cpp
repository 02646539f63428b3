#include "core/configuration/secrets.hpp"

#include "core/configuration/sections.hpp"

namespace gochron::core {

void keep_secrets(const type_info& of, json_value& document, const json_value& now) {
  if (!document.as<json_object>() || !now.as<json_object>())
    return;
  for (const auto& p : of.properties) {
    const auto* before = now.find(p.name);
    const auto* given = document.find(p.name);
    if (!before || before->is_null())
      continue;
    if (p.facts.write_only && (!given || given->is_null()))
      member_of(document, p.name) = *before;
    else if (given)
      keep_secrets(*p.type, member_of(document, p.name), *before);
  }
}

void drop_what_is_shown(const type_info& of, json_value& document) {
  auto* members = std::get_if<json_object>(&document.data);
  if (!members)
    return;
  for (const auto& p : of.properties) {
    if (p.facts.read_only)
      std::erase_if(*members, [&p](const json_member& m) { return m.name == p.name; });
    else if (document.find(p.name))
      drop_what_is_shown(*p.type, member_of(document, p.name));
  }
}

} // namespace gochron::core
