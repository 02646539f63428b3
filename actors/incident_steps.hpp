#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "actors/registry.hpp"
#include "core/maintenance/book.hpp"
#include "core/opening_hold.hpp"
#include "gochron/incident.hpp"
#include "gochron/messages.hpp"

/// From a decision about a monitor to the rows that record it: pure but for the ids it makes.
namespace gochron::actors {

/// What every step of a monitor needs to be written down.
struct step_context {
  const monitor_record& monitor;
  const monitor_runtime& runtime; ///< after the step
  alert_registry::snapshot alerts;
  timestamp now{};
  const std::string& base_url;
  const core::condition_facts* facts = nullptr; ///< of the last round, for the conditions of rules; null: not known
  std::optional<core::maintenance_in_force> quiet = {}; ///< maintenance: nobody is told before its end
  std::string by = {};                                  ///< who asked for the step, as core::said(); empty: nobody
};

/// Gives each policy's escalations their turns.
using turn_taker = std::function<std::int64_t(policy_id)>;

/// A transaction that so far saves the runtime alone.
transition begin_step(const step_context& c);

/// Lines of one instant are read in the order of their ids, which are random: these get them in the order they were
/// made.
void put_in_order(std::vector<timeline_entry>& lines);

/// The status moved. `at` is when it took effect.
void add_status_change(transition& step, const step_context& c, monitor_status from, timestamp at);

/// A confirmed failure: incident, timeline, event, deliveries. `evidence` is the result that confirmed it, or null.
/// `opened_at` is `now` for checks and the deadline for heartbeats. Its escalations begin with it. `hold`: why nobody
/// is told yet.
void add_opened(transition& step, const step_context& c, std::int64_t number, timestamp started_at, timestamp opened_at,
                const check_result* evidence, const turn_taker& next_turn,
                const std::optional<core::opening_hold>& hold = {});

/// It has become known why nobody is told.
void add_held(transition& step, const step_context& c, incident x, const core::opening_hold& why);

/// The conditions of a rule hold: an incident of its own. `because` says what was seen.
void add_rule_opened(transition& step, const step_context& c, std::int64_t number, incident_id id,
                     const alert_rule_record& rule, timestamp at, const std::string& because,
                     const check_result* evidence, const turn_taker& next_turn,
                     const std::optional<core::opening_hold>& hold = {});

/// An open incident that nobody has taken is told again by the rules in `by`.
void add_repeated(transition& step, const step_context& c, incident x, const std::vector<rule_id>& by);

/// `x` is the incident as it was; the step carries it as it becomes, behind those that it carries already.
void add_acknowledged(transition& step, const step_context& c, incident x, const actor_name& who,
                      const std::string& note);
void add_resolved(transition& step, const step_context& c, incident x, const actor_name& who,
                  const std::string& message, std::optional<timestamp> recovered_at, const check_result* evidence);

/// Rules that could not tell of the opening before may now: `x` is the open incident, `due` what is to be told.
void add_announced(transition& step, const step_context& c, incident x, const core::overdue_alerts& due,
                   const turn_taker& next_turn);

/// Back to triggered: by hand, or by a policy's time-out, whose line `message` is.
void add_unacknowledged(transition& step, const step_context& c, incident x, const actor_name& who,
                        const std::string& message);

/// What a policy has decided. The channels are told, and owed the resolve.
void add_move(transition& step, const step_context& c, incident x, const escalation_move& move);

/// Somebody wants the next step at once: the rows in `rows` replace those of the incident, which is triggered again
/// where it was taken or snoozed.
void add_hurried(transition& step, const step_context& c, incident x, const std::vector<escalation>& rows,
                 const actor_name& who, const std::string& note);

/// The monitor's time is over.
void add_expired(transition& step, const step_context& c);

} // namespace gochron::actors
