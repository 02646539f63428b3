#pragma once
#include <chrono>

#include "gochron/clock.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

struct retention {
  std::chrono::days results{90};  ///< single results (whole partitions are dropped) and delivery attempts
  std::chrono::days history{400}; ///< resolved incidents with all that is theirs; what maintenance windows did
  std::chrono::days hour_rollups{400};
  std::chrono::hours write_batches{24}; ///< far longer than a commit can stay in doubt
  std::chrono::hours answers{24};       ///< of requests with an Idempotency-Key
};

/// Deletes what is older than that, in pieces: at most 20,000 incidents a call, so that a long past is forgotten over
/// several rounds. Whatever is still to be delivered stays, and of each organisation the incident with the highest
/// number, which the next number follows. Organisations whose plan keeps history for fewer days lose theirs earlier.
sql_status forget(connection& db, timestamp now, const retention& kept);

} // namespace gochron::storage
