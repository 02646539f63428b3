#include "gochron/ids.hpp"

#include <stdexcept>

#include <openssl/rand.h>

#include "gochron/check.hpp"

namespace gochron {
namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

constexpr std::array<std::int8_t, 256> make_digits() {
  std::array<std::int8_t, 256> digits{};
  digits.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return digits;
}

constexpr auto digits = make_digits();

// Randomness is drawn in blocks: a system call an id would cost more than the rest of it.
struct random_block {
  std::array<std::uint8_t, 4096> bytes{};
  std::size_t used = sizeof bytes;

  void take(std::uint8_t* to, std::size_t n) {
    if (used + n > bytes.size()) {
      if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("no randomness from OpenSSL");
      used = 0;
    }
    std::memcpy(to, bytes.data() + used, n);
    used += n;
  }
};

void put_milliseconds(uuid& x, timestamp at) {
  auto ms = static_cast<std::uint64_t>(at.time_since_epoch().count());
  for (std::size_t i = 0; i < 6; ++i)
    x.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
}

} // namespace

uuid make_uuid(timestamp now) {
  thread_local random_block random;
  uuid x;
  random.take(x.bytes.data() + 6, 10);
  put_milliseconds(x, now);
  x.bytes[6] = static_cast<std::uint8_t>((x.bytes[6] & 0x0f) | 0x70);
  x.bytes[8] = static_cast<std::uint8_t>((x.bytes[8] & 0x3f) | 0x80);
  return x;
}

std::string to_base32(const uuid& x) {
  // 130 bits in 26 digits: the first digit carries the top three bits.
  std::string text(26, '0');
  unsigned accumulator = 0, bits = 2; // two leading zero bits
  std::size_t at = 0;
  for (auto byte : x.bytes) {
    accumulator = (accumulator << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text[at++] = alphabet[(accumulator >> bits) & 31];
    }
    accumulator &= (1u << bits) - 1;
  }
  return text;
}

std::optional<uuid> from_base32(std::string_view text) {
  if (text.size() != 26 || text[0] > '7')
    return std::nullopt;
  uuid x;
  unsigned accumulator = 0, bits = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto digit = digits[static_cast<unsigned char>(text[i])];
    if (digit < 0)
      return std::nullopt;
    accumulator = (accumulator << 5) | static_cast<unsigned>(digit);
    bits += i == 0 ? 3 : 5;
    if (bits >= 8) {
      bits -= 8;
      x.bytes[at++] = static_cast<std::uint8_t>(accumulator >> bits);
      accumulator &= (1u << bits) - 1;
    }
  }
  return x;
}

std::string to_string(const uuid& x) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      text += '-';
    text += hex[x.bytes[i] >> 4];
    text += hex[x.bytes[i] & 15];
  }
  return text;
}

result_id result_id_of(const check_result& x) {
  result_id id;
  put_milliseconds(id.value, x.round_at);
  id.value.bytes[6] = x.attempt;
  id.value.bytes[7] = static_cast<std::uint8_t>(x.trigger);
  std::memcpy(id.value.bytes.data() + 8, x.monitor.value.bytes.data() + 8, 8);
  return id;
}

} // namespace gochron
