#include "core/bytes.hpp"

#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

namespace gochron::core {

std::string to_hex(std::span<const std::uint8_t> x) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * x.size());
  for (auto byte : x) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string to_base64(std::span<const std::uint8_t> x) {
  std::string text(4 * ((x.size() + 2) / 3) + 1, '\0'); // EVP_EncodeBlock ends with a NUL
  auto n = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), x.data(), static_cast<int>(x.size()));
  text.resize(static_cast<std::size_t>(n));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  auto n = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), octets(text).data(),
                           static_cast<int>(text.size()));
  if (n != static_cast<int>(bytes.size()))
    return std::nullopt;
  for (auto rest = text; rest.ends_with('=') && !bytes.empty(); rest.remove_suffix(1))
    bytes.pop_back(); // OpenSSL decodes padding as zeros
  // Its decoder also skips white space and takes stray bits: only the canonical form counts.
  return to_base64(octets(bytes)) == text ? std::optional{std::move(bytes)} : std::nullopt;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void fill_random(std::span<std::uint8_t> out) {
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1)
    throw std::runtime_error("no randomness from OpenSSL");
}

sha256_digest sha256(std::string_view x) {
  sha256_digest digest;
  SHA256(octets(x).data(), x.size(), digest.data());
  return digest;
}

sha256_digest hmac_sha256(std::string_view key, std::string_view message) {
  sha256_digest digest;
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets(message).data(), message.size(),
            digest.data(), &size) ||
      size != digest.size())
    throw std::runtime_error("no HMAC-SHA256 from OpenSSL");
  return digest;
}

hmac_key::hmac_key(std::string_view key) {
  static auto* hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0), OSSL_PARAM_construct_end()};
  context_.reset(hmac ? EVP_MAC_CTX_new(hmac) : nullptr);
  if (!context_ || EVP_MAC_init(context_.get(), octets(key).data(), key.size(), params) != 1)
    throw std::runtime_error("no HMAC-SHA256 from OpenSSL");
}

sha256_digest hmac_key::of(std::initializer_list<std::string_view> parts) const {
  sha256_digest digest;
  std::size_t size = 0;
  auto* c = context_.get();
  bool good = EVP_MAC_init(c, nullptr, 0, nullptr) == 1; // the same key again
  for (auto part : parts)
    good = good && EVP_MAC_update(c, octets(part).data(), part.size()) == 1;
  if (!good || EVP_MAC_final(c, digest.data(), &size, digest.size()) != 1 || size != digest.size())
    throw std::runtime_error("no HMAC-SHA256 from OpenSSL");
  return digest;
}

void hmac_key::deleter::operator()(evp_mac_ctx_st* x) const {
  EVP_MAC_CTX_free(x);
}

} // namespace gochron::core
