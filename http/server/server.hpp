#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "gochron/error.hpp"
#include "http/server/counters.hpp"
#include "http/server/options.hpp"
#include "http/server/session.hpp"

namespace gochron::http {

/// The HTTP/1.1 server: one accept thread, `options.reactors` threads for connections.
///
/// Order of use: `listen` (once an address), `start`, then `drain` and `stop`, in this order and on one thread.
/// Tickets may outlive the server: what is answered after `stop` is dropped. The handler must not be entered by then,
/// so whatever it captures has to live until `stop` has returned.
class server {
public:
  /// Throws std::invalid_argument for options that make no sense.
  server(options o, handler h);
  /// Stops.
  ~server();

  /// Binds and listens; nothing is accepted before `start`. Returns the address as bound (port 0 filled in):
  /// `http://127.0.0.1:40123`, `unix:/path`. Errors: as `listening_socket::open`.
  result<std::string> listen(std::string_view where);

  void start();

  /// Stops accepting, closes idle connections, answers what is in work with `Connection: close`. True when the last
  /// connection is gone; false when that was not so at `deadline` from now.
  bool drain(std::chrono::milliseconds deadline);

  /// Ends every connection and thread. Idempotent.
  void stop();

  /// Any thread.
  http::stats stats() const;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace gochron::http
