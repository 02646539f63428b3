#pragma once
#include <string>
#include <vector>

#include "actors/incident_steps.hpp"
#include "core/alert_matching.hpp"

/// What steps of incidents are made of; for the sources that make them.
namespace gochron::actors::step_parts {

timeline_entry line(const step_context& c, const incident& of, timeline_kind kind, const actor_name& who,
                    std::string message);

/// Whom a message of this step names: whoever asked for it, as people say it; otherwise `who`.
const std::string& voice(const step_context& c, const actor_name& who);

/// The event of this step, and a delivery for each of `targets`; `x` takes the next sequence.
void tell(transition& step, const step_context& c, incident& x, event_type type,
          const std::vector<core::alert_target>& targets, const check_result* evidence,
          const std::vector<paged_user>* paged = nullptr);
/// To whom the rules say.
void tell(transition& step, const step_context& c, incident& x, event_type type, const check_result* evidence);
std::vector<core::alert_target> targets_of(const step_context& c, const incident& x, event_type type);

/// They are owed the resolve.
void remember(incident& x, const std::vector<core::alert_target>& told);
void tell_opened(transition& step, const step_context& c, incident& x, const std::vector<core::alert_target>& targets,
                 const check_result* evidence);

/// The rules that may not tell of the opening yet, a line each.
void hush(transition& step, const step_context& c, incident& x);

/// Of the rules that may tell, all but those in `without`, a policy each that does not climb already: it begins, or
/// begins again where it had ended.
void begin_escalations(const step_context& c, incident& x, timestamp from, const turn_taker& next_turn,
                       const std::vector<rule_id>& without);

/// Whoever is told from here on is told by the severity that the incident has now.
void follow_severity(incident& x);

/// Nobody has it any longer, nor is it snoozed: what was told last is told again, and its escalations go on from there.
void take_back(const step_context& c, incident& x);

/// Triggered again, where somebody had taken it or it was snoozed, by whoever moves its escalations on: they hear of it
/// who hear of acknowledgements taken back.
void wake(transition& step, const step_context& c, incident& x);

core::occurrence occurrence_of(const step_context& c, event_type type, std::optional<rule_id> rule = {});

} // namespace gochron::actors::step_parts
