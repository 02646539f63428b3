#pragma once
#include "gochron/alert_rule.hpp"
#include "gochron/change.hpp"
#include "gochron/channel.hpp"
#include "gochron/escalation.hpp"
#include "gochron/incident.hpp"
#include "gochron/incident_documents.hpp"
#include "gochron/maintenance.hpp"
#include "gochron/monitor.hpp"
#include "gochron/people.hpp"
#include "gochron/schedule.hpp"
#include "gochron/user.hpp"

/// What the audit log says of a change. `before` is null for what is new, `after` for what is gone. The patch is
/// between the configurable parts as the API shows them; what is sealed or write-only is in it as null.
namespace gochron::core {

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const monitor_record* before,
                     const monitor_record* after);
/// Of a contact method, too. `audit_action::roll_secret` shows the secret's new version.
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const channel_record* before,
                     const channel_record* after);
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const alert_rule_record* before,
                     const alert_rule_record* after);
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const token_record* before,
                     const token_record* after);
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const user_record* before,
                     const user_record* after);
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const schedule_record* before,
                     const schedule_record* after);
/// The patch is between all that the API shows.
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const schedule_override* before,
                     const schedule_override* after);
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const incident* before,
                     const incident* after);
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const delivery* before,
                     const delivery* after);
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const escalation_policy_record* before,
                     const escalation_policy_record* after);
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const notification_rule_record* before,
                     const notification_rule_record* after);
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const team_record* before,
                     const team_record* after);

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at,
                     const maintenance_window_record* before, const maintenance_window_record* after);

audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const incident_note* before,
                     const incident_note* after);
/// Its resource is the incident.
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, const postmortem* before,
                     const postmortem* after);

/// Of a resource of which no more is known than its id.
audit_entry entry_of(const change_origin& from, audit_action what, timestamp at, org_id org, audited_resource type,
                     std::string id);

} // namespace gochron::core
