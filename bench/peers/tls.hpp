#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include <openssl/ssl.h>

namespace gochron::bench {

struct ssl_deleter {
  void operator()(SSL* x) const { SSL_free(x); }
  void operator()(SSL_CTX* x) const { SSL_CTX_free(x); }
};
using ssl_ptr = std::unique_ptr<SSL, ssl_deleter>;
using ssl_ctx_ptr = std::unique_ptr<SSL_CTX, ssl_deleter>;

/// The name in the certificate of every TLS target.
inline constexpr const char* tls_name = "target.test";

/// What a web server shows: a leaf under an intermediate under a root, all P-256.
struct tls_identity {
  std::string chain_pem; ///< leaf first, without the root
  std::string key_pem;
  std::string root_pem;
};
tls_identity make_tls_identity();

/// Throws std::runtime_error.
ssl_ctx_ptr server_context(const std::string& chain_pem, const std::string& key_pem);
/// Verifies against `root_pem` only, without session resumption: each handshake is a full one.
ssl_ctx_ptr client_context(const std::string& root_pem);

ssl_ptr server_side(SSL_CTX* context, int fd);
/// Sends `name` as SNI and expects it in the certificate.
ssl_ptr client_side(SSL_CTX* context, int fd, const std::string& name);

/// Like recv and send of a non-blocking socket, the handshake included: -1 with EAGAIN, 0 at the end, -1 with another
/// errno for trouble.
long receive_tls(SSL* ssl, char* block, std::size_t size);
long send_tls(SSL* ssl, const char* text, std::size_t size);
/// close_notify, without waiting for the other's.
void say_goodbye(SSL* ssl);

} // namespace gochron::bench
