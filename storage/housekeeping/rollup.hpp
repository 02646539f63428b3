#pragma once
#include <array>
#include <chrono>

#include "gochron/clock.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

struct rollup_options {
  std::chrono::seconds settle{120}; ///< a minute is rolled up when it is over for so long
  std::chrono::minutes most{60};    ///< at most so many minutes in one transaction
};

/// Rolls raw results up into minutes, those into hours and those into days, each bucket once when it is closed, and
/// again when rows came late. Every grain is one transaction that begins by locking its watermark. True when there is
/// more to do at once.
sql_result<bool> roll_up(connection& db, timestamp now, const rollup_options& options = {});

/// The bin of a latency in result_rollups_*: floor(log of `ms` to base 1.2), 0 below 1 ms. The same in SQL.
int latency_bin(std::int64_t ms);

} // namespace gochron::storage
