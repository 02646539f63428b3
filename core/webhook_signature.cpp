#include "core/webhook_signature.hpp"

#include <array>

#include "core/bytes.hpp"

namespace gochron::core {
namespace {

constexpr std::string_view secret_prefix = "whsec_";

std::string fresh_secret() {
  std::array<std::uint8_t, 32> random;
  fill_random(random);
  return std::string{secret_prefix} + to_base64(random);
}

bool overlaps(const webhook_secret& x, timestamp now) {
  return !x.previous.empty() && x.previous_expires_at && now < *x.previous_expires_at;
}

} // namespace

std::string github_signature(std::string_view secret, std::string_view body) {
  return "sha256=" + to_hex(hmac_sha256(secret, body));
}

result<std::string> standard_signature(std::string_view secret, std::string_view id, std::int64_t unix_seconds,
                                       std::string_view body) {
  if (!secret.starts_with(secret_prefix))
    return fail(errc::invalid, "A webhook secret starts with whsec_.");
  auto key = from_base64(secret.substr(secret_prefix.size()));
  if (!key || key->empty())
    return fail(errc::invalid, "A webhook secret is whsec_ and base64.");
  std::string message;
  message.reserve(id.size() + body.size() + 24);
  message.append(id).append(".").append(std::to_string(unix_seconds)).append(".").append(body);
  return "v1," + to_base64(hmac_sha256(*key, message));
}

result<std::vector<name_value>> signature_headers(const webhook_secret& secret, std::string_view webhook_id,
                                                  std::string_view body, timestamp now) {
  auto unix_seconds = std::chrono::floor<seconds>(now).time_since_epoch().count();
  auto standard = standard_signature(secret.value, webhook_id, unix_seconds, body);
  if (!standard)
    return fail(std::move(standard.error()));
  std::vector<name_value> headers;
  headers.push_back({"X-Gochron-Signature", github_signature(secret.value, body)});
  if (overlaps(secret, now)) {
    auto previous = standard_signature(secret.previous, webhook_id, unix_seconds, body);
    if (!previous)
      return fail(std::move(previous.error()));
    headers.push_back({"X-Gochron-Signature-Previous", github_signature(secret.previous, body)});
    *standard += ' ' + *previous;
  }
  headers.push_back({"webhook-id", std::string{webhook_id}});
  headers.push_back({"webhook-timestamp", std::to_string(unix_seconds)});
  headers.push_back({"webhook-signature", std::move(*standard)});
  return headers;
}

webhook_secret make_webhook_secret(timestamp now) {
  return {fresh_secret(), 1, now, {}, std::nullopt};
}

webhook_secret roll(const webhook_secret& secret, seconds overlap, timestamp now) {
  webhook_secret next{fresh_secret(), secret.version + 1, now, {}, std::nullopt};
  if (overlap > seconds::zero()) {
    next.previous = secret.value;
    next.previous_expires_at = now + overlap;
  }
  return next;
}

std::string fingerprint(std::string_view secret) {
  return to_hex(sha256(secret)).substr(0, 16);
}

} // namespace gochron::core
