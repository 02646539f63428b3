#pragma once
#include "gochron/people.hpp"

/// Included by messages.hpp, which has what these are made of.
namespace gochron {

/// A code to the address of a contact method, once. Errors: `stale`, `conflict` (verified already, or not enabled),
/// `rate_limited` (one a minute, five an hour).
struct send_code {
  org_id org;
  channel_id id;
  std::optional<std::int64_t> if_version;
  written_by<void> by;
  reply_to<delivery_attempt> reply;
};

/// Errors: `stale`, `conflict` (no code is out, or no longer), `invalid` (another code; five of these end it).
struct verify_code {
  org_id org;
  channel_id id;
  std::optional<std::int64_t> if_version;
  std::string code;
  written_by<channel_record> by;
  reply_to<channel_record> reply;
};

/// Errors: `conflict` (the key is taken, or such a rule exists), `invalid` with a pointer for whatever it names that is
/// not there, `limit_exceeded`.
struct create_notification_rule {
  org_id org;
  notification_rule_spec spec;
  written_by<notification_rule_record> by;
  reply_to<notification_rule_record> reply;
  part_ptr into = {};
  notification_rule_id id = {}; ///< chosen already, since others refer to it; nil: not yet
};

struct get_notification_rule {
  org_id org;
  notification_rule_id id;
  reply_to<notification_rule_record> reply;
};

struct edit_notification_rule {
  org_id org;
  notification_rule_id id;
  std::optional<std::int64_t> if_version;
  edit_of<notification_rule_spec> edit;
  written_by<notification_rule_record> by;
  reply_to<notification_rule_record> reply;
  part_ptr into = {};
};

struct remove_notification_rule {
  org_id org;
  notification_rule_id id;
  std::optional<std::int64_t> if_version;
  written_by<void> by;
  reply_to<void> reply;
  part_ptr into = {};
};

/// Errors: `conflict` (the key is taken), `invalid` with a pointer for each user that is not there, `limit_exceeded`.
struct create_team {
  org_id org;
  team_spec spec;
  written_by<team_record> by;
  reply_to<team_record> reply;
  part_ptr into = {};
  team_id id = {}; ///< chosen already, since others refer to it; nil: not yet
};

struct get_team {
  org_id org;
  team_id id;
  reply_to<team_record> reply;
};

struct edit_team {
  org_id org;
  team_id id;
  std::optional<std::int64_t> if_version;
  edit_of<team_spec> edit;
  written_by<team_record> by;
  reply_to<team_record> reply;
  part_ptr into = {};
};

/// Errors: `conflict` with `blocked_by` while an escalation policy names it.
struct remove_team {
  org_id org;
  team_id id;
  std::optional<std::int64_t> if_version;
  written_by<void> by;
  reply_to<void> reply;
  part_ptr into = {};
};

} // namespace gochron
