#include "core/rule_replay.hpp"

#include <algorithm>

#include "core/active_hours.hpp"
#include "core/check_machine.hpp"
#include "core/incident_text.hpp"
#include "core/rule_conditions.hpp"

namespace gochron::core {
namespace {

std::vector<const check_result*> concluding(std::span<const check_result> results) {
  std::vector<const check_result*> rounds;
  for (const auto& x : results) {
    bool same = !rounds.empty() && rounds.back()->round_at == x.round_at && rounds.back()->trigger == x.trigger;
    if (same)
      rounds.back() = &x;
    else
      rounds.push_back(&x);
  }
  return rounds;
}

/// One run through the rounds: what is open, and since when.
class replayer {
public:
  replayer(const alert_rule_spec& rule, const monitor_spec& monitor)
    : rule_(rule), monitor_(monitor), conditions_(rule.conditions) {}

  void see(const check_result& x) {
    observation seen{x.outcome.verdict, {x.outcome.reason, x.outcome.message}, x.round_at};
    auto step = observe(policy_of(monitor_), state_, seen);
    state_ = step.next;
    auto facts = facts_of(monitor_, state_, seen, &x);
    bool judged = x.outcome.verdict != verdict::error;
    bool met = judged && conditions_.met(monitor_, facts);
    done_.rounds_met += met ? 1 : 0;
    if (rule_.trigger == rule_trigger::check)
      return judged ? follow_rule(met, facts, x.round_at) : void();
    if (step.opened)
      incident_ = x.round_at;
    if (step.resolved)
      return end(x.round_at);
    if (incident_ && met && !firing_)
      fire(*incident_, x.round_at, because(facts, seen.cause));
  }

  rule_replay finish() { return std::move(done_); }

private:
  void follow_rule(bool met, const condition_facts& facts, timestamp at) {
    streak_ = met ? streak_ + 1 : 0;
    if (met && streak_ >= rule_.for_rounds && !firing_)
      fire(at, at, because(facts, {}));
    if (!met)
      end(at);
  }

  void fire(timestamp opened, timestamp at, std::string because) {
    firing_ = true;
    done_.alerts.push_back({opened, at, may_tell_at(rule_, monitor_, at), {}, std::move(because)});
  }

  void end(timestamp at) {
    incident_.reset();
    if (!std::exchange(firing_, false))
      return;
    auto& last = done_.alerts.back();
    last.resolved_at = at;
    if (last.told_at && *last.told_at >= at)
      last.told_at.reset();
  }

  std::string because(const condition_facts& facts, const status_reason& cause) const {
    if (auto term = conditions_.first_held(monitor_, facts))
      return spell_fact(rule_.conditions.terms[*term].field, monitor_, facts);
    return std::string{phrase_of(cause.code)};
  }

  const alert_rule_spec& rule_;
  const monitor_spec& monitor_;
  compiled_conditions conditions_;
  check_state state_;
  std::optional<timestamp> incident_;
  bool firing_ = false;
  std::uint32_t streak_ = 0;
  rule_replay done_;
};

// What rounds see and nobody stores, or what nobody sees.
bool is_stored(condition_field x) {
  return x != condition_field::certificate_days_left && x != condition_field::domain_days_left;
}

std::vector<condition_field> unknown_to(const alert_conditions& x) {
  std::vector<condition_field> all;
  for (const auto& term : x.terms)
    if (!is_stored(term.field) && std::ranges::find(all, term.field) == all.end())
      all.push_back(term.field);
  return all;
}

} // namespace

rule_replay replay(const alert_rule_spec& rule, const monitor_spec& monitor, std::span<const check_result> results,
                   std::size_t most) {
  auto rounds = concluding(results);
  if (rounds.size() > most)
    rounds.erase(rounds.begin(), rounds.end() - static_cast<std::ptrdiff_t>(most));
  replayer run{rule, monitor};
  for (const auto* x : rounds)
    run.see(*x);
  auto done = run.finish();
  done.unknown = unknown_to(rule.conditions);
  done.rounds = static_cast<std::int64_t>(rounds.size());
  if (!rounds.empty()) {
    done.from = rounds.front()->round_at;
    done.to = rounds.back()->round_at;
  }
  return done;
}

} // namespace gochron::core
