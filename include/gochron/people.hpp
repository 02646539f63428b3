#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gochron/channel.hpp"
#include "gochron/escalation.hpp"
#include "gochron/ids.hpp"
#include "gochron/monitor.hpp"

/// How people are reached: their contact methods, the rules by which these are used, and the teams that they are in.
namespace gochron {

/// The configurable part of a contact method: that of a channel, with its user.
struct contact_method_spec : channel_spec {
  contact_method_spec() = default;
  explicit contact_method_spec(channel_spec x) : channel_spec(std::move(x)) {}
  friend bool operator==(const contact_method_spec&, const contact_method_spec&) = default;
};

/// A channel as its user knows it: the same row under another id.
struct contact_method_record : record<contact_method_id, contact_method_spec> {
  webhook_secret secret;
  channel_health health;
  contact_proof proof = {};
};

inline contact_method_id contact_method_of(channel_id x) {
  return {x.value};
}

inline contact_method_record contact_method_of(const channel_record& x) {
  contact_method_record y;
  y.id = contact_method_of(x.id);
  y.org = x.org;
  y.version = x.version;
  y.created_at = x.created_at;
  y.updated_at = x.updated_at;
  y.spec = contact_method_spec{x.spec};
  y.secret = x.secret;
  y.health = x.health;
  y.proof = x.proof;
  return y;
}

/// When a user is told by what, after a step has told them. A user without any for an urgency is told at once by
/// everything that is verified.
struct notification_rule_spec {
  std::optional<std::string> key; ///< client-chosen, unique in the organisation
  user_id user;
  gochron::urgency urgency = gochron::urgency::high;
  contact_method_id contact_method; ///< of theirs
  seconds delay{0};
  std::optional<std::string> managed_by;
  friend bool operator==(const notification_rule_spec&, const notification_rule_spec&) = default;
};
struct notification_rule_record : record<notification_rule_id, notification_rule_spec> {};

enum class team_role : std::uint8_t { responder, manager };

struct team_member {
  user_id user;
  team_role role = team_role::responder;
  friend auto operator<=>(const team_member&, const team_member&) = default;
};

struct team_spec {
  std::string name;
  std::optional<std::string> key; ///< client-chosen, unique in the organisation
  std::optional<std::string> description;
  std::vector<team_member> members; ///< in order, nobody twice
  std::optional<std::string> managed_by;
  friend bool operator==(const team_spec&, const team_spec&) = default;
};
struct team_record : record<team_id, team_spec> {};

/// Somebody who is told, as receivers of events are shown them.
struct paged_user {
  user_id id;
  std::string name;
  friend bool operator==(const paged_user&, const paged_user&) = default;
};

/// More of them are not taken, by any plan.
inline constexpr std::size_t most_contact_methods = 20;    ///< of a user
inline constexpr std::size_t most_notification_rules = 50; ///< of a user

} // namespace gochron
