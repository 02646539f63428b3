#include "actors/raised_steps.hpp"

#include <algorithm>

#include "actors/step_parts.hpp"
#include "core/escalation.hpp"
#include "core/incident_text.hpp"

namespace gochron::actors {

using namespace step_parts;

namespace {

// Who hears of openings hears of it, and who asked for reopenings.
std::vector<core::alert_target> targets_of_reopening(const step_context& c, const incident& x) {
  auto all = targets_of(c, x, event_type::incident_opened);
  for (const auto& t : targets_of(c, x, event_type::incident_reopened))
    if (std::ranges::find(all, t.channel, &core::alert_target::channel) == all.end())
      all.push_back(t);
  return all;
}

} // namespace

severity severity_by_rules(const step_context& c) {
  return core::severity_of(*c.alerts, occurrence_of(c, event_type::incident_opened));
}

void add_raised(transition& step, const step_context& c, incident x, const actor_name& who,
                const turn_taker& next_turn) {
  step.timeline.push_back(line(c, x, timeline_kind::opened, who, core::opened_message(x)));
  hush(step, c, x);
  begin_escalations(c, x, x.opened_at, next_turn, x.hushed);
  tell_opened(step, c, x, targets_of(c, x, event_type::incident_opened), nullptr);
  step.incidents.push_back(std::move(x));
}

void add_repeated(transition& step, const step_context& c, incident after, const actor_name& who,
                  const std::string& message) {
  if (!message.empty())
    step.timeline.push_back(line(c, after, timeline_kind::repeated, who, message));
  step.incidents.push_back(std::move(after));
}

void add_reopened(transition& step, const step_context& c, incident x, const actor_name& who, const std::string& note,
                  const turn_taker& next_turn) {
  x.state = incident_state::triggered;
  x.acknowledged_at.reset();
  x.acknowledged_by.clear();
  x.recovered_at.reset();
  x.resolved_at.reset();
  x.resolved_by.clear();
  x.merged_into.reset();
  x.heard_at = c.now;
  x.told.clear(); // they have had the resolve that they were owed
  step.timeline.push_back(
      line(c, x, timeline_kind::reopened, who, note.empty() ? core::reopened_message(voice(c, who)) : note));
  hush(step, c, x);
  begin_escalations(c, x, c.now, next_turn, x.hushed);
  auto targets = targets_of_reopening(c, x);
  remember(x, targets);
  tell(step, c, x, event_type::incident_reopened, targets, nullptr);
  step.incidents.push_back(std::move(x));
}

void add_snoozed(transition& step, const step_context& c, incident x, timestamp until, const actor_name& who,
                 const std::string& note) {
  x.snoozed_until = until;
  for (auto& e : x.escalations)
    e = core::at_rest(std::move(e), c.now);
  auto message = core::snoozed_message(voice(c, who), until);
  step.timeline.push_back(line(c, x, timeline_kind::snoozed, who, note.empty() ? message : message + ' ' + note));
  tell(step, c, x, event_type::incident_snoozed, nullptr);
  step.incidents.push_back(std::move(x));
}

void add_snooze_ended(transition& step, const step_context& c, incident x) {
  take_back(c, x);
  step.timeline.push_back(line(c, x, timeline_kind::snooze_ended, "system", core::snooze_ended_message()));
  tell(step, c, x, event_type::incident_unacknowledged, nullptr);
  step.incidents.push_back(std::move(x));
}

void add_merged(transition& step, const step_context& c, incident x, const incident& into, const actor_name& who,
                const std::string& note) {
  auto received = line(c, into, timeline_kind::merged, who, core::received_message(voice(c, who), x));
  auto message = core::merged_message(voice(c, who), into);
  x.merged_into = into.id;
  add_resolved(step, c, std::move(x), who, note.empty() ? message : message + ". " + note, std::nullopt, nullptr);
  step.timeline.back().kind = timeline_kind::merged;
  step.timeline.push_back(std::move(received));
}

void add_changed(transition& step, const step_context& c, const incident& before, incident after,
                 const actor_name& who) {
  follow_severity(after);
  step.timeline.push_back(
      line(c, after, timeline_kind::changed, who, core::changed_message(voice(c, who), before, after)));
  step.incidents.push_back(std::move(after));
}

void add_reassigned(transition& step, const step_context& c, incident x, const escalation& row, const std::string& to,
                    const actor_name& who, const std::string& note) {
  for (auto& e : x.escalations)
    e = e.id == row.id ? row : core::ended(std::move(e), c.now);
  if (std::ranges::find(x.escalations, row.id, &escalation::id) == x.escalations.end())
    x.escalations.push_back(row);
  auto message = core::reassigned_message(voice(c, who), to);
  step.timeline.push_back(line(c, x, timeline_kind::reassigned, who, note.empty() ? message : message + ' ' + note));
  step.timeline.back().policy = row.policy;
  wake(step, c, x);
  step.incidents.push_back(std::move(x));
}

void keep_last_rows(transition& step) {
  std::vector<incident> last;
  for (auto& x : step.incidents) {
    auto it = std::ranges::find(last, x.id, &incident::id);
    if (it == last.end())
      last.push_back(std::move(x));
    else
      *it = std::move(x);
  }
  step.incidents = std::move(last);
}

} // namespace gochron::actors
