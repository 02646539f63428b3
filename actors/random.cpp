#include "actors/random.hpp"

#include <stdexcept>

#include <openssl/rand.h>

#include "gochron/ids.hpp"

namespace gochron::actors {

std::string make_url_token() {
  uuid random;
  if (RAND_bytes(random.bytes.data(), static_cast<int>(random.bytes.size())) != 1)
    throw std::runtime_error("no randomness from OpenSSL");
  return to_base32(random);
}

} // namespace gochron::actors
