#pragma once
#include "bench/harness/report.hpp"
#include "bench/harness/server.hpp"

/// One function a question. Each prints its tables into the report and throws std::runtime_error when the server does
/// not do its part.
namespace gochron::bench {

/// How long and how often; every question reads what it needs.
struct question_options {
  double seconds = 4; ///< of one measured window
  int repeats = 5;    ///< of pairs of floor and ours
};

/// Cost of a persisted HTTP or HTTPS check against a bare loop, the highest rate, and the schedule's lag below it.
void ask_checks(const server_options& where, const question_options& how, bool tls, report& out);

} // namespace gochron::bench
