#pragma once
#include <optional>
#include <string>

#include "gochron/check.hpp"
#include "gochron/clock.hpp"
#include "net/egress_guard.hpp"
#include "net/readiness.hpp"
#include "net/resolver.hpp"
#include "net/tls.hpp"

namespace gochron::net {

class idle_connections;

/// What every attempt on a loop shares. Touched on the loop's thread only.
struct services {
  asio::io_context& io;
  readiness& sockets;
  resolver& dns;
  tls_contexts& tls;
  const egress_guard& guard;
  const wall_clock& clock;
  bool stopping = false;
  idle_connections* idle = nullptr; ///< of the loop; for those who ask for it
};

/// What one attempt has to keep to and what it notes on its way. Phases of several hops add up.
struct attempt {
  monotonic_time started = std::chrono::steady_clock::now();
  monotonic_time deadline;
  phase_timings timings;
  std::string remote_ip;
  std::uint16_t remote_port = 0;
  std::optional<timestamp> certificate_expires_at; ///< of the peer of the last handshake

  explicit attempt(milliseconds timeout) : deadline(started + timeout) {}
  milliseconds elapsed() const { return since(started); }

  static milliseconds since(monotonic_time t) {
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - t);
  }
  static void add(std::optional<milliseconds>& phase, monotonic_time begun) {
    phase = phase.value_or(milliseconds{0}) + since(begun);
  }
};

} // namespace gochron::net
