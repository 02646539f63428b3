#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gochron/ids.hpp"
#include "gochron/monitor.hpp"

/// Escalation policies: who is told after whom while nobody takes an incident, and how far each incident has come.
namespace gochron {

enum class escalation_target_type : std::uint8_t { channel, user, schedule, team };
enum class step_strategy : std::uint8_t { all, round_robin };
/// When none of a step's targets can be told: the next step at once, or after its delay.
enum class on_no_one : std::uint8_t { advance, wait };
/// Which steps an escalation under way follows: those that it began with, or those of now.
enum class in_flight : std::uint8_t { snapshot, live };

struct escalation_target {
  escalation_target_type type = escalation_target_type::channel;
  uuid id; ///< of that type

  escalation_target() = default;
  escalation_target(escalation_target_type t, uuid x) : type(t), id(x) {}
  template <class Tag>
  escalation_target(escalation_target_type t, gochron::id<Tag> x) : type(t), id(x.value) {}
  friend auto operator<=>(const escalation_target&, const escalation_target&) = default;
};

struct escalation_step {
  std::string key;                        ///< unique in its policy
  seconds delay{0};                       ///< after the step before it, or after the opening
  std::vector<escalation_target> targets; ///< in order, no duplicates
  step_strategy strategy = step_strategy::all;
  friend bool operator==(const escalation_step&, const escalation_step&) = default;
};

/// What comes after the last step.
struct escalation_repeat {
  std::optional<std::int64_t> count = 0; ///< more cycles; unset: until somebody takes it
  seconds delay{300};                    ///< from the last step to the first of the next cycle
  friend bool operator==(const escalation_repeat&, const escalation_repeat&) = default;
};

struct escalation_policy_spec {
  std::string name;
  std::optional<std::string> key; ///< client-chosen, unique in the organisation
  std::optional<std::string> description;
  std::vector<escalation_step> steps;
  escalation_repeat repeat;
  std::optional<seconds> ack_timeout; ///< after so long an acknowledged incident is triggered again
  gochron::on_no_one on_no_one = gochron::on_no_one::advance;
  gochron::in_flight in_flight = gochron::in_flight::snapshot;
  std::optional<std::string> managed_by;
  friend bool operator==(const escalation_policy_spec&, const escalation_policy_spec&) = default;
};

struct escalation_policy_record : record<policy_id, escalation_policy_spec> {};

enum class escalation_state : std::uint8_t { running, acknowledged, exhausted, ended };

/// A rung of the ladder. The key finds the step again after an edit, else the index does.
struct escalation_place {
  std::int32_t step = 0;
  std::string key;
  std::int64_t cycle = 0; ///< 0: the first time through
  friend bool operator==(const escalation_place&, const escalation_place&) = default;
};

/// How much of a hurry there is: what a user's notification rules go by.
enum class urgency : std::uint8_t { high, low };

/// Somebody is told by one of their contact methods, later: unless the incident is taken or over by then.
struct pending_page {
  channel_id via; ///< the contact method
  user_id user;
  seconds delay{0};
  timestamp at{}; ///< `delay` after the step that told them
  friend bool operator==(const pending_page&, const pending_page&) = default;
};

/// One incident on its way up one policy: a row, written in the transactions of its incident alone.
struct escalation {
  escalation_id id;
  org_id org;
  incident_id incident;
  monitor_id monitor;
  policy_id policy;
  std::optional<rule_id> rule; ///< that began it
  escalation_state state = escalation_state::running;
  std::int64_t version = 1;             ///< grows by one with each change
  std::optional<escalation_place> next; ///< what is told next; unset: the ladder is at its end
  std::optional<escalation_place> last; ///< what was told last
  std::optional<timestamp> due_at;      ///< of `next`, or of the time-out of an acknowledgement
  timestamp moved_at{};                 ///< the last change
  std::int64_t turn = 0;                ///< counts a policy's escalations: where its round robins begin
  std::shared_ptr<const escalation_policy_spec> snapshot; ///< the steps it began with; null: those of now
  gochron::urgency urgency = gochron::urgency::high;      ///< of its incident
  std::vector<pending_page> pending = {};                 ///< by `at`

  /// When it does something by itself.
  std::optional<timestamp> look_at() const {
    if (pending.empty() || (due_at && *due_at <= pending.front().at))
      return due_at;
    return pending.front().at;
  }
};

} // namespace gochron
