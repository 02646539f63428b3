#pragma once
#include <functional>
#include <string>

#include "core/sealer.hpp"
#include "gochron/store.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

/// One monitor with all that its actor starts from; status changes from `since` on. `not_found`.
sql_result<result<loaded_monitor>> load_monitor(connection& db, monitor_id id, timestamp since,
                                                const core::sealer& sealer);

/// Every monitor of every organisation, in no order, on several connections of its own: what takes the time is to
/// decode rows, here and in Postgres. `visit` is called on their threads, one call at a time.
sql_result<status> load_all_monitors(const std::string& conninfo, timestamp since, const core::sealer& sealer,
                                     const std::function<void(loaded_monitor)>& visit);

} // namespace gochron::storage
