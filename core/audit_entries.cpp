#include "core/audit_entries.hpp"

#include <fmt/format.h>

#include "core/json_patch.hpp"
#include "core/schema/incident_documents.hpp"
#include "core/schema/read_models.hpp"
#include "core/schema/resources.hpp"
#include "core/schema/schedule.hpp"

namespace gochron::core {
namespace {

// We wrote it ourselves a moment ago.
json_value read_back(const std::string& json) {
  auto x = parse_json(json);
  return x ? std::move(*x) : json_value{nullptr};
}

template <class T>
std::string document(const object_schema<T>& schema, const T& x, audience to) {
  json_writer w;
  schema.write(x, w, {.to = to});
  return w.str();
}

// From nothing, or to nothing, the whole is replaced; of what is gone a test keeps what it was.
template <class T>
std::string patch_between(const object_schema<T>& schema, const T* before, const T* after,
                          audience compared = audience::whole, audience shown = audience::audit) {
  if (!before)
    return R"([{"op":"replace","path":"","value":)" + document(schema, *after, shown) + "}]";
  if (!after)
    return R"([{"op":"test","path":"","value":)" + document(schema, *before, shown) +
           R"(},{"op":"replace","path":"","value":null}])";
  return json_patch(read_back(document(schema, *before, compared)), read_back(document(schema, *after, compared)),
                    read_back(document(schema, *after, shown)));
}

template <class Record>
audit_entry begin_entry(const change_origin& from, audit_action what, timestamp at, audited_resource type,
                        const Record* before, const Record* after) {
  const auto& x = after ? *after : *before;
  auto entry = entry_of(from, what, at, x.org, type, x.id.str());
  if constexpr (requires { x.version; }) {
    if (before)
      entry.version_from = before->version;
    if (after)
      entry.version_to = after->version;
  }
  return entry;
}

template <class Record, class Schema>
audit_entry configured(const change_origin& from, audit_action what, timestamp at, audited_resource type,
                       const Record* before, const Record* after, const Schema& schema) {
  auto entry = begin_entry(from, what, at, type, before, after);
  entry.patch = patch_between(schema, before ? &before->spec : nullptr, after ? &after->spec : nullptr);
  return entry;
}

audit_entry entry_of_method(const change_origin& from, audit_action what, timestamp at, const channel_record* before,
                            const channel_record* after) {
  auto was = before ? std::optional{contact_method_of(*before)} : std::nullopt;
  auto is = after ? std::optional{contact_method_of(*after)} : std::nullopt;
  return configured(from, what, at, audited_resource::contact_method, was ? &*was : nullptr, is ? &*is : nullptr,
                    *contact_method_spec_schema());
}

} // namespace

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, org_id org, audited_resource type,
                     std::string id) {
  audit_entry x;
  x.id = audit_id::make(at);
  x.org = org;
  x.at = at;
  x.actor = from.who;
  if (!from.token.is_nil())
    x.token = from.token;
  x.action = what;
  x.type = type;
  x.resource = std::move(id);
  x.patch = what == audit_action::remove ? R"([{"op":"replace","path":"","value":null}])" : "[]";
  x.reason = from.reason;
  x.ip = from.ip;
  x.request_id = from.request_id;
  return x;
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const monitor_record* before,
                     const monitor_record* after) {
  return configured(from, what, at, audited_resource::monitor, before, after, *monitor_spec_schema());
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const channel_record* before,
                     const channel_record* after) {
  if ((after ? after : before)->is_personal())
    return entry_of_method(from, what, at, before, after);
  auto x = configured(from, what, at, audited_resource::channel, before, after, *channel_spec_schema());
  if (what == audit_action::roll_secret && after)
    x.patch = fmt::format(R"([{{"op":"replace","path":"/secret/value","value":null}},)"
                          R"({{"op":"replace","path":"/secret/version","value":{}}}])",
                          after->secret.version);
  return x;
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const alert_rule_record* before,
                     const alert_rule_record* after) {
  return configured(from, what, at, audited_resource::alert_rule, before, after, *alert_rule_spec_schema());
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const token_record* before,
                     const token_record* after) {
  auto x = begin_entry(from, what, at, audited_resource::token, before, after);
  x.patch = patch_between(*token_schema(), before, after);
  return x;
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const user_record* before,
                     const user_record* after) {
  return configured(from, what, at, audited_resource::user, before, after, *user_spec_schema());
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const schedule_record* before,
                     const schedule_record* after) {
  return configured(from, what, at, audited_resource::schedule, before, after, *schedule_spec_schema());
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const schedule_override* before,
                     const schedule_override* after) {
  auto x = begin_entry(from, what, at, audited_resource::schedule_override, before, after);
  x.patch = patch_between(*schedule_override_schema(), before, after, audience::api, audience::api);
  return x;
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const incident* before,
                     const incident* after) {
  auto x = begin_entry(from, what, at, audited_resource::incident, before, after);
  x.patch = patch_between(*incident_schema(), before, after, audience::api, audience::api);
  return x;
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const delivery* before,
                     const delivery* after) {
  auto x = begin_entry(from, what, at, audited_resource::delivery, before, after);
  x.patch = patch_between(*delivery_schema(), before, after, audience::api, audience::api);
  return x;
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const escalation_policy_record* before,
                     const escalation_policy_record* after) {
  return configured(from, what, at, audited_resource::escalation_policy, before, after,
                    *escalation_policy_spec_schema());
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at,
                     const maintenance_window_record* before, const maintenance_window_record* after) {
  return configured(from, what, at, audited_resource::maintenance_window, before, after,
                    *maintenance_window_spec_schema());
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const notification_rule_record* before,
                     const notification_rule_record* after) {
  return configured(from, what, at, audited_resource::notification_rule, before, after,
                    *notification_rule_spec_schema());
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const team_record* before,
                     const team_record* after) {
  return configured(from, what, at, audited_resource::team, before, after, *team_spec_schema());
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const incident_note* before,
                     const incident_note* after) {
  auto x = begin_entry(from, what, at, audited_resource::incident_note, before, after);
  x.patch = patch_between(*incident_note_schema(), before, after, audience::api, audience::api);
  return x;
}

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const postmortem* before,
                     const postmortem* after) {
  const auto& of = after ? *after : *before;
  auto x = entry_of(from, what, at, of.org, audited_resource::postmortem, of.incident.str());
  x.patch = patch_between(*postmortem_schema(), before, after, audience::api, audience::api);
  return x;
}

} // namespace gochron::core
