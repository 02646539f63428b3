#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "gochron/check.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/result/partitions.hpp"

namespace gochron::storage {

struct copier_options {
  std::string conninfo;
  std::size_t max_rows = 200000; ///< waiting; beyond it the oldest are dropped
  std::size_t max_bytes = 128 << 20;
  std::size_t batch_rows = 20000;
  std::chrono::milliseconds interval{500}; ///< between flushes while rows trickle in
  std::chrono::milliseconds stop_grace{3000};
  session_options session;
};

struct copier_stats {
  std::atomic<std::uint64_t> copied{0}, dropped{0}, refused{0}, waiting{0}, flushes{0};
};

/// Results on their way into check_results: COPY in binary form, on one thread with a connection of its own, at the
/// latest a second after note(). A lost answer to COMMIT is resolved as in the writer, so no row is there twice.
class result_copier {
public:
  result_copier(copier_options options, const wall_clock& clock);
  ~result_copier();
  result_copier(const result_copier&) = delete;
  result_copier& operator=(const result_copier&) = delete;

  /// Thread-safe. False when an older result had to be dropped for this one, or after stop().
  bool note(check_result x);

  /// Waits until everything noted before the call is written or refused; false at the deadline. For tests and rollups.
  bool flush(std::chrono::milliseconds deadline);

  /// Writes what waits, bounded by stop_grace. Idempotent.
  void stop();

  const copier_stats& stats() const { return stats_; }

private:
  void loop();
  std::vector<check_result> take();
  void write(std::vector<check_result> xs);
  bool may_wait(std::chrono::milliseconds time);
  sql_status connect();
  sql_status attempt(std::span<const check_result> xs, const uuid& batch);
  sql_status make_partitions(std::span<const check_result> xs);
  sql_status copy(std::span<const check_result> xs, const uuid& batch);
  bool write_piece(std::span<const check_result> xs);
  void settle(std::size_t count);

  const copier_options options_;
  const wall_clock& clock_;
  copier_stats stats_;
  std::unique_ptr<connection> connection_;
  std::set<day> partitions_;

  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::deque<check_result> queue_;
  std::size_t queued_bytes_ = 0;
  std::uint64_t noted_ = 0, settled_ = 0;
  bool flush_now_ = false;
  bool stopping_ = false;
  std::optional<monotonic_time> stop_deadline_;
  std::thread thread_;
};

} // namespace gochron::storage
