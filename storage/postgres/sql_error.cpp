#include "storage/postgres/sql_error.hpp"

#include <algorithm>
#include <array>

namespace gochron::storage {
namespace {

struct rule {
  std::string_view prefix;
  remedy what;
};

// The first matching prefix counts: single codes stand before their class.
constexpr auto rules = std::to_array<rule>({
    {"25006", remedy::reconnect}, // read-only: the primary moved
    {"25", remedy::reconnect},    // our idea of the transaction's state is wrong
    {"26000", remedy::reconnect}, // a prepared statement is gone (a pooler changed the backend)
    {"57014", remedy::defer},     // statement timeout
    {"08", remedy::reconnect},    // connection exceptions
    {"57", remedy::reconnect},    // operator intervention, shutdown, crash
    {"58", remedy::reconnect},    // system error outside Postgres (I/O)
    {"28", remedy::reconnect},    // may not log in (yet)
    {"3D000", remedy::reconnect}, // the database does not exist (yet)
    {"40", remedy::retry},        // deadlock, serialization failure
    {"53", remedy::retry},        // disk full, out of memory, too many connections
    {"55", remedy::defer},        // lock not available, object in use
    {"22", remedy::reject},       // data exceptions
    {"23", remedy::reject},       // integrity constraints
    {"54", remedy::reject},       // program limits exceeded
});

} // namespace

remedy remedy_of(std::string_view sqlstate) {
  if (sqlstate.empty())
    return remedy::reconnect;
  for (const auto& x : rules)
    if (sqlstate.starts_with(x.prefix))
      return x.what;
  return remedy::defect;
}

sql_error make_sql_error(std::string_view sqlstate, std::string_view message) {
  std::string line{message};
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return {remedy_of(sqlstate), std::string{sqlstate}, std::move(line)};
}

error to_error(const sql_error& x) {
  switch (x.remedy) {
  case remedy::reject:
    if (x.sqlstate.starts_with("23505") || x.sqlstate.starts_with("23503"))
      return {errc::conflict, "It contradicts another resource.", {}, {}, {}};
    return {errc::invalid, "A value is outside of what can be stored.", {}, {}, {}};
  case remedy::retry:
  case remedy::defer:
  case remedy::reconnect:
    return {errc::unavailable, "The database is away.", {}, std::chrono::seconds{1}, {}};
  case remedy::defect:
    break;
  }
  return {errc::internal, "The database refused a statement.", {}, {}, {}};
}

} // namespace gochron::storage
