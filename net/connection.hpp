#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>

#include "net/services.hpp"
#include "net/socket.hpp"

namespace gochron::net {

/// Whose bytes are the first on a connection.
enum class first_word : std::uint8_t { theirs, ours };

/// One outgoing TCP connection, perhaps with TLS on it. Every step ends by the attempt's deadline and fails with the
/// reason that a user will read. Closed on destruction, without ceremony.
class connection {
public:
  connection(services& s, attempt& a) : services_(s), attempt_(a), watch_(s.sockets) {}

  /// Resolves, asks the egress guard about every address, and connects to the first permitted one that answers (at
  /// most six). An address that stays silent gets its share of the time that is left, the last one all of it. When
  /// none answers, the failure is that of the first.
  asio::awaitable<outcome<void>> open(std::string host, std::uint16_t port, ip_version wanted, first_word first);

  /// Hands over to TLS; what was read before stays with the caller. `server_name` is sent as SNI and verified.
  asio::awaitable<outcome<void>> secure(tls_options options, std::string server_name);

  /// `bytes` must outlive the call.
  asio::awaitable<outcome<void>> write(std::string_view bytes);

  /// At least one byte, or 0 at the end of the stream.
  asio::awaitable<outcome<std::size_t>> read_some(asio::mutable_buffer into);

  /// From here on a silent peer is late with its *first* byte.
  void expect_first_byte() { heard_ = false; }

  /// Whether anything came after expect_first_byte() or renew().
  bool heard() const { return heard_; }

  /// Before another exchange, under the deadline that the attempt has by then.
  void renew() { heard_ = false; }

  /// Between two exchanges: still open, and nothing came that nobody asked for.
  bool is_quiet() const { return fd_.is_quiet(); }

private:
  struct ssl_deleter {
    void operator()(SSL* x) const { SSL_free(x); }
  };

  asio::awaitable<outcome<void>> connect(ip_address address, std::uint16_t port, first_word first,
                                         monotonic_time until);
  /// After an operation that could not go on: no error says that it may be tried again.
  asio::awaitable<error_code> blocked(error_code ec);
  io_result send(std::string_view bytes);
  io_result receive(asio::mutable_buffer into);
  failure read_failure(const error_code& ec) const;

  services& services_;
  attempt& attempt_;
  socket_handle fd_;
  watch watch_;
  std::shared_ptr<asio::ssl::context> context_;
  std::unique_ptr<SSL, ssl_deleter> tls_;
  bool wrote_ = false, heard_ = false;
};

} // namespace gochron::net
