#include "core/escalation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/incident_text.hpp"

namespace gochron::core {
namespace {

using policy_record = escalation_policy_record;
using policy_spec = escalation_policy_spec;

escalation changed(escalation x, timestamp at) {
  ++x.version;
  x.moved_at = at;
  return x;
}

escalation_place place_at(const policy_spec& p, std::size_t step, std::int64_t cycle) {
  return {static_cast<std::int32_t>(step), p.steps[step].key, cycle};
}

// Where the step is now: by its key, else by its index; unset behind the last.
std::optional<std::size_t> locate(const policy_spec& p, const escalation_place& at) {
  auto it = std::ranges::find(p.steps, at.key, &escalation_step::key);
  if (it != p.steps.end())
    return static_cast<std::size_t>(it - p.steps.begin());
  auto index = static_cast<std::size_t>(at.step);
  return index < p.steps.size() ? std::optional{index} : std::nullopt;
}

struct following {
  escalation_place place;
  seconds delay{0};
};

// What comes after the last step of a cycle.
std::optional<following> next_cycle(const policy_spec& p, std::int64_t cycle) {
  if (p.repeat.count && cycle >= *p.repeat.count)
    return std::nullopt;
  return following{place_at(p, 0, cycle + 1), p.repeat.delay};
}

std::optional<following> after(const policy_spec& p, std::size_t step, std::int64_t cycle) {
  if (step + 1 < p.steps.size())
    return following{place_at(p, step + 1, cycle), p.steps[step + 1].delay};
  return next_cycle(p, cycle);
}

// The targets whose turn it is.
std::vector<escalation_target> chosen(const escalation_step& step, std::int64_t turn, std::int64_t cycle) {
  if (step.strategy == step_strategy::all || step.targets.empty())
    return step.targets;
  auto n = static_cast<std::int64_t>(step.targets.size());
  return {step.targets[static_cast<std::size_t>((turn + cycle) % n)]};
}

std::vector<escalation_recipient> recipients_of(const escalation_step& step, std::int64_t turn, std::int64_t cycle,
                                                const target_resolver& resolve, timestamp at) {
  std::vector<escalation_recipient> all;
  for (const auto& target : chosen(step, turn, cycle)) {
    auto found = resolve(target, at);
    for (const auto& channel : found)
      all.push_back({target, channel});
    if (found.empty())
      all.push_back({target, std::nullopt});
  }
  return all;
}

std::vector<channel_id> channels_of(const std::vector<escalation_recipient>& all) {
  std::vector<channel_id> channels;
  for (const auto& x : all)
    if (x.channel && std::ranges::find(channels, *x.channel) == channels.end())
      channels.push_back(*x.channel);
  return channels;
}

std::string spell_place(const std::string& policy, const escalation_place& at) {
  return fmt::format("step {} (`{}`) of the escalation policy {}, cycle {}", at.step + 1, at.key, policy, at.cycle + 1);
}

escalation_line told_line(const std::string& policy, const escalation_place& at, std::size_t channels, bool again) {
  return {timeline_kind::escalated,
          fmt::format("{} {}: {} told.", again ? "Told again:" : "Nobody has taken it:", spell_place(policy, at),
                      channels == 1 ? "1 channel" : fmt::format("{} channels", channels))};
}

escalation_line skipped_line(const std::string& policy, const escalation_place& at, seconds wait) {
  auto what =
      wait.count() == 0 ? std::string{"the next step follows at once"} : "the next step follows in " + spell(wait);
  return {timeline_kind::escalation_skipped,
          fmt::format("Nobody can be told by {}: {}.", spell_place(policy, at), what)};
}

escalation_line exhausted_line(const std::string& policy) {
  return {timeline_kind::escalation_exhausted, fmt::format("The escalation policy {} has no further step.", policy)};
}

// A moment late is not late: steps keep their distance from each other. After a standstill it counts from now.
timestamp counted_from(const escalation& x, timestamp at) {
  return x.due_at && *x.due_at <= at && at - *x.due_at < seconds{1} ? *x.due_at : at;
}

void arrive(escalation& x, const std::optional<following>& next, timestamp from) {
  x.next = next ? std::optional{next->place} : std::nullopt;
  x.due_at = next ? std::optional{from + next->delay} : std::nullopt;
  x.state = next ? escalation_state::running : escalation_state::exhausted;
}

// The steps from x.next on until somebody is told, or one has to be waited for.
void climb_steps(escalation_move& to, const policy_record& policy, const policy_spec& steps,
                 const target_resolver& resolve, timestamp at) {
  auto& x = to.after;
  auto from = counted_from(x, at);
  for (std::size_t looked_at = 0; looked_at < steps.steps.size() && x.next; ++looked_at) {
    auto step = locate(steps, *x.next);
    if (!step) { // shortened meanwhile
      arrive(x, next_cycle(steps, x.next->cycle), from);
      break;
    }
    auto here = place_at(steps, *step, x.next->cycle);
    auto next = after(steps, *step, here.cycle);
    auto again = x.last == here;
    to.channels = channels_of(recipients_of(steps.steps[*step], x.turn, here.cycle, resolve, at));
    arrive(x, next, from);
    if (!to.channels.empty()) {
      x.last = here;
      to.lines.push_back(told_line(policy.spec.name, here, to.channels.size(), again));
      break;
    }
    bool at_once = steps.on_no_one == on_no_one::advance && next && next->place.cycle == here.cycle;
    if (at_once)
      x.due_at = from;
    if (next)
      to.lines.push_back(skipped_line(policy.spec.name, here, at_once ? seconds{0} : next->delay));
    else
      to.lines.push_back({timeline_kind::escalation_skipped,
                          fmt::format("Nobody can be told by {}.", spell_place(policy.spec.name, here))});
    if (!at_once)
      break;
  }
  if (!x.next)
    to.lines.push_back(exhausted_line(policy.spec.name));
}

} // namespace

target_resolver resolver_of(const alert_book& book) {
  return [&book](const escalation_target& target, timestamp) {
    auto it = std::ranges::find(book.channels, target.id, &channel_brief::id);
    return it != book.channels.end() && it->enabled ? std::vector{target.id} : std::vector<channel_id>{};
  };
}

const escalation_policy_spec* find_policy(const alert_book& book, const policy_id& id) {
  auto it = std::ranges::find(book.policies, id, [](const auto& x) { return x->id; });
  return it == book.policies.end() ? nullptr : &(*it)->spec;
}

std::vector<policy_to_begin> policies_of(const alert_book& book, const occurrence& opening,
                                         const std::vector<rule_id>& hushed) {
  std::vector<policy_to_begin> all;
  for (const auto& rule : matching_rules(book, opening)) {
    if (std::ranges::find(hushed, rule) != hushed.end())
      continue;
    auto wanted = std::ranges::find(book.rules, rule, &alert_rule_record::id)->spec.escalation_policy_id;
    auto it = std::ranges::find_if(book.policies, [&](const auto& x) { return wanted && x->id == *wanted; });
    if (it != book.policies.end() && std::ranges::find(all, *it, &policy_to_begin::policy) == all.end())
      all.push_back({*it, rule});
  }
  return all;
}

escalation begin_escalation(const policy_to_begin& with, const incident& of, std::int64_t turn, timestamp from) {
  const auto& policy = *with.policy;
  escalation x;
  x.id = escalation_id::make(from);
  x.org = of.org;
  x.incident = of.id;
  x.monitor = of.monitor;
  x.policy = policy.id;
  x.rule = with.rule;
  x.next = place_at(policy.spec, 0, 0);
  x.due_at = from + policy.spec.steps.front().delay;
  x.moved_at = from;
  x.turn = turn;
  if (policy.spec.in_flight == in_flight::snapshot)
    x.snapshot = std::shared_ptr<const policy_spec>{with.policy, &policy.spec};
  return x;
}

escalation acknowledged(escalation x, const policy_spec* present, timestamp at) {
  if (x.state != escalation_state::running && x.state != escalation_state::exhausted)
    return x;
  x = changed(std::move(x), at);
  x.state = escalation_state::acknowledged;
  const auto* spec = x.snapshot ? x.snapshot.get() : present;
  x.due_at = spec && spec->ack_timeout ? std::optional{at + *spec->ack_timeout} : std::nullopt;
  return x;
}

escalation at_rest(escalation x, timestamp at) {
  if (x.state == escalation_state::ended || (x.state == escalation_state::acknowledged && !x.due_at))
    return x;
  x = changed(std::move(x), at);
  x.state = escalation_state::acknowledged;
  x.due_at.reset();
  return x;
}

escalation begun_again(escalation x, const policy_to_begin& with, const incident& of, std::int64_t turn,
                       timestamp from) {
  auto fresh = begin_escalation(with, of, turn, from);
  fresh.id = x.id;
  fresh.version = x.version + 1;
  return fresh;
}

escalation unacknowledged(escalation x, timestamp at) {
  if (x.state != escalation_state::acknowledged)
    return x;
  x = changed(std::move(x), at);
  x.state = escalation_state::running;
  if (x.last)
    x.next = x.last;
  x.due_at = at;
  return x;
}

escalation ended(escalation x, timestamp at) {
  if (x.state == escalation_state::ended)
    return x;
  x = changed(std::move(x), at);
  x.state = escalation_state::ended;
  x.due_at.reset();
  return x;
}

std::optional<escalation> hurried(escalation x, std::optional<timestamp> as_of, timestamp at) {
  if (x.state != escalation_state::running || (as_of && x.moved_at > *as_of))
    return std::nullopt;
  // Later than `as_of` in any case: the same request once more finds that it has moved.
  x = changed(std::move(x), as_of ? std::max(at, *as_of + milliseconds{1}) : at);
  x.due_at = at;
  return x;
}

bool is_due(const escalation& x, timestamp at) {
  return x.due_at && *x.due_at <= at;
}

escalation_move climb(const escalation& x, const policy_record& policy, const target_resolver& resolve, timestamp at) {
  const auto& steps = x.snapshot ? *x.snapshot : policy.spec;
  if (x.state == escalation_state::acknowledged) {
    escalation_move back{unacknowledged(x, at), {}, {}, true};
    auto timeout = steps.ack_timeout ? spell(*steps.ack_timeout) : std::string{"the time-out"};
    back.lines.push_back({timeline_kind::unacknowledged,
                          fmt::format("Acknowledged and not resolved within {}: triggered again.", timeout)});
    return back;
  }
  escalation_move to{changed(x, at), {}, {}, false};
  climb_steps(to, policy, steps, resolve, at);
  return to;
}

escalation_forecast forecast(const policy_record& policy, std::int64_t turn, const target_resolver& resolve,
                             timestamp at, std::size_t most) {
  escalation_forecast f{policy.id, at, {}, {}, false};
  std::optional<following> next = following{place_at(policy.spec, 0, 0), policy.spec.steps.front().delay};
  std::size_t told = 0;
  auto t = at;
  while (next) {
    t += next->delay;
    auto here = next->place;
    const auto& step = policy.spec.steps[static_cast<std::size_t>(here.step)];
    escalation_call one{t, here, recipients_of(step, turn, here.cycle, resolve, t)};
    told += std::max<std::size_t>(one.recipients.size(), 1);
    if (told > most) {
      f.truncated = true;
      return f;
    }
    next = after(policy.spec, static_cast<std::size_t>(here.step), here.cycle);
    bool nobody = channels_of(one.recipients).empty();
    if (nobody && next && policy.spec.on_no_one == on_no_one::advance && next->place.cycle == here.cycle)
      next->delay = seconds{0};
    f.calls.push_back(std::move(one));
  }
  f.exhausted_at = t;
  return f;
}

escalation_forecast who_is_told(const policy_record& policy, std::int64_t turn, const target_resolver& resolve,
                                timestamp at) {
  escalation_forecast f{policy.id, at, {}, {}, false};
  for (std::size_t i = 0; i < policy.spec.steps.size(); ++i)
    f.calls.push_back({at, place_at(policy.spec, i, 0), recipients_of(policy.spec.steps[i], turn, 0, resolve, at)});
  return f;
}

} // namespace gochron::core
