#pragma once
#include <cstdint>

#include "bench/harness/report.hpp"
#include "bench/harness/server.hpp"

/// One function a question. Each prints its tables into the report and throws std::runtime_error when the server does
/// not do its part.
namespace gochron::bench {

/// How long and how often; every question reads what it needs.
struct question_options {
  double seconds = 4;               ///< of one measured window
  int repeats = 5;                  ///< of pairs of floor and ours
  std::uint64_t monitors = 100'000; ///< of the fleets that api and heartbeats make
};

/// Cost of a persisted HTTP or HTTPS check against a bare loop, the highest rate, and the schedule's lag below it.
void ask_checks(const server_options& where, const question_options& how, bool tls, report& out);

/// Pings a second against a constant of the same server, what is left of them after kill -9, and how late the deadlines
/// of a large fleet are noticed.
void ask_heartbeats(const server_options& where, const question_options& how, report& out);

/// Reads and durable writes at many monitors and rising concurrency, against a constant and pgbench.
void ask_api(const server_options& where, const question_options& how, report& out);

/// Cost and rate of deliveries against bare senders, latency from check to POST, bad receivers among good ones.
void ask_webhooks(const server_options& where, const question_options& how, report& out);

} // namespace gochron::bench
