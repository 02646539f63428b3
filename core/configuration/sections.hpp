#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/configuration/configuration.hpp"
#include "core/schema/resources.hpp"

/// The table of what is in a configuration: a noun a row. Whatever refers to another noun stands behind it.
namespace gochron::core {

/// Where a resource holds ids of another section.
struct section_reference {
  std::string_view path; ///< of members, with slashes between; `*` stands for every item of an array
  std::string_view section;
  bool sorted = false;        ///< a set of ids, at `list/*`, which a document sorts by what it shows
  std::string_view type = {}; ///< only where `type` beside it says so; empty: everywhere
};

inline bool says_type(const json_object& members, std::string_view type) {
  auto it = std::ranges::find(members, std::string_view{"type"}, &json_member::name);
  const auto* said = it == members.end() ? nullptr : std::get_if<std::string>(&it->value.data);
  return said && *said == type;
}

/// Calls `f(id, pointer)` for each text at `path` in the entry, beside which `type` is, if that is given; what has
/// another shape is left to the table.
template <class F>
void for_each_reference(json_value& at, std::string_view path, const std::string& pointer, const F& f,
                        std::string_view type = {}) {
  if (path.empty()) {
    if (auto* text = std::get_if<std::string>(&at.data))
      f(*text, pointer);
    return;
  }
  auto slash = path.find('/');
  auto name = path.substr(0, slash);
  auto rest = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  if (name == "*") {
    auto* items = std::get_if<json_array>(&at.data);
    for (std::size_t i = 0; items && i < items->size(); ++i)
      for_each_reference((*items)[i], rest, pointer + '/' + std::to_string(i), f, type);
    return;
  }
  auto* members = std::get_if<json_object>(&at.data);
  auto it = members ? std::ranges::find(*members, name, &json_member::name) : json_object::iterator{};
  if (members && rest.empty() && !type.empty() && !says_type(*members, type))
    return;
  if (members && it != members->end())
    for_each_reference(it->value, rest, pointer + '/' + std::string{name}, f, type);
}

template <class Record>
struct section {
  using record = Record;
  using id = decltype(Record::id);
  using spec = decltype(Record::spec);

  std::string_view name;
  keyed_noun noun;
  std::vector<Record> configuration::*rows;
  object_ptr<spec> (*schema)();
  std::vector<section_reference> references = {};
};

inline const auto& sections() {
  static const std::tuple all{
      section<channel_record>{"channels", keyed_noun::channel, &configuration::channels, channel_spec_schema},
      section<monitor_record>{"monitors",
                              keyed_noun::monitor,
                              &configuration::monitors,
                              monitor_spec_schema,
                              {{"depends_on/*", "monitors", true}}},
      section<contact_method_record>{"contact_methods", keyed_noun::contact_method, &configuration::contact_methods,
                                     contact_method_spec_schema},
      section<notification_rule_record>{"notification_rules",
                                        keyed_noun::notification_rule,
                                        &configuration::notification_rules,
                                        notification_rule_spec_schema,
                                        {{"contact_method_id", "contact_methods"}}},
      section<team_record>{"teams", keyed_noun::team, &configuration::teams, team_spec_schema},
      section<schedule_record>{"schedules",
                               keyed_noun::schedule,
                               &configuration::schedules,
                               schedule_spec_schema,
                               {{"handoff_channel_ids/*", "channels"}}},
      section<escalation_policy_record>{"escalation_policies",
                                        keyed_noun::escalation_policy,
                                        &configuration::escalation_policies,
                                        escalation_policy_spec_schema,
                                        {{"steps/*/targets/*/id", "channels", false, "channel"},
                                         {"steps/*/targets/*/id", "schedules", false, "schedule"},
                                         {"steps/*/targets/*/id", "teams", false, "team"}}},
      section<alert_rule_record>{"alert_rules",
                                 keyed_noun::alert_rule,
                                 &configuration::alert_rules,
                                 alert_rule_spec_schema,
                                 {{"monitor_ids/*", "monitors", true},
                                  {"channel_ids/*", "channels"},
                                  {"escalation_policy_id", "escalation_policies"}}},
      section<maintenance_window_record>{"maintenance_windows",
                                         keyed_noun::maintenance_window,
                                         &configuration::maintenance_windows,
                                         maintenance_window_spec_schema,
                                         {{"monitor_ids/*", "monitors", true}}}};
  return all;
}

template <class F>
void for_each_section(F f) {
  std::apply([&](const auto&... each) { (f(each), ...); }, sections());
}

constexpr std::string_view key_mark = "key:";

/// How ids appear in a document: `key:<key>` for those that have one, otherwise as they are.
using shown_ids = std::map<std::string, std::string, std::less<>>;

template <class Spec>
std::string shown_id(const std::string& id, const Spec& spec) {
  return spec.key ? std::string{key_mark} + *spec.key : id;
}

/// One resource as the document shows it. `to`: api, or whole with what is write-only.
template <class Section>
json_value entry_of(const Section& of, const std::string& id, const typename Section::spec& spec,
                    const shown_ids& shown, audience to);

json_value& member_of(json_value& object, std::string_view name);

} // namespace gochron::core
