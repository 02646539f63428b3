#pragma once
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "core/schema/json.hpp"
#include "gochron/alert_rule.hpp"
#include "gochron/channel.hpp"
#include "gochron/configuration.hpp"
#include "gochron/escalation.hpp"
#include "gochron/monitor.hpp"
#include "gochron/schedule.hpp"

/// An organisation's configuration as one document that is kept in git, and the way from what is to what it says.
///
/// The document: `{"format": 1, "channels": [...], "monitors": [...], "contact_methods": [...],
/// "notification_rules": [...], "teams": [...], "schedules": [...], "escalation_policies": [...],
/// "alert_rules": [...], "maintenance_windows": [...]}`. A resource with a key is known by it and has no id in there;
/// one without has its id. References are `key:<key>` or an
/// id likewise; users are no configuration, so they are named by their ids. So where everything has a key and
/// nobody is named, the documents of two organisations with the same configuration are the same bytes. Resources are
/// sorted by key, those without follow by id; properties are in the order of their tables; write-only ones are null.
namespace gochron::core {

std::string export_document(const configuration& x);

enum class config_action : std::uint8_t { create, update, remove };

/// One step on the way.
struct config_change {
  config_action action = config_action::create;
  keyed_noun noun = keyed_noun::monitor;
  uuid id;          ///< of what is created it is chosen already: others refer to it
  std::string name; ///< and `id_text` with prefix, for people
  std::string id_text;
  std::optional<std::string> key;
  std::int64_t version = 0; ///< present; 0: none
  std::string patch;        ///< RFC 6902, in the document's terms
  /// Unless it is removed.
  std::variant<channel_spec, monitor_spec, alert_rule_spec, schedule_spec, escalation_policy_spec,
               maintenance_window_spec, contact_method_spec, notification_rule_spec, team_spec>
      wanted;
};

struct config_plan {
  std::vector<config_change> changes; ///< in the order in which they can be made
  std::int64_t unchanged = 0;
};

struct plan_options {
  bool prune = false; ///< remove what the document does not name, in the sections that it has
  std::function<uuid()> make_id;
};

/// What the document changes. A resource is matched by key, then by id; what matches nothing is created. A write-only
/// property that is null keeps its value. Errors: `invalid` with all violations, as pointers into the document.
result<config_plan> plan_of(const configuration& present, json_value document, const plan_options& options);

} // namespace gochron::core
