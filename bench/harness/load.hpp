#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "bench/harness/samples.hpp"

namespace gochron::bench {

/// Where a server listens: an IPv4 address and a port.
struct endpoint {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
};

/// From `http://127.0.0.1:8080`. Throws std::runtime_error for anything but an http URL with an address or `localhost`.
endpoint endpoint_of(const std::string& url);

/// The text of one request with keep-alive. `token` empty: no Authorization.
std::string request_text(std::string_view method, std::string_view path, std::string_view token,
                         std::string_view body = {});

struct reply {
  int status = 0;
  std::string_view body;
  std::uint64_t number = 0; ///< of the request, as given to `request`
};

struct load_plan {
  endpoint to;
  int connections = 16;
  double seconds = 0;      ///< no new request after it; zero: no bound in time
  std::uint64_t count = 0; ///< no more requests than this; zero: no bound in number
  double rate = 0;         ///< requests a second, evenly spread, late ones timed from when they were due; zero: as fast
                           ///< as the connections allow, each with one request at a time
  std::function<std::string(std::uint64_t number)> request = {};
  std::function<void(const reply&)> seen = {}; ///< may be empty
};

struct load_result {
  std::uint64_t done = 0;
  std::uint64_t failed = 0; ///< answered with 4xx or 5xx
  std::uint64_t lost = 0;   ///< never answered
  double seconds = 0;
  samples ms; ///< latencies

  double rate() const { return seconds > 0 ? static_cast<double>(done) / seconds : 0; }
};

/// Runs the plan on the calling thread. Throws std::runtime_error when the server cannot be reached at all. Ends 30 s
/// after the last request at the latest.
load_result run(const load_plan& plan);

} // namespace gochron::bench
