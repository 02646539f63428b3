#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include <openssl/x509_vfy.h>

#include "gochron/clock.hpp"

namespace gochron::net {

/// Remembers for some minutes which chains of certificates a context has found good, so that the same chain, shown
/// again at the next check, costs no signature to verify. Only good chains are remembered; their dates, and that the
/// leaf is for the name asked for, are looked at every time. For one SSL_CTX, on one thread.
class chain_verdicts {
public:
  /// For SSL_CTX_set_cert_verify_callback, with a chain_verdicts as `self`.
  static int verify(X509_STORE_CTX* store, void* self);

  std::size_t size() const { return good_until_.size(); }

  static constexpr seconds lifetime{300};
  static constexpr std::size_t capacity = 8192;

private:
  using digest = std::array<std::uint8_t, 32>; ///< SHA-256 over the certificates as sent, leaf first

  bool known_good(X509_STORE_CTX* store, const digest& chain);
  void remember(const digest& chain);
  static digest digest_of(X509_STORE_CTX* store);

  std::map<digest, monotonic_time> good_until_;
};

} // namespace gochron::net
