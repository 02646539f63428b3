#include "net/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>

#include <boost/asio/ssl/error.hpp>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gochron::net {

namespace {

io_result from_system(ssize_t n) {
  if (n >= 0)
    return {static_cast<std::size_t>(n), {}};
  if (errno == EAGAIN || errno == EINTR)
    return {0, asio::error::would_block};
  return {0, last_error()};
}

int length_of(std::size_t n) {
  return static_cast<int>(std::min<std::size_t>(n, std::numeric_limits<int>::max()));
}

// What OpenSSL means by a result that is not success.
io_result from_openssl(const SSL* ssl, int n) {
  switch (SSL_get_error(ssl, n)) {
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE:
    return {0, asio::error::would_block};
  case SSL_ERROR_ZERO_RETURN:
    return {0, asio::error::eof};
  case SSL_ERROR_SYSCALL:
    return {0, errno == 0 ? error_code{asio::error::eof} : last_error()};
  default:
    break;
  }
  auto code = ERR_get_error();
  if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return {0, asio::ssl::error::stream_truncated};
  return {0, error_code{static_cast<int>(code), asio::error::get_ssl_category()}};
}

void clear_errors() {
  ERR_clear_error();
  errno = 0;
}

} // namespace

error_code last_error() {
  return {errno, boost::system::system_category()};
}

socket_handle::~socket_handle() {
  if (fd_ >= 0)
    ::close(fd_);
}

error_code socket_handle::open(bool v6) {
  fd_ = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return fd_ < 0 ? last_error() : error_code{};
}

error_code socket_handle::connect(const asio::ip::tcp::endpoint& to) {
  return ::connect(fd_, to.data(), static_cast<socklen_t>(to.size())) == 0 ? error_code{} : last_error();
}

error_code socket_handle::pending_error() const {
  int code = 0;
  socklen_t size = sizeof code;
  if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
    return last_error();
  return {code, boost::system::system_category()};
}

void socket_handle::no_delay() {
  int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void socket_handle::save_handshake_ack() {
  int off = 0;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
}

io_result socket_handle::send(std::string_view bytes) {
  return from_system(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

io_result socket_handle::receive(asio::mutable_buffer into) {
  return from_system(::recv(fd_, into.data(), into.size(), 0));
}

bool socket_handle::is_quiet() const {
  char byte = 0;
  return ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

io_result tls_handshake(SSL* ssl) {
  clear_errors();
  auto n = SSL_connect(ssl);
  return n == 1 ? io_result{} : from_openssl(ssl, n);
}

io_result tls_write(SSL* ssl, std::string_view bytes) {
  clear_errors();
  auto n = SSL_write(ssl, bytes.data(), length_of(bytes.size()));
  return n > 0 ? io_result{static_cast<std::size_t>(n), {}} : from_openssl(ssl, n);
}

io_result tls_read(SSL* ssl, asio::mutable_buffer into) {
  clear_errors();
  auto n = SSL_read(ssl, into.data(), length_of(into.size()));
  return n > 0 ? io_result{static_cast<std::size_t>(n), {}} : from_openssl(ssl, n);
}

} // namespace gochron::net
