#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "gochron/clock.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

using day = std::chrono::sys_days;

inline day day_of(timestamp x) {
  return std::chrono::floor<std::chrono::days>(x);
}

/// Makes the partition of check_results for a day, unless it is there. Safe against others doing the same.
sql_status make_partition(connection& db, day x);

/// The days that have a partition.
sql_result<std::vector<day>> partition_days(connection& db);

sql_status drop_partition(connection& db, day x);

/// `check_results_20260131`
std::string partition_name(day x);

} // namespace gochron::storage
