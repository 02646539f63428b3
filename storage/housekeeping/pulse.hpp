#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gochron/store.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

struct pulse_options {
  std::string conninfo;
  std::chrono::milliseconds interval{1000};
  /// What the engine noticed since the last call: when it did not watch although it ran. May be empty.
  std::function<std::vector<observation_gap>()> noticed_gaps{};
  /// When the oldest runtime that is not written yet was noted, if any is. May be empty.
  std::function<std::optional<timestamp>()> unwritten_since{};
  session_options session{std::chrono::seconds{3}, std::chrono::seconds{2}, std::chrono::seconds{4}};
};

/// Writes each second until when what this run of the engine watched is written, on a thread and connection of its own,
/// and so knows whether the database answers.
class pulse {
public:
  pulse(pulse_options options, const uuid& run, const wall_clock& clock);
  ~pulse();
  pulse(const pulse&) = delete;
  pulse& operator=(const pulse&) = delete;

  /// Whether the last sign of life was written. A silent database shows within some five seconds.
  bool reachable() const { return reachable_; }

  /// Writes a last sign, then ends. Idempotent.
  void stop();

private:
  void loop();
  sql_status beat();
  timestamp known_until();
  sql_status write_gaps();

  const pulse_options options_;
  const uuid run_;
  const wall_clock& clock_;
  std::unique_ptr<connection> connection_;
  std::vector<observation_gap> unwritten_;
  std::atomic<bool> reachable_{true};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace gochron::storage
