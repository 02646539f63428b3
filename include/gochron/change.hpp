#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gochron/clock.hpp"
#include "gochron/ids.hpp"
#include "gochron/token.hpp"

/// What travels with a write beside its effect: who wants it and why, whether it is only rehearsed, and the answer that
/// a repeated request is to get. All of it is stored in the transaction of the effect, or none of it.
namespace gochron {

/// Who did something: `system`, `cli`, `token:tok_...`, or whoever answered a page: `user:` and the name where it had
/// come to somebody's contact method; else `channel:` and its name, `slack:` and the name there, `sms:` and the number.
using actor_name = std::string;

/// A signed link that was pressed: no second time.
struct link_use {
  delivery_id delivery; ///< that carried it
  incident_id incident;
  std::string verb; ///< what it was for: `acknowledge`, `resolve`
};

struct change_origin {
  actor_name who = "system";
  token_id token;         ///< nil: not through the API
  std::string reason;     ///< `X-Gochron-Change-Reason`: at most 1,000 characters, no control characters
  std::string ip;         ///< of the client
  std::string request_id; ///< as in X-Request-Id
  std::optional<link_use> link = {};
  std::string token_name = {}; ///< of a token that is nobody's: what people call it; otherwise empty
};

enum class audit_action : std::uint8_t {
  create,
  update,
  remove,
  rotate,
  roll_secret,
  acknowledge,
  resolve,
  redeliver,
  reset,
  expire,
  revoke,
  escalate,
  unacknowledge,
  end,
  send_code,
  verify,
  reopen,
  snooze,
  merge,
  reassign,
};

enum class audited_resource : std::uint8_t {
  monitor,
  channel,
  alert_rule,
  token,
  incident,
  delivery,
  organization,
  user,
  schedule,
  schedule_override,
  escalation_policy,
  maintenance_window,
  contact_method,
  notification_rule,
  team,
  incident_note,
  postmortem,
};

/// A line of the audit log. `sequence` and the hashes are set when it has been sealed into its organisation's chain.
struct audit_entry {
  audit_id id;
  org_id org;
  timestamp at{};
  actor_name actor;
  std::optional<token_id> token;
  audit_action action = audit_action::create;
  audited_resource type = audited_resource::monitor;
  std::string resource; ///< its id, with prefix
  std::optional<std::int64_t> version_from, version_to;
  std::string patch; ///< RFC 6902, JSON: from the configuration before to that after; what is secret is null
  std::string reason, ip, request_id;
  std::optional<std::int64_t> sequence; ///< 1, 2, ... in the organisation
  std::optional<sha256_digest> hash, previous_hash;
};

/// The answer to a request that carried an Idempotency-Key. The key belongs to the token.
struct kept_answer {
  org_id org;
  token_id token;
  std::string key;
  sha256_digest fingerprint{}; ///< of method, target and body: another request under this key is refused
  std::string answer;          ///< whole, as http wrote it; sealed at rest
};

/// What the store writes together with the effect.
struct write_note {
  std::optional<audit_entry> entry;
  std::optional<kept_answer> answer;
  bool dry = false;                           ///< all checks, no effect: the transaction is rolled back
  std::vector<audit_entry> consequences = {}; ///< of what ends or changes with it
  std::optional<link_use> link = {};          ///< of the organisation of `entry`
};

/// In every message that writes; `T` is what it is answered with. Small: the origin is shared, the rest is empty as a
/// rule.
template <class T>
struct written_by {
  std::shared_ptr<const change_origin> from; ///< null: the engine itself
  bool dry = false;                          ///< `validate_only`: as write_note::dry; nothing is adopted
  /// What a repeated request is to be answered, given what this one will be; empty: nobody will repeat it. Called
  /// before the commit, at most once an attempt to write. One without a key is not kept: it belongs to another's.
  std::function<kept_answer(const T&)> keep;

  const change_origin& origin() const {
    static const change_origin engine;
    return from ? *from : engine;
  }
  const actor_name& who() const { return origin().who; }

  /// `shown` is what the reply will say, or null when there is nothing to say.
  write_note note(audit_entry entry, const T* shown) const {
    write_note x;
    x.entry = std::move(entry);
    if (keep && shown && !dry)
      if (auto kept = keep(*shown); !kept.key.empty())
        x.answer = std::move(kept);
    x.dry = dry;
    x.link = origin().link;
    return x;
  }
};

template <>
struct written_by<void> {
  std::shared_ptr<const change_origin> from;
  bool dry = false;

  const change_origin& origin() const {
    static const change_origin engine;
    return from ? *from : engine;
  }
  const actor_name& who() const { return origin().who; }
  write_note note(audit_entry entry) const { return {std::move(entry), std::nullopt, dry, {}}; }
};

} // namespace gochron
