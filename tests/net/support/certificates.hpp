#pragma once
#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>
#include <openssl/x509.h>

namespace gochron::testing {

using key_ptr = std::shared_ptr<EVP_PKEY>;
using cert_ptr = std::shared_ptr<X509>;

/// A certificate and its key.
struct identity {
  key_ptr key;
  cert_ptr cert;
  std::string pem() const;
};

struct certificate_options {
  std::string name = "127.0.0.1"; ///< an address or a DNS name: the subject's alternative name
  long from_seconds = -3600;      ///< validity, relative to now
  long to_seconds = 3600;
  bool authority = false;
  std::string key = "P-256"; ///< or another curve, `RSA`, `RSA-PSS`, `ED25519`, `ED448`
};

/// Self-signed when `issuer` is null.
identity make_identity(const certificate_options& x, const identity* issuer = nullptr);

/// A server's context that shows `own` and, when given, the intermediate.
std::unique_ptr<boost::asio::ssl::context> server_context(const identity& own, const identity* intermediate = nullptr);

} // namespace gochron::testing
