#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "gochron/error.hpp"

namespace gochron::storage {

/// What is to be done about a failed statement. One table, sql_error.cpp, gives it for each SQLSTATE.
enum class remedy : std::uint8_t {
  reject,    ///< the values are refused: this one unit is to blame, and always will be
  retry,     ///< nothing was written; the same again may succeed on this connection
  defer,     ///< this one statement met a lock or ran out of time: it may succeed later, its neighbours now
  reconnect, ///< the connection is gone or useless; whether a COMMIT took effect is not known
  defect,    ///< our statement is wrong: this unit fails as `internal`
};

/// A failure inside the storage room. `message` may quote values: it goes to the log, never to a client.
struct sql_error {
  gochron::storage::remedy remedy = remedy::reconnect;
  std::string sqlstate; ///< five characters, or empty when the connection broke without one
  std::string message;
};

template <class T>
using sql_result = tl::expected<T, sql_error>;
using sql_status = sql_result<void>;

remedy remedy_of(std::string_view sqlstate);

sql_error make_sql_error(std::string_view sqlstate, std::string_view message);

/// For the rooms above: `conflict` (unique or foreign key), `invalid`, `unavailable` with retry_after, `internal`.
error to_error(const sql_error& x);

inline tl::unexpected<sql_error> sql_fail(sql_error x) {
  return tl::unexpected<sql_error>(std::move(x));
}

} // namespace gochron::storage
