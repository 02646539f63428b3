#pragma once
#include <chrono>

#include "storage/postgres/connection.hpp"

namespace gochron::storage {

/// One grain of the roll-ups: where its buckets come from. Its statement takes [$1, $2), whole buckets.
struct rollup_grain {
  const char* name; ///< as in rollup_watermarks and rollup_dirty, and for date_trunc()
  const char* step; ///< `length`, as Postgres spells it
  std::chrono::hours length;
  bool of_results;     ///< made of results, not of a finer grain
  const char* coarser; ///< whose bucket gets dirty with ours; null for the last
  statement fill;
};

const rollup_grain& hour_grain();
const rollup_grain& day_grain();

} // namespace gochron::storage
