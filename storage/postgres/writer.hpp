#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "gochron/clock.hpp"
#include "gochron/ids.hpp"
#include "storage/postgres/backoff.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

/// One caller's write: its commands take effect together or not at all, and never because of, or at the cost of,
/// another unit's. A guard that is not met shows in the rows, not as an SQL error.
struct write_unit {
  std::vector<command> commands;
  /// Called once, on the writer's thread (or the caller's, when the queue is full): the rows of each command after
  /// COMMIT, or the error. Must not block.
  std::function<void(result<std::span<const rows>>)> done;
  /// Whether these rows say that every guard was met. Must be pure.
  std::function<bool(std::span<const rows>)> accepts = {};
  /// Runs apart, behind a savepoint, and is rolled back to it unless `accepts` its rows: they are the answer even so.
  bool whole = false;
  bool patient = false; ///< the engine's own: retried in order for as long as it takes, no write deadline
  uuid entity{};        ///< whose row it is: the order of one entity's units is kept, whatever happens
};

struct writer_options {
  std::string conninfo;
  std::size_t max_units = 20000;    ///< waiting; more: `busy`
  std::size_t max_bytes = 64 << 20; ///< waiting; more: `busy`
  std::size_t batch_units = 1000;
  std::size_t batch_bytes = 8 << 20;
  std::chrono::milliseconds linger{1}; ///< how long a batch waits for company; not at all after one that had none
  std::chrono::milliseconds write_deadline{8000}; ///< below the HTTP server's: its answer would not be certain
  std::chrono::milliseconds patience{3000};       ///< how long a batch may struggle before API writes are refused
  std::chrono::milliseconds set_aside{1000};      ///< until the first new attempt; doubles
  std::chrono::milliseconds set_aside_most{30000};
  std::chrono::milliseconds stop_grace{5000}; ///< how long stop() tries to write what is queued
  session_options session{std::chrono::seconds{10}, std::chrono::seconds{2}, std::chrono::seconds{20}};
};

/// Counts since the start; read by any thread.
struct writer_stats {
  std::atomic<std::uint64_t> batches{0}, units{0}, rejected{0}, retries{0}, in_doubt{0}, expired{0};
  std::atomic<std::uint64_t> commit_microseconds{0}; ///< sum over batches, from BEGIN to the answer to COMMIT
  std::atomic<std::uint64_t> queued_units{0}, queued_bytes{0};
  std::atomic<std::uint64_t> aside{0}; ///< units that wait beside the queue, now
  std::atomic<bool> connected{false};
};

/// Group commit: one thread, one connection, units in the order of submit(). A patient unit that meets a lock or runs
/// out of time is set aside, with all later units of its entity, and tried again until it is written. See
/// docs/adr/0010, 0070 and 0071.
class writer {
public:
  writer(writer_options options, const wall_clock& clock);
  ~writer();
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  /// Thread-safe, returns at once. After stop(): `unavailable`.
  void submit(write_unit x);

  /// Writes what is queued, then ends the thread. Bounded by stop_grace when the database is away: then what is
  /// left is answered `unavailable` (or `timed_out` when its commit is in doubt). Idempotent.
  void stop();

  const writer_stats& stats() const { return stats_; }

private:
  struct pending {
    write_unit unit;
    monotonic_time deadline;
    std::size_t bytes = 0;
    std::vector<rows> answers;
    std::optional<error> failure;
    bool deferred = false; ///< rolled back to its savepoint in this attempt
  };
  struct batch {
    uuid id;
    timestamp at{};
    std::vector<pending> units;
    bool in_doubt = false; ///< COMMIT was sent and its answer lost
    bool gentle = false;   ///< was set aside: waits for no lock
  };
  /// What one entity waits with.
  struct waiting_room {
    std::vector<pending> units;
    std::chrono::milliseconds wait{0};
    monotonic_time due;
  };
  enum class outcome : std::uint8_t { finished, again };

  void loop();
  std::optional<batch> collect();
  std::optional<batch> collect_aside();
  bool joins_aside(pending& x);
  void set_aside(batch& x);
  void abandon_aside();
  monotonic_time next_aside() const;
  void begin_struggle(bool begun);
  bool struggles() const;
  void write(batch& x);
  bool give_up(batch& x, backoff& wait);
  bool connect();
  outcome attempt(batch& x);
  outcome resolve_doubt(batch& x);
  outcome pipelined(batch& x);
  outcome one_by_one(batch& x);
  outcome run_apart(pending& x);
  outcome all_deferred(batch& x, const sql_error& why);
  outcome commit(batch& x);
  outcome failed(const sql_error& why);
  void expire(batch& x);
  void expire_queue();
  void answer(pending& x);
  void finish(batch& x);

  const writer_options options_;
  const wall_clock& clock_;
  writer_stats stats_;
  std::unique_ptr<connection> connection_;

  std::map<uuid, waiting_room> aside_; ///< the writer's thread only
  monotonic_time aside_rest_{};        ///< no new attempt at what is aside before
  bool company_ = false;               ///< whether the last batch had more than one unit; likewise

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<pending> queue_;
  std::optional<monotonic_time> struggling_since_; ///< when the present batch was begun
  std::size_t queued_bytes_ = 0;
  bool stopping_ = false;
  std::optional<monotonic_time> stop_deadline_;
  std::thread thread_;
};

} // namespace gochron::storage
