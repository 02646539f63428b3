#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/sealer.hpp"
#include "gochron/audit.hpp"
#include "gochron/event_feed.hpp"
#include "gochron/feedback.hpp"
#include "gochron/store.hpp"
#include "gochron/together.hpp"
#include "storage/housekeeping/housekeeping.hpp"

namespace gochron::storage {

struct store_options {
  std::string conninfo;              ///< a DATABASE_URL, or embedded_postgres::conninfo()
  core::sealer::key key{};           ///< of the installation; secrets are sealed with it
  const wall_clock* clock = nullptr; ///< outlives the store
  /// Told in open(), before this run stamps anything: the last moment that an earlier run of the engine has stamped.
  std::function<void(timestamp)> last_seen{};
  /// Asked each second, for the database: when this run did not watch.
  std::function<std::vector<observation_gap>()> noticed_gaps{};
  bool engine = true;      ///< false for a command beside the engine: no housekeeping, no sign of life, no sealing
  bool seals = true;       ///< puts the audit log into its chains
  bool keeps_house = true; ///< false where somebody else does: two rounds at once meet at the same rows
  std::size_t writers = 1;
  std::size_t readers = 4;
  std::size_t max_waiting_writes = 20000;
  std::size_t max_waiting_reads = 2000;
  std::size_t max_waiting_results = 200000;
  std::chrono::milliseconds write_deadline{8000}; ///< below the HTTP server's
  gochron::storage::retention retention;
};

/// A snapshot for /metrics. Counts since the start, unless they say "waiting".
struct store_stats {
  std::uint64_t batches = 0, units = 0, rejected = 0, retries = 0, in_doubt = 0, expired = 0;
  std::uint64_t commit_microseconds = 0; ///< sum over batches
  std::uint64_t units_waiting = 0, bytes_waiting = 0, units_aside = 0;
  std::uint64_t reads = 0, reads_failed = 0, reads_waiting = 0;
  std::uint64_t results_copied = 0, results_dropped = 0, results_refused = 0, results_waiting = 0;
  std::uint64_t runtimes_written = 0, runtimes_coalesced = 0, runtimes_waiting = 0;
};

/// All of storage behind one door. Thread-safe; answers come on its threads.
class postgres_store {
public:
  /// Migrates, then starts the threads. Blocks. Errors: `malformed` (conninfo), `conflict` (schema), `unavailable`.
  static result<std::unique_ptr<postgres_store>> open(store_options options);
  ~postgres_store();
  postgres_store(const postgres_store&) = delete;
  postgres_store& operator=(const postgres_store&) = delete;

  monitor_store& monitors();
  channel_store& channels();
  rule_store& rules();
  schedule_store& schedules();
  incident_document_store& documents();
  policy_store& policies();
  maintenance_store& windows();
  people_store& people();
  token_store& tokens();
  joint_store& together();
  user_store& users();
  organization_store& organizations();
  query_store& queries();
  answer_store& answers();
  audit_store& audit();
  event_feed& events();
  feedback_store& feedback();

  /// The installation's first organisation.
  org_id organization() const;

  /// Everything that the engine starts from, on the calling thread. `internal` when a sealed value does not open.
  status load(const startup_visitor& visit);

  /// Whether the database answered within the last seconds.
  bool ready() const;

  store_stats stats() const;

  /// Waits until every result and runtime noted before is written; false at the deadline.
  bool flush(std::chrono::milliseconds deadline);

  /// Writes what waits, then ends the threads; at most some ten seconds when the database is away. Idempotent.
  void stop();

private:
  struct parts;
  explicit postgres_store(std::unique_ptr<parts> x);
  std::unique_ptr<parts> parts_;
};

} // namespace gochron::storage
