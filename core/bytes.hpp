#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gochron/token.hpp"

struct evp_mac_ctx_st; // OpenSSL's

/// Small tools for secrets and signatures, on OpenSSL.
namespace gochron::core {

std::string to_hex(std::span<const std::uint8_t> x);

/// RFC 4648 section 4, with padding, no line breaks.
std::string to_base64(std::span<const std::uint8_t> x);

/// Empty unless `text` is exactly what to_base64 would have written.
std::optional<std::string> from_base64(std::string_view text);

/// Takes the same time wherever the two differ; their lengths are not hidden.
bool constant_time_equal(std::string_view a, std::string_view b);

/// Fit for keys. Throws std::runtime_error when OpenSSL has no randomness: nothing may go on without.
void fill_random(std::span<std::uint8_t> out);

sha256_digest sha256(std::string_view x);
sha256_digest hmac_sha256(std::string_view key, std::string_view message);

/// HMAC-SHA256 with one key, which is set up once: that costs more than a short message does. Not thread-safe.
class hmac_key {
public:
  explicit hmac_key(std::string_view key);
  /// Of the parts one after the other.
  sha256_digest of(std::initializer_list<std::string_view> parts) const;

private:
  struct deleter {
    void operator()(evp_mac_ctx_st* x) const;
  };
  std::unique_ptr<evp_mac_ctx_st, deleter> context_;
};

/// The octets of a string, for the functions above.
inline std::span<const std::uint8_t> octets(std::string_view x) {
  return {reinterpret_cast<const std::uint8_t*>(x.data()), x.size()};
}

} // namespace gochron::core
