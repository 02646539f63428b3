#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gochron::http {

/// What one connection may cost. Sizes in bytes.
struct limits {
  std::size_t line = 8 * 1024;       ///< request line without its CRLF; over: 414
  std::size_t head = 16 * 1024;      ///< request line, headers and the empty line; over: 431
  std::size_t headers = 100;         ///< header lines; over: 431
  std::size_t body = 1024 * 1024;    ///< of any request, whatever a route says; over: 413
  std::size_t replies = 1024 * 1024; ///< finished ones that wait for their turn; over: no further request is read
  std::size_t pipeline = 16;         ///< requests of a connection in work at once; over: not read until one is answered
  std::size_t output = 4 * 1024 * 1024;   ///< replies waiting for a client that does not read; over: dropped
  std::size_t connections = 10'000;       ///< of the process; over: 503 and closed
  std::size_t connections_per_ip = 1'000; ///< over: 503 and closed; trusted proxies and unix sockets are exempt
};

/// How long one thing may take. None is restarted by partial progress, except `write`.
struct deadlines {
  std::chrono::milliseconds head{10'000};    ///< first byte (or connect) to the end of the head; over: 408
  std::chrono::milliseconds body{30'000};    ///< end of the head to the end of the body; over: 408
  std::chrono::milliseconds idle{60'000};    ///< between requests; over: closed
  std::chrono::milliseconds write{20'000};   ///< without a byte taken by the client; over: dropped
  std::chrono::milliseconds handler{10'000}; ///< handler called to reply; over: 503, a later reply is stale
  std::chrono::milliseconds linger{1'000};   ///< after our FIN, so that the client reads the reply and not a reset
};

struct options {
  unsigned reactors = 1; ///< threads that serve connections, 1-16
  int backlog = 4096;
  http::limits limits;
  http::deadlines deadlines;
  /// Peers whose X-Forwarded-For is believed: addresses, CIDR blocks, or `unix` for every unix socket.
  std::vector<std::string> trusted_proxies;
  /// The largest body that (method, path before `?`, not decoded) takes; null: `limits.body` for all. Called on a
  /// reactor thread before any of the body is read; must not block or throw.
  std::function<std::size_t(std::string_view method, std::string_view path)> body_limit;
};

} // namespace gochron::http
