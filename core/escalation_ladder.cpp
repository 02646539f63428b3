#include "core/escalation_ladder.hpp"

#include <algorithm>

namespace gochron::core::ladder {

escalation_place place_at(const escalation_policy_spec& p, std::size_t step, std::int64_t cycle) {
  return {static_cast<std::int32_t>(step), p.steps[step].key, cycle};
}

// Where the step is now: by its key, else by its index; unset behind the last.
std::optional<std::size_t> locate(const escalation_policy_spec& p, const escalation_place& at) {
  auto it = std::ranges::find(p.steps, at.key, &escalation_step::key);
  if (it != p.steps.end())
    return static_cast<std::size_t>(it - p.steps.begin());
  auto index = static_cast<std::size_t>(at.step);
  return index < p.steps.size() ? std::optional{index} : std::nullopt;
}

// What comes after the last step of a cycle.
std::optional<following> next_cycle(const escalation_policy_spec& p, std::int64_t cycle) {
  if (p.repeat.count && cycle >= *p.repeat.count)
    return std::nullopt;
  return following{place_at(p, 0, cycle + 1), p.repeat.delay};
}

std::optional<following> after(const escalation_policy_spec& p, std::size_t step, std::int64_t cycle) {
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

} // namespace gochron::core::ladder
