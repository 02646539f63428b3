#pragma once
#include <cstddef>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include "net/asio.hpp"

namespace gochron::net {

/// How one call on a non-blocking stream ended. `would_block`: nothing moved, wait; size 0 of a read: its end.
struct io_result {
  std::size_t size = 0;
  error_code error;
  bool ok() const { return !error; }
};

/// errno, as an error code.
error_code last_error();

/// Owns one non-blocking TCP socket. Closed on destruction.
class socket_handle {
public:
  socket_handle() = default;
  socket_handle(socket_handle&& x) noexcept : fd_(std::exchange(x.fd_, -1)) {}
  socket_handle& operator=(socket_handle&& x) noexcept {
    std::swap(fd_, x.fd_);
    return *this;
  }
  ~socket_handle();

  error_code open(bool v6);
  /// `in_progress`: wait until it is ready, then ask pending_error().
  error_code connect(const asio::ip::tcp::endpoint& to);
  error_code pending_error() const;
  void no_delay();
  /// Before connect(), by whoever will send something at once: that also says that the handshake is complete.
  void save_handshake_ack();

  io_result send(std::string_view bytes);
  io_result receive(asio::mutable_buffer into);

  /// Neither bytes to read nor an end to notice.
  bool is_quiet() const;

  int get() const { return fd_; }

private:
  int fd_ = -1;
};

/// One step of TLS on a non-blocking socket. Errors are of the system's or Asio's SSL category; a stream that ends
/// without close_notify is `stream_truncated`.
io_result tls_handshake(SSL* ssl);
io_result tls_write(SSL* ssl, std::string_view bytes);
io_result tls_read(SSL* ssl, asio::mutable_buffer into);

} // namespace gochron::net
