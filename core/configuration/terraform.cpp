#include "core/configuration/terraform.hpp"

#include <algorithm>

#include "core/configuration/entries.hpp"
#include "core/configuration/terraform_values.hpp"
#include "core/names.hpp"
#include "core/schema/resources.hpp"
#include "core/schema/schedule.hpp"

namespace gochron::core {
namespace {

constexpr std::string_view head =
    R"(# Made by gochron. `terraform plan` imports what is here and changes nothing. Secrets are not in here: give each variable
# the value that is in force (TF_VAR_<name>). The import blocks may go once they are applied.

terraform {
  required_version = ">= 1.11.0"
  required_providers {
    gochron = {
      source = "gochron/gochron"
    }
  }
}
)";

// One resource before it is written.
struct piece {
  std::string type, id, name, import_id;
  std::string wanted; ///< what it would like to be called
};

class terraform_writer {
public:
  std::string take() && { return std::string{head} + variables_.blocks + resources_; }

  void name(piece& x) {
    x.name = names_[x.type].pick(x.wanted, x.type.substr(x.type.find('_') + 1));
    addresses_.emplace(x.id, x.type + "." + x.name);
  }

  /// `f` writes the arguments.
  template <class F>
  void write(const piece& x, F f) {
    hcl_body body;
    f(body);
    resources_ += "\nresource \"" + x.type + "\" \"" + x.name + "\" {\n" + body.at(2) + "}\n";
    hcl_body import;
    import.put("to", x.type + "." + x.name);
    import.put("id", hcl_text(x.import_id));
    resources_ += "\nimport {\n" + import.at(2) + "}\n";
  }

  void attributes(hcl_body& to, const type_info& of, const json_value& shown, const json_value& whole, const piece& x) {
    write_attributes(to, of, shown, whole, x.type.substr(x.type.find('_') + 1) + " " + x.name, 2, context_, at_root);
  }

  const terraform_addresses& addresses() const { return addresses_; }

private:
  std::map<std::string, hcl_names> names_;
  terraform_addresses addresses_;
  terraform_variables variables_;
  terraform_context context_{addresses_, variables_};
  std::string resources_;
};

std::string_view singular(keyed_noun x) {
  constexpr std::string_view names[] = {"monitor",        "channel",           "alert_rule",
                                        "schedule",       "escalation_policy", "maintenance_window",
                                        "contact_method", "notification_rule", "team"}; // in the order of keyed_noun
  return names[static_cast<std::size_t>(x)];
}

// A channel's type has a resource of its own.
template <class Section, class Record>
std::string type_of(const Section& of, const Record& x) {
  auto type = "gochron_" + std::string{singular(of.noun)};
  if constexpr (std::is_same_v<Record, channel_record>)
    type += "_" + std::string{name_of(x.spec.type())};
  return type;
}

template <class Spec>
std::string called(const Spec& x) {
  if (x.key)
    return *x.key;
  if constexpr (requires { x.name; })
    return x.name;
  else
    return "";
}

template <class Section>
auto in_order(const Section& of, const configuration& x) {
  std::vector<const typename Section::record*> rows;
  for (const auto& row : x.*of.rows)
    rows.push_back(&row);
  std::ranges::sort(rows, {}, [](const auto* row) {
    return std::pair{!row->spec.key.has_value(), row->spec.key ? *row->spec.key : row->id.str()};
  });
  return rows;
}

// What stands in the object of its type stands among the others.
void write_channel(terraform_writer& w, hcl_body& to, const type_info& of, const json_value& shown,
                   const json_value& whole, const piece& x, std::string_view kind) {
  type_info flat;
  flat.kind = json_kind::object;
  auto spread = [&](const json_value& from) {
    auto members = *from.as<json_object>();
    const auto* inner = from.find(kind);
    if (const auto* more = inner ? inner->as<json_object>() : nullptr) {
      auto copy = *more;
      std::ranges::move(copy, std::back_inserter(members));
    }
    return json_value{std::move(members)};
  };
  for (const auto& p : of.properties)
    if (p.tag.empty() && p.name != "type")
      flat.properties.push_back(p);
  for (const auto& p : of.properties)
    if (p.tag == kind)
      flat.properties.insert(flat.properties.end(), p.type->properties.begin(), p.type->properties.end());
  w.attributes(to, flat, spread(shown), spread(whole), x);
}

template <class Section, class Record>
void write_row(terraform_writer& w, const Section& of, const Record& row, const piece& x) {
  auto shown = entry_of(of, x.id, row.spec, {}, audience::api);
  auto whole = entry_of(of, x.id, row.spec, {}, audience::whole);
  auto info = of.schema()->info();
  w.write(x, [&](hcl_body& body) {
    if constexpr (std::is_same_v<Record, channel_record>)
      write_channel(w, body, *info, shown, whole, x, name_of(row.spec.type()));
    else
      w.attributes(body, *info, shown, whole, x);
  });
}

template <class T>
json_value shown(const object_schema<T>& schema, const T& x) {
  json_writer w;
  schema.write(x, w, {});
  return *parse_json(w.view(), own_limits);
}

} // namespace

std::string export_terraform(const configuration& x, const terraform_extras& more) {
  terraform_writer w;
  std::vector<piece> pieces;
  for (const auto& user : more.users)
    pieces.push_back({"gochron_user", user.id.str(), "", user.id.str(), user.spec.name});
  for_each_section([&](const auto& of) {
    for (const auto* row : in_order(of, x))
      pieces.push_back({type_of(of, *row), row->id.str(), "", row->id.str(), called(row->spec)});
  });
  for (const auto& one : more.overrides)
    pieces.push_back({"gochron_schedule_override", one.id.str(), "", one.of.str() + "/" + one.id.str(),
                      one.reason.value_or(std::string{name_of(one.kind)})});
  for (auto& one : pieces)
    w.name(one);
  auto next = pieces.begin();
  for (const auto& user : more.users) {
    const auto& one = *next++;
    w.write(one, [&](hcl_body& body) {
      auto entry = shown(*user_spec_schema(), user.spec);
      w.attributes(body, *user_spec_schema()->info(), entry, entry, one);
    });
  }
  for_each_section([&](const auto& of) {
    for (const auto* row : in_order(of, x))
      write_row(w, of, *row, *next++);
  });
  for (const auto& override : more.overrides) {
    const auto& one = *next++;
    w.write(one, [&](hcl_body& body) {
      body.put("of_schedule_id", w.addresses().at(override.of.str()) + ".id");
      auto entry = shown(*schedule_override_schema(), override);
      w.attributes(body, *override_request_schema()->info(), entry, entry, one);
    });
  }
  return std::move(w).take();
}

} // namespace gochron::core
