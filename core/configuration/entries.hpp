#pragma once
#include <algorithm>

#include "core/configuration/secrets.hpp"
#include "core/configuration/sections.hpp"

namespace gochron::core {

/// Resources of our own making: as large as they come.
constexpr json_limits own_limits{64, 1'000'000};

void show_references(json_value& entry, const section_reference& of, const shown_ids& shown);

template <class Section>
json_value entry_of(const Section& of, const std::string& id, const typename Section::spec& spec,
                    const shown_ids& shown, audience to) {
  json_writer w;
  of.schema()->write(spec, w, {.to = to});
  auto entry = *parse_json(w.view(), own_limits);
  drop_what_is_shown(*of.schema()->info(), entry);
  for (const auto& reference : of.references)
    show_references(entry, reference, shown);
  auto& members = std::get<json_object>(entry.data);
  if (!spec.key)
    members.insert(members.begin(), {"id", {id}});
  return entry;
}

} // namespace gochron::core
