#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gochron/change.hpp"
#include "gochron/incident.hpp"
#include "gochron/incident_messages.hpp"
#include "gochron/organization.hpp"
#include "gochron/people.hpp"
#include "gochron/reply.hpp"
#include "gochron/schedule.hpp"
#include "gochron/token.hpp"
#include "gochron/user.hpp"

/// What the REST layer says to the actors. Each message carries the place for its answer. Every one names the
/// organisation of the caller: an id of another organisation is answered `not_found`. Those that write say in `by`
/// where they come from; a dry one is checked like any other, has no effect, and is answered with anything.
namespace gochron {

/// Turns the present spec into the wanted one, or says what is wrong. Run by the actor that owns the spec, so two edits
/// never overlap. Must be pure.
template <class Spec>
using edit_of = std::function<result<Spec>(const Spec&)>;

/// Where a write goes that takes effect together with others (gochron/together.hpp); null in a message: to the stores.
class write_part;
using part_ptr = std::shared_ptr<write_part>;

// -- monitors ---------------------------------------------------------------------------------------------------------

/// Errors: `conflict` (the key is taken), `busy`, `unavailable`.
struct create_monitor {
  org_id org;
  monitor_spec spec;
  written_by<monitor_view> by;
  reply_to<monitor_view> reply;
  part_ptr into = {};
  monitor_id id = {}; ///< chosen already, since others refer to it; nil: not yet
};

struct get_monitor {
  org_id org;
  monitor_id id;
  reply_to<monitor_view> reply;
};

/// PUT, PATCH, pause and resume. An edit that changes nothing answers the present view and keeps the version.
/// Errors: those of `edit`, `stale` unless the version is `if_version` (when given), and those of create.
struct edit_monitor {
  org_id org;
  monitor_id id;
  std::optional<std::int64_t> if_version;
  edit_of<monitor_spec> edit;
  written_by<monitor_view> by;
  reply_to<monitor_view> reply;
  part_ptr into = {};
};

/// Resolves an open incident first. Errors: `stale`, `conflict` with `blocked_by` while a rule names the monitor.
struct remove_monitor {
  org_id org;
  monitor_id id;
  std::optional<std::int64_t> if_version;
  written_by<void> by;
  reply_to<void> reply;
  part_ptr into = {};
};

/// One round now, outside the phase; it counts like any other. Errors: `stale`, `conflict` for a heartbeat or a paused
/// monitor.
struct run_monitor {
  org_id org;
  monitor_id id;
  std::optional<std::int64_t> if_version;
  bool dry = false; ///< only says whether it may run
  reply_to<check_result> reply;
};

/// One attempt at a check, now and from here: of a monitor as it stands, or of a configuration that is none yet.
/// Nothing is stored and nothing follows from it. Errors: `stale`, `conflict` for a heartbeat; `busy` while the
/// organisation has as many under way as it may.
struct test_monitor {
  org_id org;
  std::variant<monitor_id, std::shared_ptr<const monitor_spec>> what;
  std::optional<std::int64_t> if_version; ///< of a monitor
  bool dry = false;                       ///< only says whether it may be made
  reply_to<check_outcome> reply;
};

/// Begins again from `pending`: resolves an open incident, forgets what was being confirmed; a heartbeat waits for its
/// next ping from now on. History stays. A quarantined monitor is taken up again. Errors: `stale`, `conflict` while
/// paused.
struct reset_monitor {
  org_id org;
  monitor_id id;
  std::optional<std::int64_t> if_version;
  written_by<monitor_view> by;
  reply_to<monitor_view> reply;
};

/// How a wait for a status ended.
struct status_wait {
  bool satisfied = false; ///< false: the time was over
  milliseconds waited{0};
  monitor_view monitor; ///< as it was then
};

/// Answered when the status has been one of `statuses` for `stable`, or after `timeout`: actors/monitor_waits.cpp says
/// what counts. Errors: `not_found`, also when it is deleted meanwhile; `busy` when too many wait; `unavailable` when
/// the engine stops.
struct wait_for_status {
  org_id org;
  monitor_id id;
  std::vector<monitor_status> statuses;
  seconds stable{0};
  seconds timeout{0};
  reply_to<status_wait> reply;
};

enum class ping_kind : std::uint8_t { success, start, fail, log, exit };

/// A signal from a job. `body` is already cut to what http accepts; the monitor cuts it to its max_body_bytes.
struct ping {
  ping_kind kind = ping_kind::success;
  std::uint8_t exit_code = 0; ///< for ping_kind::exit
  std::string run_id;         ///< `rid`, or empty
  std::string body;
  bool is_post = false;
  timestamp received_at{};
  std::string remote_ip;
};

enum class incident_verb : std::uint8_t {
  acknowledge,
  resolve,
  unacknowledge,
  escalate,
  reopen,   ///< of a resolved one: triggered again, its escalations begun anew
  snooze,   ///< until `until` its escalations stand still; then it is triggered again
  merge,    ///< resolved into `into`, which is open
  change,   ///< its title and severity
  reassign, ///< triggered again, and climbing `policy` from its first step, or telling `users` alone
};

/// To the monitor that owns the incident. Errors: `conflict` when it is already resolved (acknowledging twice is no
/// error and changes nothing, nor is taking back an acknowledgement that is not there), to escalate it, when no
/// escalation of it has a further step, to reassign it to users, when it has no escalation, to reopen it, when it is
/// open, was resolved too long ago, or there is no room; `not_found`; `invalid` to reassign it to no policy of ours.
struct handle_incident {
  org_id org;
  monitor_id monitor;
  incident_id id;
  incident_verb verb = incident_verb::acknowledge;
  std::string note;
  written_by<incident> by;
  reply_to<incident> reply;
  std::optional<timestamp> as_of = {}; ///< to escalate: only what has not moved since; unset: whatever runs
  std::optional<timestamp> until = {};
  std::shared_ptr<const incident> into = {};
  std::optional<std::string> title = {};
  std::optional<gochron::severity> severity = {};
  std::optional<policy_id> policy = {}; ///< to reassign: to this policy, or to `users`
  std::vector<paged_user> users = {};
};

/// A line for an incident's timeline, of its escalation.
struct escalation_line {
  timeline_kind kind = timeline_kind::escalated;
  std::string message;
};

/// What a policy's actor has decided about an escalation, whose channels are to be told.
struct escalation_move {
  escalation after; ///< the row as it is to be
  std::vector<channel_id> channels;
  std::vector<escalation_line> lines;
  bool unacknowledges = false;         ///< the incident becomes triggered again
  std::vector<paged_user> people = {}; ///< who is told by these channels, or soon
};

struct escalation_answer {
  bool taken = false;            ///< the move is durable
  std::optional<escalation> now; ///< the row as it is; unset: it is over
};

/// From a policy's actor to the monitor that owns the incident: taken when the row still has the version before that
/// of `move.after`.
struct escalate_incident {
  org_id org;
  monitor_id monitor;
  std::shared_ptr<const escalation_move> move;
  reply_to<escalation_answer> reply;
};

// -- channels ---------------------------------------------------------------------------------------------------------

/// Which of the two a message about a channel means: what is the other one is `not_found`.
enum class channel_noun : std::uint8_t { channel, contact_method };

/// The answers to create and roll are the only ones that carry secrets in the clear.
struct create_channel {
  org_id org;
  channel_spec spec;
  written_by<channel_record> by;
  reply_to<channel_record> reply;
  part_ptr into = {};
  channel_id id = {}; ///< chosen already, since others refer to it; nil: not yet
};

struct get_channel {
  org_id org;
  channel_id id;
  reply_to<channel_record> reply;
  channel_noun as = channel_noun::channel;
};

/// An edit of a channel that we disabled enables it again.
struct edit_channel {
  org_id org;
  channel_id id;
  std::optional<std::int64_t> if_version;
  edit_of<channel_spec> edit;
  written_by<channel_record> by;
  reply_to<channel_record> reply;
  part_ptr into = {};
  channel_noun as = channel_noun::channel;
};

struct remove_channel {
  org_id org;
  channel_id id;
  std::optional<std::int64_t> if_version;
  written_by<void> by;
  reply_to<void> reply;
  part_ptr into = {};
  channel_noun as = channel_noun::channel;
};

/// Errors: `stale`.
struct roll_secret {
  org_id org;
  channel_id id;
  std::optional<std::int64_t> if_version;
  seconds overlap{86400};
  written_by<channel_record> by;
  reply_to<channel_record> reply;
};

/// A new capability in the URL of a heartbeat or a manual monitor; the present one is good for `overlap` more, the one
/// before that no longer. Errors: `stale`, `conflict` for a monitor that has no such URL.
struct rotate_url {
  org_id org;
  monitor_id id;
  std::optional<std::int64_t> if_version;
  seconds overlap{86400};
  written_by<monitor_view> by;
  reply_to<monitor_view> reply;
};

/// One attempt with a sample event, never retried. A success enables a channel that we disabled. Errors: `stale`,
/// `conflict` for a contact method that is not verified.
struct test_channel {
  org_id org;
  channel_id id;
  std::optional<std::int64_t> if_version;
  bool dry = false; ///< only says whether there is such a channel with room for a test
  reply_to<delivery_attempt> reply;
  channel_noun as = channel_noun::channel;
};

/// Errors: `conflict` while the delivery is pending or the channel is not enabled.
struct redeliver {
  org_id org;
  channel_id channel;
  delivery_id id;
  std::shared_ptr<const delivery> seen; ///< as it was when this was asked for; `conflict` when it is no longer so
  written_by<delivery> by;
  reply_to<delivery> reply;
};

// -- rules and tokens -------------------------------------------------------------------------------------------------

struct create_rule {
  org_id org;
  alert_rule_spec spec;
  written_by<alert_rule_record> by;
  reply_to<alert_rule_record> reply;
  part_ptr into = {};
  rule_id id = {}; ///< chosen already, since others refer to it; nil: not yet
};

struct get_rule {
  org_id org;
  rule_id id;
  reply_to<alert_rule_record> reply;
};

struct edit_rule {
  org_id org;
  rule_id id;
  std::optional<std::int64_t> if_version;
  edit_of<alert_rule_spec> edit;
  written_by<alert_rule_record> by;
  reply_to<alert_rule_record> reply;
  part_ptr into = {};
};

struct remove_rule {
  org_id org;
  rule_id id;
  std::optional<std::int64_t> if_version;
  written_by<void> by;
  reply_to<void> reply;
  part_ptr into = {};
};

struct created_token {
  token_record record;
  std::string secret; ///< shown once
};

struct create_token {
  org_id org;
  std::string name;
  std::vector<std::string> scopes;
  std::optional<timestamp> expires_at;
  std::optional<user_id> user;
  written_by<created_token> by;
  reply_to<created_token> reply;
};

/// Changes its name and when it expires; the rest of what `edit` makes is not looked at.
struct edit_token {
  org_id org;
  token_id id;
  std::optional<std::int64_t> if_version;
  edit_of<token_record> edit;
  written_by<token_record> by;
  reply_to<token_record> reply;
};

/// A new secret; the present one lets in for `overlap` more, and the one before it no longer.
struct rotate_token {
  org_id org;
  token_id id;
  std::optional<std::int64_t> if_version;
  seconds overlap{0};
  std::function<status(const token_record&)> may; ///< what the caller may not rotate is refused by this
  written_by<created_token> by;
  reply_to<created_token> reply;
};

/// Revokes: no request that starts after the answer is let in by this token.
struct remove_token {
  org_id org;
  token_id id;
  std::optional<std::int64_t> if_version;
  written_by<void> by;
  reply_to<void> reply;
};

// -- escalation policies ----------------------------------------------------------------------------------------------

struct create_policy {
  org_id org;
  escalation_policy_spec spec;
  written_by<escalation_policy_record> by;
  reply_to<escalation_policy_record> reply;
  part_ptr into = {};
  policy_id id = {}; ///< chosen already, since others refer to it; nil: not yet
};

struct get_policy {
  org_id org;
  policy_id id;
  reply_to<escalation_policy_record> reply;
};

struct edit_policy {
  org_id org;
  policy_id id;
  std::optional<std::int64_t> if_version;
  edit_of<escalation_policy_spec> edit;
  written_by<escalation_policy_record> by;
  reply_to<escalation_policy_record> reply;
  part_ptr into = {};
};

/// Errors: `conflict` with `blocked_by` while a rule names it or an open incident escalates by it.
struct remove_policy {
  org_id org;
  policy_id id;
  std::optional<std::int64_t> if_version;
  written_by<void> by;
  reply_to<void> reply;
  part_ptr into = {};
};

/// Somebody that a step tells.
struct escalation_recipient {
  escalation_target target;              ///< as the step names it
  std::optional<channel_id> channel;     ///< unset: it cannot be told
  std::optional<user_id> user = {};      ///< whose contact method `channel` is, or who has none that can be used
  std::optional<channel_type> type = {}; ///< of `channel`
  timestamp at{};                        ///< when, if ever
  std::string name = {};                 ///< of what `target` names; empty: it is gone
  std::string user_name = {};            ///< of `user`
};

/// A step at an instant.
struct escalation_call {
  timestamp at{};
  escalation_place place;
  std::vector<escalation_recipient> recipients;
};

/// What would happen to an incident that opens at `at` and that nobody takes.
struct escalation_forecast {
  policy_id policy;
  timestamp at{};
  std::vector<escalation_call> calls;    ///< in the order of their times
  std::optional<timestamp> exhausted_at; ///< unset: it goes on, or `truncated`
  bool truncated = false;                ///< there is more than was asked for
  std::string policy_name = {};
};

/// `steps`: whom each step would tell at that instant, in place of what would happen from it on.
struct forecast_policy {
  org_id org;
  policy_id id;
  timestamp at{};
  bool steps = false;
  reply_to<escalation_forecast> reply;
  gochron::urgency urgency = gochron::urgency::high;
};

// -- users and organisations ------------------------------------------------------------------------------------------

/// Errors: `conflict` (the email is taken), `limit_exceeded`.
struct create_user {
  org_id org;
  user_spec spec;
  written_by<user_record> by;
  reply_to<user_record> reply;
};

/// A new role is in force with the answer. Errors: `conflict` (the email is taken, or the last owner is to be less).
struct edit_user {
  org_id org;
  user_id id;
  std::optional<std::int64_t> if_version;
  edit_of<user_spec> edit;
  written_by<user_record> by;
  reply_to<user_record> reply;
};

/// Revokes their tokens, too. Errors: `conflict` (the last owner).
struct remove_user {
  org_id org;
  user_id id;
  std::optional<std::int64_t> if_version;
  std::function<status(const user_record&)> may; ///< what the caller may not remove is refused by this
  written_by<void> by;
  reply_to<void> reply;
};

// -- schedules --------------------------------------------------------------------------------------------------------

/// Errors: `conflict` (the key is taken), `invalid` with a pointer for each user that is not there, `limit_exceeded`.
struct create_schedule {
  org_id org;
  schedule_spec spec;
  written_by<schedule_record> by;
  reply_to<schedule_record> reply;
  part_ptr into = {};
  schedule_id id = {}; ///< chosen already, since others refer to it; nil: not yet
};

struct get_schedule {
  org_id org;
  schedule_id id;
  reply_to<schedule_record> reply;
};

/// An edit of the zone or the layers begins a revision: what was before it stays as it was.
struct edit_schedule {
  org_id org;
  schedule_id id;
  std::optional<std::int64_t> if_version;
  edit_of<schedule_spec> edit;
  written_by<schedule_record> by;
  reply_to<schedule_record> reply;
  part_ptr into = {};
};

/// With its overrides and its past. Errors: `conflict` with `blocked_by` while another schedule's override names it.
struct remove_schedule {
  org_id org;
  schedule_id id;
  std::optional<std::int64_t> if_version;
  written_by<void> by;
  reply_to<void> reply;
  part_ptr into = {};
};

/// Errors: `invalid` with a pointer for whatever it names that is not there, and `limit_exceeded`.
struct create_override {
  schedule_override wanted; ///< without id and created_at
  written_by<schedule_override> by;
  reply_to<schedule_override> reply;
};

/// One that is under way ends now, one that has not begun goes. Errors: `conflict` when it is over.
struct remove_override {
  org_id org;
  schedule_id of;
  override_id id;
  written_by<void> by;
  reply_to<void> reply;
};

/// `edit` makes the wanted one of the present one. Who was on call by it until now stays so: where that changes of one
/// under way, the part that is over is kept as an override of its own, and it begins now. Errors: `conflict` when it is
/// over, `invalid` as for create_override.
struct edit_override {
  org_id org;
  schedule_id of;
  override_id id;
  std::function<result<schedule_override>(const schedule_override& now, timestamp at)> edit;
  written_by<schedule_override> by;
  reply_to<schedule_override> reply;
};

/// A new secret of its calendar feed; the one before is good no longer.
struct rotate_feed {
  org_id org;
  schedule_id id;
  written_by<schedule_feed> by;
  reply_to<schedule_feed> reply;
};

/// Errors: `not_found` when there is no feed, too.
struct revoke_feed {
  org_id org;
  schedule_id id;
  written_by<void> by;
  reply_to<void> reply;
};

/// A new secret of the calendar feed of all their shifts; the one before is good no longer.
struct rotate_user_feed {
  org_id org;
  user_id id;
  written_by<schedule_feed> by;
  reply_to<schedule_feed> reply;
};

/// Errors: `not_found` when there is no feed, too.
struct revoke_user_feed {
  org_id org;
  user_id id;
  written_by<void> by;
  reply_to<void> reply;
};

/// `by_org` is the operator's organisation, in whose audit log it stands. Errors: `invalid` (no such plan).
struct create_organization {
  org_id by_org;
  std::string name;
  std::string plan;
  written_by<created_organization> by;
  reply_to<created_organization> reply;
};

} // namespace gochron

#include "gochron/maintenance_messages.hpp"
#include "gochron/people_messages.hpp"
