#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "bench/harness/load.hpp"
#include "bench/harness/process.hpp"

namespace gochron::bench {

/// What a target and whoever measures share, in memory common to both processes.
struct target_board {
  std::atomic<std::int64_t> requests{0};
  std::atomic<int> status{200}; ///< what it answers from now on
};

struct target_options {
  std::string cert_pem, key_pem; ///< TLS when set: the chain, leaf first
  int core = 1;
};

/// An HTTP server in a process of its own that answers every request with an empty 204 or another status, on every
/// address of 127.0.0.0/8. Start it before any thread exists.
class target {
public:
  explicit target(const target_options& options);

  endpoint at() const { return {"127.0.0.1", port_}; }
  /// The n-th of many names for the same target: spreads connections over addresses, of which each has its own ports.
  std::string url(std::uint64_t n) const;
  target_board& board() { return *board_; }
  double cpu_seconds() const { return usage_of(process_.pid()).cpu_seconds; }

private:
  std::shared_ptr<target_board> board_;
  std::string scheme_;
  std::uint16_t port_ = 0;
  child process_;
};

} // namespace gochron::bench
