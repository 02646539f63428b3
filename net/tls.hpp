#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include <boost/asio/ssl/context.hpp>

#include "gochron/monitor.hpp"
#include "net/asio.hpp"
#include "net/failure.hpp"

namespace gochron::net {

/// The TLS policy of everything that goes out: TLS 1.2 or newer, chain and name verified. On one thread.
class tls_contexts {
public:
  using context_ptr = std::shared_ptr<asio::ssl::context>;

  /// Trusts the system's store and, unless empty, the PEM file `extra_ca_file`. Throws std::runtime_error when that
  /// file cannot be read.
  explicit tls_contexts(const std::string& extra_ca_file);

  /// The context for a monitor's options; contexts for their own CAs are kept (at most 256). Our fault when the PEM
  /// cannot be read.
  outcome<context_ptr> for_options(const tls_options& x);

private:
  struct verifying;
  static context_ptr base();
  context_ptr verified_;
  context_ptr unverified_;
  std::unordered_map<std::string, context_ptr> by_ca_;
};

/// Sets SNI and the name that the certificate must carry.
void expect_name(SSL* ssl, const std::string& server_name);

/// When the peer's own certificate ends; unset when it showed none, or its time does not read.
std::optional<timestamp> certificate_end(const SSL* ssl);

/// Why a handshake with `server_name` failed.
failure handshake_failure(SSL* ssl, const error_code& ec, const std::string& server_name);

} // namespace gochron::net
