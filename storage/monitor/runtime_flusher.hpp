#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "gochron/monitor.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

struct flusher_options {
  std::string conninfo;
  const wall_clock* clock = nullptr;  ///< outlives the flusher
  std::size_t max_monitors = 2000000; ///< with something to write; more are refused
  std::size_t batch = 200; ///< rows a statement: it holds them for its length, and who asks for a change may wait
  std::chrono::milliseconds interval{700};
  std::chrono::milliseconds stop_grace{3000};
  session_options session{std::chrono::seconds{30}, std::chrono::milliseconds{200}, std::chrono::seconds{40}};
};

struct flusher_stats {
  std::atomic<std::uint64_t> written{0}, coalesced{0}, refused{0}, waiting{0};
};

/// What was observed of each monitor, the latest only, written at most a second later where its sequence is newer than
/// the row's. Writing it again is harmless, so a doubtful write is simply repeated.
class runtime_flusher {
public:
  explicit runtime_flusher(flusher_options options);
  ~runtime_flusher();
  runtime_flusher(const runtime_flusher&) = delete;
  runtime_flusher& operator=(const runtime_flusher&) = delete;

  /// Thread-safe. False when too many monitors wait, or after stop().
  bool note(monitor_id id, org_id org, const monitor_runtime& x);

  /// Calls `then` when what was noted before is written: at once, or on the flusher's thread. Thread-safe.
  void after_notes(std::function<void()> then);

  /// When the oldest of what is not written yet was noted; unset when everything is written. Thread-safe.
  std::optional<timestamp> unwritten_since();

  /// Waits until what was noted before the call is written; false at the deadline. For tests.
  bool flush(std::chrono::milliseconds deadline);

  /// Writes what waits, bounded by stop_grace. Idempotent.
  void stop();

  const flusher_stats& stats() const { return stats_; }

private:
  struct noted {
    monitor_id id;
    org_id org;
    monitor_runtime runtime;
  };
  void loop();
  bool write(const std::vector<noted>& xs);
  void tell_listeners(bool all);
  void keep(const std::vector<monitor_id>& held, const std::vector<noted>& xs);
  sql_status attempt(const std::vector<noted>& xs);
  static params params_of(const std::vector<noted>& xs, std::size_t from, std::size_t to);

  const flusher_options options_;
  flusher_stats stats_;
  std::unique_ptr<connection> connection_;

  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::unordered_map<monitor_id, noted> waiting_;
  std::optional<timestamp> waiting_since_, writing_since_; ///< the oldest note of those that wait, and of this round
  std::vector<std::pair<std::uint64_t, std::function<void()>>> listeners_; ///< each with the round it waits for
  std::uint64_t round_ = 0, written_round_ = 0; ///< rounds begun and finished; notes go to the next one
  bool kept_ = false; ///< some of the present round's rows are held by somebody: they go to the next
  bool flush_now_ = false;
  bool stopping_ = false;
  std::optional<monotonic_time> stop_deadline_;
  std::thread thread_;
};

} // namespace gochron::storage
