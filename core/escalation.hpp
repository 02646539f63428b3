#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/paging.hpp"
#include "gochron/escalation.hpp"
#include "gochron/messages.hpp"

/// The ladder of an escalation policy: what becomes of a row when its time comes, and when somebody acts. Knows no
/// clock: every instant is a parameter.
namespace gochron::core {

/// What an incident begins with when its opening is told: the distinct policies of the enabled rules about this monitor
/// that listen to `incident.opened`, in the order of the rules, each with the first rule that names it. Without the
/// rules in `hushed`, which may not tell yet.
struct policy_to_begin {
  std::shared_ptr<const escalation_policy_record> policy;
  rule_id rule;
};
std::vector<policy_to_begin> policies_of(const alert_book& book, const occurrence& opening,
                                         const std::vector<rule_id>& hushed = {});

/// The policy as it is now; null when there is none.
const escalation_policy_spec* find_policy(const alert_book& book, const policy_id& id);

/// The first row, due when the first step's delay after `from` is over. A snapshot shares the record.
escalation begin_escalation(const policy_to_begin& with, const incident& of, std::int64_t turn, timestamp from);

/// Somebody took the incident: nothing is told until the policy's time-out, if it has one. `present`: the policy as it
/// is now, null when it is gone.
escalation acknowledged(escalation x, const escalation_policy_spec* present, timestamp at);

/// Nothing is told until the incident is triggered again; a policy's time-out does not end that.
escalation at_rest(escalation x, timestamp at);

/// The row of an escalation that was over, for an incident that is open again: as begin_escalation() makes it.
escalation begun_again(escalation x, const policy_to_begin& with, const incident& of, std::int64_t turn,
                       timestamp from);

/// The incident is triggered again: what was told last is told again at once, and the ladder goes on from there. One
/// that had told nobody yet goes on with its first step at once.
escalation unacknowledged(escalation x, timestamp at);

/// The incident has another severity by now: who is told from here on is told by it. That is no move of the ladder.
escalation with_urgency(escalation x, urgency now);

/// The incident is over.
escalation ended(escalation x, timestamp at);

/// Somebody asks for the next step at once, also of an incident that somebody has taken or that waits. Unset: there is
/// no next step, it is over, or it has moved after `as_of`.
std::optional<escalation> hurried(escalation x, std::optional<timestamp> as_of, timestamp at);

/// Of an incident that is triggered again without it: one that stood still at the end of its ladder stays there.
escalation left_behind(escalation x, timestamp at);

/// Somebody hands the incident to a policy: its first step is due at once, whatever its delay. `before`: the row of
/// that policy, null when there is none yet. By hand, so no rule's quiet holds it up.
escalation reassigned(const escalation* before, const std::shared_ptr<const escalation_policy_record>& to,
                      const incident& of, std::int64_t turn, timestamp at);

/// Somebody hands the incident to people: from now on they are the only step of its ladder, due at once. `present`: the
/// policy as it is now, null when it is gone.
escalation handed_to(escalation x, const std::vector<paged_user>& people, const escalation_policy_spec* present,
                     timestamp at);

/// The escalation that people are put on: one that is not over before one that is, then the one that moved last. Null:
/// the incident has none.
const escalation* to_hand_over(const incident& of);

/// What follows when `x` is due (see is_due): whoever was to be told later by now, then the step, at most once through
/// all of them, so that a ladder on which nobody can be told costs one look a cycle.
escalation_move climb(const escalation& x, const escalation_policy_record& policy, const target_resolver& resolve,
                      timestamp at);

/// The schedules that its steps name, present and of the beginning, each once.
std::vector<schedule_id> schedules_of(const escalation& x, const escalation_policy_record& policy);
std::vector<schedule_id> schedules_of(const escalation_policy_spec& x);

/// Whether the row does something by itself at or before `at`.
bool is_due(const escalation& x, timestamp at);

/// What would happen from `at` on to an incident that opens then, as far as `most` recipients.
escalation_forecast forecast(const escalation_policy_record& policy, std::int64_t turn, const target_resolver& resolve,
                             timestamp at, std::size_t most, urgency hurry = urgency::high);

/// No step of that forecast is later, nor as late.
timestamp forecast_end(const escalation_policy_record& policy, timestamp at, std::size_t most);

/// Whom each step would tell at `at`.
escalation_forecast who_is_told(const escalation_policy_record& policy, std::int64_t turn,
                                const target_resolver& resolve, timestamp at, urgency hurry = urgency::high);

} // namespace gochron::core
