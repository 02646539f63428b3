#pragma once
#include <string_view>

#include "core/schema/object.hpp"
#include "gochron/alert_rule.hpp"
#include "gochron/channel.hpp"
#include "gochron/escalation.hpp"
#include "gochron/maintenance.hpp"
#include "gochron/monitor.hpp"
#include "gochron/people.hpp"
#include "gochron/schedule.hpp"
#include "gochron/token.hpp"
#include "gochron/user.hpp"

/// The property tables of what users configure, and the three ways in which a request body becomes a spec.
namespace gochron::core {

/// The configurable part, as documents keep it.
object_ptr<monitor_spec> monitor_spec_schema();
object_ptr<channel_spec> channel_spec_schema();
object_ptr<alert_rule_spec> alert_rule_spec_schema();
object_ptr<user_spec> user_spec_schema();
object_ptr<schedule_spec> schedule_spec_schema();
object_ptr<escalation_policy_spec> escalation_policy_spec_schema();
object_ptr<maintenance_window_spec> maintenance_window_spec_schema();
object_ptr<monitor_selector> monitor_selector_schema();
object_ptr<contact_method_spec> contact_method_spec_schema();
object_ptr<notification_rule_spec> notification_rule_spec_schema();
object_ptr<team_spec> team_spec_schema();

/// The resource, as the API shows it: read-only properties around the configurable ones.
object_ptr<monitor_view> monitor_schema();
object_ptr<channel_record> channel_schema();
object_ptr<alert_rule_record> alert_rule_schema();
object_ptr<user_record> user_schema();
object_ptr<schedule_record> schedule_schema();
object_ptr<escalation_policy_record> escalation_policy_schema();
object_ptr<maintenance_window_view> maintenance_window_schema();
object_ptr<contact_method_record> contact_method_schema();
object_ptr<notification_rule_record> notification_rule_schema();
object_ptr<team_record> team_schema();
/// Its own configurable part: `name` and `expires_at` can be changed, `scopes` and `user_id` only given.
object_ptr<token_record> token_schema();

/// Whether this can be a `key`: `[a-z0-9._-]{1,100}`.
bool is_key(std::string_view x);

/// POST: what is absent takes its default. Errors here and below: `malformed`, `too_large`, or `invalid` with all
/// violations. A read-only property in a body is refused (`read_only`), whatever its value. `now`: what times in the
/// body are held against, and counted from.
template <class Spec>
result<Spec> create(std::string_view json, std::optional<timestamp> now = {});
template <class Spec>
result<Spec> create(const json_value& body, std::optional<timestamp> now = {});

/// PUT: as `create`; immutable properties must be those of `current`.
template <class Spec>
result<Spec> replace(const Spec& current, std::string_view json, std::optional<timestamp> now = {});
template <class Spec>
result<Spec> replace(const Spec& current, const json_value& body, std::optional<timestamp> now = {});

/// PATCH, RFC 7396: absent keeps (write-only properties too), null resets to the default, objects merge, arrays
/// replace.
template <class Spec>
result<Spec> merge(const Spec& current, std::string_view json, std::optional<timestamp> now = {});
template <class Spec>
result<Spec> merge(const Spec& current, const json_value& body, std::optional<timestamp> now = {});

extern template result<monitor_spec> create(std::string_view, std::optional<timestamp>);
extern template result<monitor_spec> replace(const monitor_spec&, std::string_view, std::optional<timestamp>);
extern template result<monitor_spec> merge(const monitor_spec&, std::string_view, std::optional<timestamp>);
extern template result<monitor_spec> create(const json_value&, std::optional<timestamp>);
extern template result<monitor_spec> replace(const monitor_spec&, const json_value&, std::optional<timestamp>);
extern template result<monitor_spec> merge(const monitor_spec&, const json_value&, std::optional<timestamp>);
extern template result<channel_spec> create(std::string_view, std::optional<timestamp>);
extern template result<channel_spec> replace(const channel_spec&, std::string_view, std::optional<timestamp>);
extern template result<channel_spec> merge(const channel_spec&, std::string_view, std::optional<timestamp>);
extern template result<channel_spec> create(const json_value&, std::optional<timestamp>);
extern template result<channel_spec> replace(const channel_spec&, const json_value&, std::optional<timestamp>);
extern template result<channel_spec> merge(const channel_spec&, const json_value&, std::optional<timestamp>);
extern template result<alert_rule_spec> create(std::string_view, std::optional<timestamp>);
extern template result<alert_rule_spec> replace(const alert_rule_spec&, std::string_view, std::optional<timestamp>);
extern template result<alert_rule_spec> merge(const alert_rule_spec&, std::string_view, std::optional<timestamp>);
extern template result<alert_rule_spec> create(const json_value&, std::optional<timestamp>);
extern template result<alert_rule_spec> replace(const alert_rule_spec&, const json_value&, std::optional<timestamp>);
extern template result<alert_rule_spec> merge(const alert_rule_spec&, const json_value&, std::optional<timestamp>);
extern template result<user_spec> create(std::string_view, std::optional<timestamp>);
extern template result<user_spec> replace(const user_spec&, std::string_view, std::optional<timestamp>);
extern template result<user_spec> merge(const user_spec&, std::string_view, std::optional<timestamp>);
extern template result<schedule_spec> create(std::string_view, std::optional<timestamp>);
extern template result<schedule_spec> replace(const schedule_spec&, std::string_view, std::optional<timestamp>);
extern template result<schedule_spec> merge(const schedule_spec&, std::string_view, std::optional<timestamp>);
extern template result<schedule_spec> create(const json_value&, std::optional<timestamp>);
extern template result<schedule_spec> replace(const schedule_spec&, const json_value&, std::optional<timestamp>);
extern template result<schedule_spec> merge(const schedule_spec&, const json_value&, std::optional<timestamp>);
extern template result<token_record> merge(const token_record&, std::string_view, std::optional<timestamp>);
extern template result<escalation_policy_spec> create(std::string_view, std::optional<timestamp>);
extern template result<escalation_policy_spec> replace(const escalation_policy_spec&, std::string_view,
                                                       std::optional<timestamp>);
extern template result<escalation_policy_spec> merge(const escalation_policy_spec&, std::string_view,
                                                     std::optional<timestamp>);
extern template result<escalation_policy_spec> create(const json_value&, std::optional<timestamp>);
extern template result<escalation_policy_spec> replace(const escalation_policy_spec&, const json_value&,
                                                       std::optional<timestamp>);
extern template result<escalation_policy_spec> merge(const escalation_policy_spec&, const json_value&,
                                                     std::optional<timestamp>);
extern template result<maintenance_window_spec> create(std::string_view, std::optional<timestamp>);
extern template result<maintenance_window_spec> replace(const maintenance_window_spec&, std::string_view,
                                                        std::optional<timestamp>);
extern template result<maintenance_window_spec> merge(const maintenance_window_spec&, std::string_view,
                                                      std::optional<timestamp>);
extern template result<maintenance_window_spec> create(const json_value&, std::optional<timestamp>);
extern template result<maintenance_window_spec> replace(const maintenance_window_spec&, const json_value&,
                                                        std::optional<timestamp>);
extern template result<maintenance_window_spec> merge(const maintenance_window_spec&, const json_value&,
                                                      std::optional<timestamp>);
extern template result<contact_method_spec> create(std::string_view, std::optional<timestamp>);
extern template result<contact_method_spec> replace(const contact_method_spec&, std::string_view,
                                                    std::optional<timestamp>);
extern template result<contact_method_spec> merge(const contact_method_spec&, std::string_view,
                                                  std::optional<timestamp>);
extern template result<contact_method_spec> create(const json_value&, std::optional<timestamp>);
extern template result<contact_method_spec> replace(const contact_method_spec&, const json_value&,
                                                    std::optional<timestamp>);
extern template result<contact_method_spec> merge(const contact_method_spec&, const json_value&,
                                                  std::optional<timestamp>);
extern template result<notification_rule_spec> create(std::string_view, std::optional<timestamp>);
extern template result<notification_rule_spec> replace(const notification_rule_spec&, std::string_view,
                                                       std::optional<timestamp>);
extern template result<notification_rule_spec> merge(const notification_rule_spec&, std::string_view,
                                                     std::optional<timestamp>);
extern template result<notification_rule_spec> create(const json_value&, std::optional<timestamp>);
extern template result<notification_rule_spec> replace(const notification_rule_spec&, const json_value&,
                                                       std::optional<timestamp>);
extern template result<notification_rule_spec> merge(const notification_rule_spec&, const json_value&,
                                                     std::optional<timestamp>);
extern template result<team_spec> create(std::string_view, std::optional<timestamp>);
extern template result<team_spec> replace(const team_spec&, std::string_view, std::optional<timestamp>);
extern template result<team_spec> merge(const team_spec&, std::string_view, std::optional<timestamp>);
extern template result<team_spec> create(const json_value&, std::optional<timestamp>);
extern template result<team_spec> replace(const team_spec&, const json_value&, std::optional<timestamp>);
extern template result<team_spec> merge(const team_spec&, const json_value&, std::optional<timestamp>);

} // namespace gochron::core
