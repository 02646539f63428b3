#pragma once
#include <array>
#include <atomic>
#include <cstdint>

namespace gochron::http {

/// What a server has done so far. A snapshot: the figures are read one after the other.
struct stats {
  std::uint64_t connections = 0;          ///< open now
  std::uint64_t accepted = 0;             ///< ever
  std::uint64_t shed_full = 0;            ///< turned away with 503: the process or the address has too many
  std::uint64_t shed_no_fds = 0;          ///< closed at once: the process is out of descriptors
  std::uint64_t requests = 0;             ///< handed to the handler
  std::uint64_t refused = 0;              ///< ended with a 4xx or 5xx by the framing
  std::array<std::uint64_t, 6> replies{}; ///< by class: replies[2] counts 2xx
  std::uint64_t stale_replies = 0;        ///< nobody waited for them any more
  std::uint64_t timeout_head = 0, timeout_body = 0, timeout_idle = 0, timeout_write = 0, timeout_handler = 0;
  std::uint64_t dropped_slow = 0; ///< over the output limit
};

/// The live figures, shared by the threads of a server.
struct counters {
  using count = std::atomic<std::uint64_t>;
  count accepted{0}, shed_full{0}, shed_no_fds{0}, requests{0}, refused{0}, stale_replies{0}, timeout_head{0},
      timeout_body{0}, timeout_idle{0}, timeout_write{0}, timeout_handler{0}, dropped_slow{0};
  std::array<count, 6> replies{};

  stats snapshot() const;
};

} // namespace gochron::http
