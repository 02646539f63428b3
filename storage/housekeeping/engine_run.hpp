#pragma once
#include "gochron/ids.hpp"
#include "gochron/store.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

/// Ends the writing sessions of engines before this one and waits until they are over, each transaction decided. To be
/// called before anything is loaded.
sql_status end_earlier_runs(connection& db);

/// A new life of the engine begins: since the last sign of the one before, nobody was watching. That stretch becomes
/// an observation_gap. The id names this life.
sql_result<uuid> begin_run(connection& db, timestamp now);

/// "Still watching at `now`."
sql_status see(connection& db, const uuid& run, timestamp now);

/// The last sign of life of any run; empty before the first.
sql_result<std::optional<timestamp>> last_seen(connection& db);

/// A stretch in which this run did not watch. The same again, or longer, changes the one that is there.
sql_status add_gap(connection& db, const observation_gap& x);

/// Gaps that reach past `since`, oldest first; of very many the latest 4,096.
sql_result<std::vector<observation_gap>> gaps_since(connection& db, timestamp since);

} // namespace gochron::storage
