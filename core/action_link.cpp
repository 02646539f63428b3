#include "core/action_link.hpp"

#include <algorithm>

#include "core/bytes.hpp"
#include "core/url_safe.hpp"

namespace gochron::core {
namespace {

using std::chrono::minutes;

// One byte of format and verb, the delivery's id, minutes since the epoch, the signature.
constexpr std::size_t id_size = 16, time_size = 4, mac_size = 12;
constexpr std::size_t payload_size = 1 + id_size + time_size;
constexpr unsigned char format = 0x10;

std::string mac_of(std::string_view key, std::string_view payload) {
  auto mac = hmac_sha256(key, payload);
  return {reinterpret_cast<const char*>(mac.data()), mac_size};
}

std::string payload_of(const action_link& x) {
  std::string out;
  out.push_back(static_cast<char>(format | static_cast<unsigned char>(x.verb)));
  out.append(reinterpret_cast<const char*>(x.delivery.value.bytes.data()), id_size);
  auto at = static_cast<std::uint32_t>(std::chrono::floor<minutes>(x.expires_at).time_since_epoch().count());
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(at >> shift & 0xff));
  return out;
}

} // namespace

std::string write_action_token(std::string_view key, const action_link& x) {
  auto payload = payload_of(x);
  return to_url_safe(payload + mac_of(key, payload));
}

std::optional<action_link> read_action_token(std::string_view key, std::string_view text) {
  if (text.size() > 100)
    return std::nullopt;
  auto raw = from_url_safe(text);
  if (!raw || raw->size() != payload_size + mac_size)
    return std::nullopt;
  auto payload = std::string_view{*raw}.substr(0, payload_size);
  if (!constant_time_equal(raw->substr(payload_size), mac_of(key, payload)))
    return std::nullopt;
  auto verb = static_cast<unsigned char>(payload[0]) ^ format;
  if (verb > static_cast<unsigned char>(link_verb::read))
    return std::nullopt; // of another format
  action_link x;
  x.verb = static_cast<link_verb>(verb);
  std::copy_n(payload.begin() + 1, id_size, x.delivery.value.bytes.begin());
  std::uint32_t at = 0;
  for (auto c : payload.substr(1 + id_size))
    at = at << 8 | static_cast<unsigned char>(c);
  x.expires_at = timestamp{minutes{at}};
  return x;
}

} // namespace gochron::core
