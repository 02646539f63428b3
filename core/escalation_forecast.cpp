#include <algorithm>

#include "core/escalation.hpp"
#include "core/escalation_ladder.hpp"

/// What would happen, as things are: the ladder without an incident on it.
namespace gochron::core {
namespace {

using namespace ladder;
using policy_record = escalation_policy_record;

std::vector<escalation_recipient> recipients_of(const escalation_step& step, std::int64_t turn, std::int64_t cycle,
                                                const target_resolver& resolve, urgency hurry, timestamp at) {
  std::vector<escalation_recipient> all;
  for (const auto& target : chosen(step, turn, cycle)) {
    auto found = resolve.of(target, hurry, at);
    for (const auto& route : found.routes)
      all.push_back({target, route.via, route.user, route.type, at + route.delay, found.name, route.name});
    for (const auto& user : found.unreachable)
      all.push_back({target, std::nullopt, user.id, std::nullopt, at, found.name, user.name});
    if (found.routes.empty() && found.unreachable.empty())
      all.push_back({target, std::nullopt, std::nullopt, std::nullopt, at, found.name, {}});
  }
  return all;
}

bool can_tell(const std::vector<escalation_recipient>& all) {
  return std::ranges::any_of(all, [](const auto& x) { return x.channel.has_value(); });
}

} // namespace

timestamp forecast_end(const policy_record& policy, timestamp at, std::size_t most) {
  std::optional<following> next = following{place_at(policy.spec, 0, 0), policy.spec.steps.front().delay};
  for (std::size_t i = 0; i < most && next; ++i) { // each step has a recipient at least
    at += next->delay;
    next = after(policy.spec, static_cast<std::size_t>(next->place.step), next->place.cycle);
  }
  return at + milliseconds{1};
}

escalation_forecast forecast(const policy_record& policy, std::int64_t turn, const target_resolver& resolve,
                             timestamp at, std::size_t most, urgency hurry) {
  escalation_forecast f{policy.id, at, {}, {}, false, policy.spec.name};
  std::optional<following> next = following{place_at(policy.spec, 0, 0), policy.spec.steps.front().delay};
  std::size_t told = 0;
  auto t = at;
  while (next) {
    t += next->delay;
    auto here = next->place;
    const auto& step = policy.spec.steps[static_cast<std::size_t>(here.step)];
    escalation_call one{t, here, recipients_of(step, turn, here.cycle, resolve, hurry, t)};
    told += std::max<std::size_t>(one.recipients.size(), 1);
    if (told > most) {
      f.truncated = true;
      return f;
    }
    next = after(policy.spec, static_cast<std::size_t>(here.step), here.cycle);
    bool nobody = !can_tell(one.recipients);
    if (nobody && next && policy.spec.on_no_one == on_no_one::advance && next->place.cycle == here.cycle)
      next->delay = seconds{0};
    f.calls.push_back(std::move(one));
  }
  f.exhausted_at = t;
  return f;
}

escalation_forecast who_is_told(const policy_record& policy, std::int64_t turn, const target_resolver& resolve,
                                timestamp at, urgency hurry) {
  escalation_forecast f{policy.id, at, {}, {}, false, policy.spec.name};
  for (std::size_t i = 0; i < policy.spec.steps.size(); ++i)
    f.calls.push_back(
        {at, place_at(policy.spec, i, 0), recipients_of(policy.spec.steps[i], turn, 0, resolve, hurry, at)});
  return f;
}

} // namespace gochron::core
