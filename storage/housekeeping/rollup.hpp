#pragma once
#include <chrono>
#include <cstdint>

#include "gochron/clock.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

struct rollup_options {
  std::chrono::seconds settle{120}; ///< an hour is rolled up when it is over for so long
  std::int64_t most = 48;           ///< buckets of a grain in one call, each a transaction
};

/// Rolls results up into hours and those into days, each bucket once when it is closed, and again when rows came late.
/// Closing is a mark like that of a late row, so no writer waits while a bucket is filled. True when there is more to
/// do at once.
sql_result<bool> roll_up(connection& db, timestamp now, const rollup_options& options = {});

/// The bin of a latency in result_rollups_*: floor(log of `ms` to base 1.2), 0 below 1 ms. The same in SQL.
int latency_bin(std::int64_t ms);

} // namespace gochron::storage
