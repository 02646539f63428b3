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

/// A table with a partition a day.
struct daily_table {
  const char* name;
};

inline constexpr daily_table single_results{"check_results"}; ///< a row a check: days that are open
inline constexpr daily_table packed_results{"result_packs"};  ///< many checks to a row: days that are over

/// Makes the partition for a day, unless it is there. Safe against others doing the same.
sql_status make_partition(connection& db, day x, daily_table of = single_results);

/// The days that have a partition, oldest first.
sql_result<std::vector<day>> partition_days(connection& db, daily_table of = single_results);

sql_status drop_partition(connection& db, day x, daily_table of = single_results);

/// `check_results_20260131`
std::string partition_name(day x, daily_table of = single_results);

/// `CREATE TABLE IF NOT EXISTS ... PARTITION OF ...`, for a transaction of the caller's.
std::string create_partition_sql(day x, daily_table of);

} // namespace gochron::storage
