#include "storage/result/partitions.hpp"

#include <charconv>

#include <fmt/format.h>

namespace gochron::storage {
namespace {

const statement list_partitions{"list_partitions", R"(
SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = $1::text::regclass ORDER BY c.relname)"};

// The name ends in `_20260131`.
std::optional<day> day_of_name(std::string_view name) {
  int number = 0;
  name.remove_prefix(std::min(name.rfind('_') + 1, name.size()));
  auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (bad != std::errc{} || end != name.data() + name.size())
    return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year{number / 10000},
                                   std::chrono::month{static_cast<unsigned>(number / 100 % 100)},
                                   std::chrono::day{static_cast<unsigned>(number % 100)}};
  return date.ok() ? std::optional<day>{date} : std::nullopt;
}

} // namespace

std::string partition_name(day x, daily_table of) {
  std::chrono::year_month_day date{x};
  return fmt::format("{}_{:04}{:02}{:02}", of.name, static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

// DDL takes no parameters; the only values in it are a date that we formatted ourselves.
std::string create_partition_sql(day x, daily_table of) {
  return fmt::format("CREATE TABLE IF NOT EXISTS {} PARTITION OF {} FOR VALUES FROM ('{}') TO ('{}')",
                     partition_name(x, of), of.name, to_iso(timestamp{x}), to_iso(timestamp{x + std::chrono::days{1}}));
}

// The lock is for two nodes that make the same partition at once.
sql_status make_partition(connection& db, day x, daily_table of) {
  auto sql = fmt::format("BEGIN; SELECT pg_advisory_xact_lock(7462002); {}; COMMIT", create_partition_sql(x, of));
  if (auto made = db.execute(sql); !made) {
    auto undone = db.execute("ROLLBACK");
    return sql_fail(undone ? made.error() : undone.error());
  }
  return {};
}

sql_result<std::vector<day>> partition_days(connection& db, daily_table of) {
  auto found = db.run(list_partitions, params{} << of.name);
  if (!found)
    return sql_fail(found.error());
  std::vector<day> days;
  for (int i = 0; i < found->size(); ++i) {
    std::string name;
    row_reader{*found, i} >> name;
    if (auto x = day_of_name(name))
      days.push_back(*x);
  }
  return days;
}

sql_status drop_partition(connection& db, day x, daily_table of) {
  auto dropped = db.execute("DROP TABLE IF EXISTS " + partition_name(x, of));
  return dropped ? sql_status{} : sql_fail(dropped.error());
}

} // namespace gochron::storage
