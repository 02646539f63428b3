#include "core/contact_codes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/bytes.hpp"

namespace gochron::core {
namespace {

// The key is sealed at rest, and of one contact method only.
std::string digest_of(const channel_record& of, std::string_view code) {
  return to_hex(hmac_sha256(of.secret.value, fmt::format("code {} {}", of.id.str(), code)));
}

error come_back(std::string detail, milliseconds after) {
  return {errc::rate_limited, std::move(detail), {}, std::chrono::ceil<seconds>(after), {}};
}

std::vector<timestamp> recent(const contact_proof& x, timestamp now) {
  auto sent = x.sent;
  std::erase_if(sent, [now](timestamp at) { return at + code_window <= now; });
  return sent;
}

} // namespace

std::string make_code() {
  constexpr std::uint32_t codes = 1'000'000;
  constexpr std::uint32_t limit = UINT32_MAX / codes * codes; // what is above would favour the low ones
  for (;;) {
    std::uint8_t bytes[4];
    fill_random(bytes);
    std::uint32_t n = 0;
    for (auto byte : bytes)
      n = (n << 8) | byte;
    if (n < limit)
      return fmt::format("{:06}", n % codes);
  }
}

status may_send_code(const contact_proof& x, timestamp now) {
  if (x.verified_at)
    return fail(errc::conflict, "The contact method is verified already.");
  auto sent = recent(x, now);
  if (!sent.empty() && now < sent.back() + code_pause)
    return fail(come_back("One code a minute.", sent.back() + code_pause - now));
  if (sent.size() >= codes_in_window)
    return fail(come_back("Five codes an hour.", sent[sent.size() - codes_in_window] + code_window - now));
  return {};
}

contact_proof with_code(const channel_record& of, std::string_view code, timestamp now) {
  contact_proof x;
  x.sent = recent(of.proof, now);
  x.sent.push_back(now);
  x.code_digest = digest_of(of, code);
  x.code_expires_at = now + code_lifetime;
  return x;
}

result<code_answer> answer_code(const channel_record& of, std::string_view code, timestamp now) {
  code_answer x{of.proof, false, 0};
  bool out = !of.proof.code_digest.empty() && of.proof.code_expires_at && now < *of.proof.code_expires_at;
  if (!out)
    return fail(errc::conflict, "No code is out, or no longer: ask for one with `send-code`.");
  x.right = constant_time_equal(digest_of(of, code), of.proof.code_digest);
  x.proof.tries += x.right ? 0 : 1;
  x.tries_left = std::max(0, code_tries - x.proof.tries);
  if (x.right)
    x.proof.verified_at = now;
  if (x.right || x.tries_left == 0) {
    x.proof.code_digest.clear();
    x.proof.code_expires_at.reset();
    x.proof.tries = 0;
  }
  return x;
}

void hide_code(std::string& in, std::string_view code) {
  for (auto at = in.find(code); at != std::string::npos; at = in.find(code, at + code.size()))
    in.replace(at, code.size(), code.size(), '*');
}

} // namespace gochron::core
