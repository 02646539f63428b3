#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gochron/clock.hpp"
#include "gochron/ids.hpp"

namespace gochron {

/// `error` is our own fault (no socket, resolver broken): it never votes.
enum class verdict : std::uint8_t { up, degraded, down, error };

/// Why a check was not `up`. A stable enum of the API; the names are in core/names.cpp.
enum class reason : std::uint8_t {
  none,
  dns_nxdomain,
  dns_servfail,
  dns_timeout,
  connect_refused,
  connect_timeout,
  connect_unreachable,
  connect_reset,
  tls_expired,
  tls_hostname,
  tls_untrusted,
  tls_protocol,
  tls_timeout,
  send_failed,
  first_byte_timeout,
  read_timeout,
  body_too_large,
  protocol_error,
  redirect_limit,
  status_mismatch,
  assertion_failed,
  keyword_missing,
  keyword_present,
  too_slow,
  missed_ping,
  late_run,
  exit_status,
  fail_signal,
  egress_denied, ///< the egress guard refused the target's address
  quarantined,   ///< the monitor's actor crashed too often
  probe_error,
  rule_condition, ///< of incidents alone: the conditions of an alert rule are met
  reported,       ///< somebody said so: by hand, or at an inbound URL
};

enum class check_trigger : std::uint8_t { schedule, manual, ping, dependency };

/// How long each phase took; unset where the phase did not happen (no TLS, no DNS for a literal address).
struct phase_timings {
  std::optional<milliseconds> dns, connect, tls, first_byte, transfer;
  friend bool operator==(const phase_timings&, const phase_timings&) = default;
};

/// What an HTTP check saw of the last response. Header and body excerpts are kept on failure only.
struct http_observation {
  std::uint16_t status = 0;
  std::string version;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body_excerpt; ///< at most 4 KiB, valid UTF-8
};

/// One attempt, as a prober reports it.
struct check_outcome {
  gochron::verdict verdict = gochron::verdict::error;
  gochron::reason reason = gochron::reason::probe_error;
  std::string message; ///< a sentence; empty when up
  timestamp started_at{};
  milliseconds response_time{0};
  phase_timings timings;
  std::string remote_ip; ///< empty when no connection was tried
  std::uint16_t remote_port = 0;
  std::optional<http_observation> http;
  std::optional<timestamp> certificate_expires_at = {}; ///< of the target's own, where there was a handshake; not kept
};

/// One attempt as it is kept. `round_at` is the slot of the fixed phase, `scheduled_at` this attempt's own due time.
struct check_result {
  monitor_id monitor;
  org_id org;
  timestamp round_at{};
  std::uint8_t attempt = 1;
  check_trigger trigger = check_trigger::schedule;
  timestamp scheduled_at{};
  milliseconds lag{0}; ///< how much later than scheduled_at the attempt began
  check_outcome outcome;
  std::string ping_kind; ///< heartbeats: `success start fail log exit`, else empty
  std::string ping_body; ///< heartbeats: what the job sent, at most max_body_bytes
};

/// The id of a result is derived, not stored: the round's time, attempt and trigger, and half of the monitor's id.
result_id result_id_of(const check_result& x);

} // namespace gochron
