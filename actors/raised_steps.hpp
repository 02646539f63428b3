#pragma once
#include "actors/incident_steps.hpp"

/// Steps of incidents that somebody opens, and what only people do to incidents. As incident_steps.hpp.
namespace gochron::actors {

/// The severity that the rules give to what is opened on this monitor.
severity severity_by_rules(const step_context& c);

/// Opened by hand or pushed in: `x` is all of it but what follows from the rules.
void add_raised(transition& step, const step_context& c, incident x, const actor_name& who,
                const turn_taker& next_turn);

/// Its source has said again that it goes on: `after` takes the place of the row. An empty message: no line.
void add_repeated(transition& step, const step_context& c, incident after, const actor_name& who,
                  const std::string& message);

/// One that was resolved is triggered again; its escalations begin anew.
void add_reopened(transition& step, const step_context& c, incident x, const actor_name& who, const std::string& note,
                  const turn_taker& next_turn);

void add_snoozed(transition& step, const step_context& c, incident x, timestamp until, const actor_name& who,
                 const std::string& note);
void add_snooze_ended(transition& step, const step_context& c, incident x);

/// It is dealt with in `into`, which gets a line.
void add_merged(transition& step, const step_context& c, incident x, const incident& into, const actor_name& who,
                const std::string& note);

void add_changed(transition& step, const step_context& c, const incident& before, incident after,
                 const actor_name& who);

/// It is another policy's, or certain people's: its other escalations end. `row`: the escalation as it goes on, `to`:
/// what it is called.
void add_reassigned(transition& step, const step_context& c, incident x, const escalation& row, const std::string& to,
                    const actor_name& who, const std::string& note);

/// A step that has changed an incident twice carries it once, as it is in the end.
void keep_last_rows(transition& step);

} // namespace gochron::actors
