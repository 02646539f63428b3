#pragma once
#include <chrono>

#include "storage/postgres/connection.hpp"
#include "storage/result/partitions.hpp"

namespace gochron::storage {

struct packing_options {
  std::chrono::hours settle{2};  ///< from the end of a day until it may be packed
  std::chrono::minutes most{10}; ///< for the one long statement
};

/// Packs the oldest day that is over, rolled up and still in single rows, if there is one, and drops its partition:
/// 13 bytes a check instead of 237. One transaction; meanwhile results are read and written as ever. A result that
/// comes for a packed day makes its partition anew (see unpack_late). True when a day was packed.
sql_result<bool> pack_next(connection& db, timestamp now, const packing_options& options);

/// Within the caller's transaction, which holds the roll-up's watermark: takes the checks of those monitors of the day
/// that have single rows again out of their packs, so that a roll-up of the day sees all of them.
sql_status unpack_late(connection& db, day x);

} // namespace gochron::storage
