#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "gochron/escalation.hpp"

/// Places on the ladder of a policy. Private to the escalation sources.
namespace gochron::core::ladder {

escalation_place place_at(const escalation_policy_spec& p, std::size_t step, std::int64_t cycle);

/// Where the step is now: by its key, else by its index; unset behind the last.
std::optional<std::size_t> locate(const escalation_policy_spec& p, const escalation_place& at);

/// A place, and how long after the one before it.
struct following {
  escalation_place place;
  seconds delay{0};
};

std::optional<following> next_cycle(const escalation_policy_spec& p, std::int64_t cycle);
std::optional<following> after(const escalation_policy_spec& p, std::size_t step, std::int64_t cycle);

/// The targets whose turn it is.
std::vector<escalation_target> chosen(const escalation_step& step, std::int64_t turn, std::int64_t cycle);

} // namespace gochron::core::ladder
