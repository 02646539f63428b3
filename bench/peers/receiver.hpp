#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "bench/harness/process.hpp"

namespace gochron::bench {

/// A webhook as it arrived. Times are microseconds since 1970 by the system's clock, which sender and receiver share.
struct arrival {
  std::int64_t at_us = 0;
  std::int64_t decided_us = 0; ///< `timestamp` of the event
  std::int64_t started_us = 0; ///< `started_at` of its incident
  std::uint32_t subject = 0;   ///< n of the monitor's name `bench-subject-n`
  std::uint32_t place = 0;     ///< n of the URL
  bool opened = false;         ///< of type incident.opened
};

/// What the receiver and whoever measures share, in memory common to both processes. Entries below `count` are whole.
struct receiver_board {
  static constexpr std::size_t capacity = 1U << 20U;
  static constexpr std::size_t targets = 4096;

  std::atomic<std::size_t> count{0};       ///< webhooks taken so far; those beyond the capacity are counted only
  std::atomic<int> target_status{200};     ///< what targets answer from now on
  std::atomic<std::int64_t> slow_ms{3000}; ///< how long slow places take
  std::atomic<std::int64_t> answered_us[targets] = {}; ///< when a target last began to answer something new
  std::atomic<int> answered_status[targets] = {};      ///< and what
  arrival entries[capacity];
};

std::int64_t now_us();

/// An HTTP server in a process of its own, on every address of 127.0.0.0/8: receivers of webhooks, good, slow and dead
/// ones, and targets of checks. Start it before any thread exists.
class receiver {
public:
  explicit receiver(int core = 1);

  std::string url(std::uint32_t place) const { return url_of("hook", place); }
  std::string slow_url(std::uint32_t place) const { return url_of("slow", place); } ///< answers after `slow_ms`
  std::string dead_url(std::uint32_t place) const { return url_of("dead", place); } ///< never answers
  std::string target_url(std::uint32_t n) const { return url_of("target", n); }     ///< n below receiver_board::targets
  std::uint16_t port() const { return port_; }
  receiver_board& board() const { return *board_; }
  double cpu_seconds() const { return usage_of(process_.pid()).cpu_seconds; }

private:
  std::string url_of(const char* kind, std::uint32_t n) const;

  std::shared_ptr<receiver_board> board_;
  std::uint16_t port_ = 0;
  child process_;
};

} // namespace gochron::bench
