#pragma once
#include <functional>

#include "core/sealer.hpp"
#include "gochron/store.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

/// One monitor with all that its actor starts from; status changes from `since` on. `not_found`.
sql_result<result<loaded_monitor>> load_monitor(connection& db, monitor_id id, timestamp since,
                                                const core::sealer& sealer);

/// Every monitor of every organisation, in order of id, a few thousand at a time.
sql_result<status> load_all_monitors(connection& db, timestamp since, const core::sealer& sealer,
                                     const std::function<void(loaded_monitor)>& visit);

} // namespace gochron::storage
