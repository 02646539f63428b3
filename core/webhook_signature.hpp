#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "gochron/channel.hpp"
#include "gochron/error.hpp"

/// How a receiver knows that a webhook is ours: GitHub's scheme, and Standard Webhooks' beside it.
namespace gochron::core {

/// `sha256=<hex>`: HMAC-SHA256 of the raw body, keyed with the secret string exactly as shown, `whsec_` included.
std::string github_signature(std::string_view secret, std::string_view body);

/// `v1,<base64>`: HMAC-SHA256 of `<id>.<unix_seconds>.<body>`, keyed with the bytes that the secret's base64 part
/// stands for. Error: `invalid` for a secret that is not `whsec_` and canonical base64.
result<std::string> standard_signature(std::string_view secret, std::string_view id, std::int64_t unix_seconds,
                                       std::string_view body);

/// Signs for one channel, whose keys it has set up. Not thread-safe.
class webhook_signer {
public:
  /// Error: as standard_signature.
  static result<webhook_signer> of(const webhook_secret& x);

  /// As signature_headers.
  std::vector<name_value> headers(std::string_view webhook_id, std::string_view body, timestamp now) const;

private:
  struct keys {
    hmac_key github, standard;
  };
  static result<keys> keys_of(std::string_view secret);
  explicit webhook_signer(keys present) : present_(std::move(present)) {}

  keys present_;
  std::unique_ptr<const keys> previous_; ///< none without an overlap
  timestamp previous_expires_at_{};
};

/// The signature headers of one attempt at `now`. While the previous secret's overlap lasts (`previous_expires_at` not
/// reached), X-Gochron-Signature-Previous is there and webhook-signature lists both, the present one first.
/// Error: as standard_signature.
result<std::vector<name_value>> signature_headers(const webhook_secret& secret, std::string_view webhook_id,
                                                  std::string_view body, timestamp now);

/// A fresh secret, version 1.
webhook_secret make_webhook_secret(timestamp now);

/// A fresh secret of the next version; the present one is signed with until `now + overlap`. With no overlap, and from
/// the next roll on, the one before is gone.
webhook_secret roll(const webhook_secret& secret, seconds overlap, timestamp now);

/// 16 hex digits that tell secrets apart and give nothing away.
std::string fingerprint(std::string_view secret);

} // namespace gochron::core
