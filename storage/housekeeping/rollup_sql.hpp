#pragma once
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

/// One grain of the roll-ups: where its buckets come from. Each statement takes [$1, $2), whole buckets.
struct rollup_grain {
  const char* name;         ///< as in rollup_watermarks and rollup_dirty
  const char* coarser;      ///< whose buckets get dirty with ours; null for the last
  const char* coarser_unit; ///< for date_trunc()
  statement fill;
};

const rollup_grain& minute_grain();
const rollup_grain& hour_grain();
const rollup_grain& day_grain();

} // namespace gochron::storage
