#pragma once
#include <cstddef>
#include <vector>

#include "core/on_call/rotation.hpp"

namespace gochron::core {

/// How much may still be computed for one answer.
struct piece_budget {
  std::size_t left;
  bool spend(std::size_t n = 1) {
    auto enough = left >= n;
    left = enough ? left - n : 0;
    return enough;
  }
};

/// Stretches that follow each other without a break and cover what was asked for; nobody in some.
using timeline = std::vector<on_call_shift>;

/// What the layers of a revision say over [from, to). Ends early when the budget is spent.
timeline layers_over(const schedule_revision& x, timestamp from, timestamp to, piece_budget& budget);

/// The same for one instant.
on_call_turn layers_at(const schedule_revision& x, timestamp at);

/// Joins neighbours with the same users.
void join_equals(timeline& x);

} // namespace gochron::core
