#include "http/cursor.hpp"

#include <algorithm>

#include "core/bytes.hpp"
#include "core/url_safe.hpp"

namespace gochron::http {
namespace {

constexpr std::size_t mac_size = 16, id_size = 16;

std::string mac_of(std::string_view key, std::string_view list, std::string_view payload) {
  auto mac = core::hmac_sha256(key, std::string{payload}.append("\n").append(list));
  return {reinterpret_cast<const char*>(mac.data()), mac_size};
}

} // namespace

std::string write_cursor(std::string_view key, std::string_view list, const keyset& at) {
  auto payload = std::string{reinterpret_cast<const char*>(at.id.bytes.data()), id_size} + at.key;
  return core::to_url_safe(mac_of(key, list, payload) + payload);
}

std::optional<keyset> read_cursor(std::string_view key, std::string_view list, std::string_view text) {
  auto raw = core::from_url_safe(text);
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
