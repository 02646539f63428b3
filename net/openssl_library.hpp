#pragma once
#include <openssl/types.h>

namespace gochron::net {

/// The OpenSSL library context for TLS: everything of the default provider, except that the only decoders in it are
/// those for the public keys of certificates. For each certificate that a server shows, OpenSSL 3.0 compares every
/// decoder that it knows with every other, which is a third of a full handshake. Lives as long as the process.
/// Thread-safe. Throws std::runtime_error when OpenSSL has no default provider.
OSSL_LIB_CTX* openssl_library();

} // namespace gochron::net
