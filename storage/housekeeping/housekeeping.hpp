#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "storage/housekeeping/forgetting.hpp"
#include "storage/housekeeping/rollup.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/result/packing.hpp"

namespace gochron::storage {

struct housekeeping_options {
  std::string conninfo;
  gochron::storage::retention retention;
  rollup_options rollup;
  packing_options packing;
  std::chrono::seconds round{20}; ///< from the end of one run to the next
  session_options session{std::chrono::minutes{10}, std::chrono::seconds{10}, std::chrono::minutes{11}};
};

/// One round: partitions of today and the next two days, roll-ups, packing of a day, retention, what removed monitors
/// left behind.
sql_status run_once(connection& db, timestamp now, const housekeeping_options& options);

/// The thread that does it.
class housekeeping {
public:
  /// Begins a run of the engine on the first contact with the database.
  housekeeping(housekeeping_options options, const wall_clock& clock);
  ~housekeeping();
  housekeeping(const housekeeping&) = delete;
  housekeeping& operator=(const housekeeping&) = delete;

  /// Breaks off what is under way. Idempotent.
  void stop();

private:
  void loop();
  sql_status round();
  void break_off();

  const housekeeping_options options_;
  const wall_clock& clock_;
  std::unique_ptr<connection> connection_; ///< of the thread alone
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false, working_ = false;
  int backend_ = 0; ///< of the connection, while working
  std::thread thread_;
};

} // namespace gochron::storage
