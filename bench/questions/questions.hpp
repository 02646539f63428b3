#pragma once
#include <cstdint>
#include <vector>

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

  /// Of a ladder, which has many windows: api and heartbeats are to end within six minutes each.
  double rung_seconds() const { return seconds / 2; }
  int turns() const { return (repeats + 1) / 2; }
};

struct fleet_options {
  std::vector<std::uint64_t> monitors{10'000, 100'000, 1'000'000};
  int interval = 86400; ///< seconds, of the HTTP checks
};

struct null_options {
  std::uint64_t monitors = 1'000'000;
  int interval = 60;   ///< seconds
  double seconds = 60; ///< of the measured window, after one whole interval
};

struct storm_options {
  std::uint64_t monitors = 100'000;
  int interval = 60;       ///< seconds
  int channels = 4;        ///< each with a rule for its share of the monitors
  double api_rate = 100;   ///< GET a second meanwhile, each of two kinds
  bool behind_one = false; ///< all but one depend on that one, which fails as well
};

struct escalation_options {
  std::uint64_t escalations = 10'000;
  double seconds = 20; ///< of a window in which nothing happens
};

struct storage_options {
  std::uint64_t monitors = 1'000;
  std::uint64_t rounds = 1'440; ///< of each, one a minute
};

struct year_options {
  std::uint64_t monitors = 10'000;
};

/// Cost of a persisted HTTP or HTTPS check against a bare loop, the highest rate, and the schedule's lag below it.
void ask_checks(const server_options& where, const question_options& how, bool tls, report& out);

/// Pings a second against a constant of the same server, and what is left of them after kill -9.
void ask_heartbeats(const server_options& where, const question_options& how, report& out);

/// How late the missed deadlines of a large fleet are noticed.
void ask_deadlines(const server_options& where, const question_options& how, report& out);

/// Reads and durable writes at many monitors and rising concurrency, against a constant and pgbench.
void ask_api(const server_options& where, const question_options& how, report& out);

/// Cost and rate of deliveries against bare senders, latency from check to POST, bad receivers among good ones.
void ask_webhooks(const server_options& where, const question_options& how, report& out);

/// Memory of idle streams of events, and what telling an event to many of them costs against a bare loop.
void ask_events(const server_options& where, const question_options& how, report& out);

/// Memory, start and idle CPU of a server with many monitors. Needs a server of its own.
void ask_fleet(const server_options& where, const question_options& how, const fleet_options& what, report& out);

/// Schedule lag, CPU and memory of the actors alone, in this process: checks answer at once, nothing is stored.
void ask_null_fleet(const null_options& what, report& out);

/// Every monitor fails within one interval and recovers in the next. Needs a server of its own.
void ask_storm(const server_options& where, const storm_options& what, report& out);

/// From a failed round to the page received, by a rule's channel and by the first step of a policy.
void ask_pages(const server_options& where, const question_options& how, report& out);

/// CPU and memory of many running escalations while nothing is due, and how long their next step takes when it is due
/// at one instant. Needs a server of its own.
void ask_escalations(const server_options& where, const escalation_options& what, report& out);

/// Results a second, bytes at rest, roll-up and retention, in this process with a Postgres of its own.
void ask_storage(const storage_options& what, report& out);

/// A year of availability by the hour, through the API, of monitors that have a year of history. Needs a server of its
/// own.
void ask_year(const server_options& where, const year_options& what, report& out);

} // namespace gochron::bench
