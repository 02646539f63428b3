#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "storage/housekeeping/rollup.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

struct retention {
  std::chrono::days results{90}; ///< raw results: whole partitions are dropped
  std::chrono::days minute_rollups{8};
  std::chrono::days hour_rollups{400};
  std::chrono::hours write_batches{24}; ///< far longer than a commit can stay in doubt
};

struct housekeeping_options {
  std::string conninfo;
  gochron::storage::retention retention;
  rollup_options rollup;
  std::chrono::seconds round{20}; ///< from the end of one run to the next
  session_options session;
};

/// One round: partitions of today and the next two days, roll-ups, retention, what removed monitors left behind.
sql_status run_once(connection& db, timestamp now, const housekeeping_options& options);

/// The thread that does it.
class housekeeping {
public:
  /// Begins a run of the engine on the first contact with the database.
  housekeeping(housekeeping_options options, const wall_clock& clock);
  ~housekeeping();
  housekeeping(const housekeeping&) = delete;
  housekeeping& operator=(const housekeeping&) = delete;

  /// Idempotent.
  void stop();

private:
  void loop();
  sql_status round();

  housekeeping_options options_; ///< of the thread alone; roll-ups take smaller steps after a time-out
  const wall_clock& clock_;
  std::unique_ptr<connection> connection_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace gochron::storage
