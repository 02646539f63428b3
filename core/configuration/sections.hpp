#pragma once
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/configuration/configuration.hpp"
#include "core/schema/resources.hpp"

/// The table of what is in a configuration: a noun a row. Whatever refers to another noun stands behind it.
namespace gochron::core {

/// A property with ids of another section.
struct section_reference {
  std::string_view property;
  std::string_view section;
  bool ordered; ///< otherwise a set, which a document sorts by what it shows
};

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
      section<monitor_record>{"monitors", keyed_noun::monitor, &configuration::monitors, monitor_spec_schema},
      section<alert_rule_record>{"alert_rules",
                                 keyed_noun::alert_rule,
                                 &configuration::alert_rules,
                                 alert_rule_spec_schema,
                                 {{"monitor_ids", "monitors", false}, {"channel_ids", "channels", true}}},
      section<schedule_record>{"schedules", keyed_noun::schedule, &configuration::schedules, schedule_spec_schema}};
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
