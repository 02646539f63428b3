#include <algorithm>

#include "actors/monitor.hpp"
#include "core/alert_grouping.hpp"
#include "core/alert_matching.hpp"
#include "core/check_machine.hpp"
#include "core/incident_text.hpp"

namespace gochron::actors {
namespace {

const incident* opened_by(const open_incidents& open, const rule_id& rule) {
  auto xs = open.all();
  auto it = std::ranges::find(xs, std::optional{rule}, &incident::rule);
  return it == xs.end() ? nullptr : &*it;
}

// What was seen of the term that holds, or of the first that does not.
std::string said_of(const core::compiled_conditions& conditions, const monitor_spec& monitor,
                    const core::condition_facts& facts) {
  const auto& terms = conditions.source().terms;
  std::size_t shown = conditions.first_held(monitor, facts).value_or(terms.size());
  for (std::size_t i = 0; i < terms.size() && shown == terms.size(); ++i)
    if (!conditions.holds(i, monitor, facts))
      shown = i;
  return shown < terms.size() ? core::spell_fact(terms[shown].field, monitor, facts) : std::string{};
}

} // namespace

// Only where somebody will ask: while an incident is open, or where rules look at each round.
void monitor_state::note_facts(const core::observation& seen, const check_result* evidence, bool opens) {
  bool wanted = opens || !open.empty() || deps->alerts.has_checks(record->org);
  if (!wanted && rare)
    rare->watch.reset();
  if (!wanted || seen.verdict == verdict::error) // our own fault says nothing
    return;
  auto& held = (rare ? *rare : rare.emplace()).watch;
  auto& watch = held ? *held : held.emplace();
  watch.facts = core::facts_of(record->spec, runtime.state, seen, evidence);
  watch.judged = true;
}

// What the row of the monitor says of its failure, so that rules that wait for a length of time need no round: a
// heartbeat has none while it is down.
void monitor_state::seed_facts() {
  if (open.empty())
    return;
  auto& watch = (rare ? *rare : rare.emplace()).watch.emplace();
  watch.facts.consecutive_failures = runtime.state.failures;
  if (runtime.state.status == monitor_status::down && runtime.cause.code != reason::none)
    watch.facts.reason = runtime.cause.code;
}

// A failure gets older between rounds, too.
void monitor_state::age_facts() {
  if (!rare || !rare->watch || !runtime.state.first_failure)
    return;
  auto age = std::chrono::floor<seconds>(now() - *runtime.state.first_failure).count();
  rare->watch->facts.failing_for_seconds = std::max<std::int64_t>(age, 0);
}

// After a round that was judged, once its own step is taken.
void monitor_state::follow_rules(const core::observation& seen, const check_result* evidence) {
  if (!rare || !rare->watch || seen.verdict == verdict::error)
    return;
  announce(); // to rules whose conditions are met now
  if (!rare->watch)
    return;
  auto book = deps->alerts.of(record->org);
  auto& watch = *rare->watch;
  if (watch.book != book || watch.of != record) {
    watch.checks = core::check_rules_of(*book, record->id, record->spec);
    watch.book = book;
    watch.of = record;
    std::erase_if(watch.streaks, [&](auto& x) { return core::find_rule(*book, x.first) == nullptr; });
  }
  for (auto place : std::vector{watch.checks})
    follow(*book, book->rules[place], seen, evidence);
}

void monitor_state::follow(const core::alert_book& book, const alert_rule_record& rule, const core::observation& seen,
                           const check_result* evidence) {
  auto facts = rare->watch->facts;
  auto conditions = core::conditions_of(book, rule);
  const auto* mine = opened_by(open, rule.id);
  auto& streak = rare->watch->streaks[rule.id];
  if (!conditions->met(record->spec, facts)) {
    streak = {};
    if (mine)
      end_incident(*mine, core::conditions_over_message(rule.spec.name, said_of(*conditions, record->spec, facts)),
                   seen.at, evidence);
    return;
  }
  if (streak.rounds++ == 0)
    streak.since = seen.at;
  if (mine || streak.rounds < rule.spec.for_rounds)
    return;
  keep_shown();
  ++runtime.sequence;
  auto c = context();
  auto step = begin_step(c);
  add_rule_opened(step, c, deps->numbers.next(record->org), incident_id::make(c.now), rule, streak.since,
                  said_of(*conditions, record->spec, facts), evidence, turns(), held(streak.since, c.now, false));
  take(std::move(step));
}

void monitor_state::end_incident(const incident& x, const std::string& why, std::optional<timestamp> recovered_at,
                                 const check_result* evidence) {
  keep_shown();
  ++runtime.sequence;
  auto c = context();
  auto step = begin_step(c);
  add_resolved(step, c, incident{x}, "system", why, recovered_at, evidence);
  take(std::move(step));
}

// Incidents whose rule is gone, is about others, or does not hold any more as it was edited. Ends one of them: taking
// that step comes back here.
bool monitor_state::end_what_is_over() {
  auto book = deps->alerts.of(record->org);
  for (const auto& x : open.all()) {
    if (!x.rule)
      continue;
    const auto* rule = core::find_rule(*book, *x.rule);
    auto why = core::why_over(rule, record->id, record->spec);
    if (why.empty() && rare && rare->watch && rare->watch->judged) {
      auto conditions = core::conditions_of(*book, *rule);
      if (!conditions->met(record->spec, rare->watch->facts))
        why = core::conditions_over_message(rule->spec.name, said_of(*conditions, record->spec, rare->watch->facts));
    }
    if (why.empty())
      continue;
    end_incident(x, why, std::nullopt, nullptr);
    return true;
  }
  return false;
}

// Tells again what nobody has taken, where that is due by `t`; likewise. What becomes due after that has its turn next.
bool monitor_state::repeat_what_is_due(timestamp t) {
  auto from = rare ? rare->repeat_at : std::nullopt;
  if (!from || *from > t)
    return false;
  rare->repeat_at = t + milliseconds{1};
  std::vector<incident_id> ids;
  for (const auto& x : open.all())
    ids.push_back(x.id);
  bool told = false;
  for (const auto& id : ids) {
    const auto* x = open.find(id);
    auto c = context();
    auto by = x ? core::repeating_rules(*c.alerts, opening_of(c, *x), *x, *from, t) : std::vector<rule_id>{};
    if (by.empty())
      continue;
    keep_shown();
    ++runtime.sequence;
    auto step = begin_step(c);
    add_repeated(step, c, incident{*x}, by);
    take(std::move(step));
    told = true;
  }
  return told;
}

// The first instant after `t`.
std::optional<timestamp> monitor_state::next_repeat(timestamp t) {
  std::optional<timestamp> first;
  auto c = context();
  for (const auto& x : open.all())
    if (auto at = core::first_repeat(*c.alerts, opening_of(c, x), x, t + milliseconds{1}))
      first = std::min(*at, first.value_or(*at));
  if (first || rare)
    (rare ? *rare : rare.emplace()).repeat_at = first;
  return first;
}

core::occurrence monitor_state::opening_of(const step_context& c, const incident& x) const {
  return {event_type::incident_opened,
          record->id,
          record->spec,
          c.now,
          x.rule,
          c.facts,
          c.quiet ? std::optional{c.quiet->to} : std::nullopt};
}

} // namespace gochron::actors
