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

std::string github_text(const sha256_digest& x) {
  return "sha256=" + to_hex(x);
}

std::string standard_text(const sha256_digest& x) {
  return "v1," + to_base64(x);
}

result<std::string> key_bytes(std::string_view secret) {
  if (!secret.starts_with(secret_prefix))
    return fail(errc::invalid, "A webhook secret starts with whsec_.");
  auto key = from_base64(secret.substr(secret_prefix.size()));
  if (!key || key->empty())
    return fail(errc::invalid, "A webhook secret is whsec_ and base64.");
  return std::move(*key);
}

} // namespace

std::string github_signature(std::string_view secret, std::string_view body) {
  return github_text(hmac_sha256(secret, body));
}

result<std::string> standard_signature(std::string_view secret, std::string_view id, std::int64_t unix_seconds,
                                       std::string_view body) {
  auto key = key_bytes(secret);
  if (!key)
    return fail(std::move(key.error()));
  return standard_text(hmac_key{*key}.of({id, ".", std::to_string(unix_seconds), ".", body}));
}

result<webhook_signer::keys> webhook_signer::keys_of(std::string_view secret) {
  auto key = key_bytes(secret);
  if (!key)
    return fail(std::move(key.error()));
  return keys{hmac_key{secret}, hmac_key{*key}};
}

result<webhook_signer> webhook_signer::of(const webhook_secret& x) {
  auto present = keys_of(x.value);
  if (!present)
    return fail(std::move(present.error()));
  webhook_signer signer{std::move(*present)};
  if (x.previous.empty() || !x.previous_expires_at)
    return signer;
  auto previous = keys_of(x.previous);
  if (!previous)
    return fail(std::move(previous.error()));
  signer.previous_ = std::make_unique<const keys>(std::move(*previous));
  signer.previous_expires_at_ = *x.previous_expires_at;
  return signer;
}

std::vector<name_value> webhook_signer::headers(std::string_view webhook_id, std::string_view body,
                                                timestamp now) const {
  auto seconds_text = std::to_string(std::chrono::floor<seconds>(now).time_since_epoch().count());
  auto standard = [&](const keys& k) {
    return standard_text(k.standard.of({webhook_id, ".", seconds_text, ".", body}));
  };
  auto signatures = standard(present_);
  std::vector<name_value> headers;
  headers.push_back({"X-Gochron-Signature", github_text(present_.github.of({body}))});
  if (previous_ && now < previous_expires_at_) {
    headers.push_back({"X-Gochron-Signature-Previous", github_text(previous_->github.of({body}))});
    signatures += ' ' + standard(*previous_);
  }
  headers.push_back({"webhook-id", std::string{webhook_id}});
  headers.push_back({"webhook-timestamp", std::move(seconds_text)});
  headers.push_back({"webhook-signature", std::move(signatures)});
  return headers;
}

result<std::vector<name_value>> signature_headers(const webhook_secret& secret, std::string_view webhook_id,
                                                  std::string_view body, timestamp now) {
  auto signer = webhook_signer::of(secret);
  if (!signer)
    return fail(std::move(signer.error()));
  return signer->headers(webhook_id, body, now);
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
