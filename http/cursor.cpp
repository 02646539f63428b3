#include "http/cursor.hpp"

#include <algorithm>

#include "core/bytes.hpp"

namespace gochron::http {
namespace {

constexpr std::size_t mac_size = 16, id_size = 16;

std::string mac_of(std::string_view key, std::string_view list, std::string_view payload) {
  auto mac = core::hmac_sha256(key, std::string{payload}.append("\n").append(list));
  return {reinterpret_cast<const char*>(mac.data()), mac_size};
}

// RFC 4648 section 5, without padding.
std::string to_url_safe(std::string_view bytes) {
  auto text = core::to_base64(core::octets(bytes));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

std::optional<std::string> from_url_safe(std::string text) {
  if (text.find_first_of("+/=") != std::string::npos)
    return std::nullopt;
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return core::from_base64(text);
}

} // namespace

std::string write_cursor(std::string_view key, std::string_view list, const keyset& at) {
  auto payload = std::string{reinterpret_cast<const char*>(at.id.bytes.data()), id_size} + at.key;
  return to_url_safe(mac_of(key, list, payload) + payload);
}

std::optional<keyset> read_cursor(std::string_view key, std::string_view list, std::string_view text) {
  auto raw = from_url_safe(std::string{text});
  if (!raw || raw->size() < mac_size + id_size)
    return std::nullopt;
  auto payload = std::string_view{*raw}.substr(mac_size);
  if (!core::constant_time_equal(raw->substr(0, mac_size), mac_of(key, list, payload)))
    return std::nullopt;
  keyset at;
  std::copy_n(payload.begin(), id_size, at.id.bytes.begin());
  at.key = payload.substr(id_size);
  return at;
}

} // namespace gochron::http
