#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gochron/clock.hpp"
#include "gochron/ids.hpp"
#include "gochron/user.hpp"

namespace gochron {

using sha256_digest = std::array<std::uint8_t, 32>;

/// A bearer token of the API. The secret itself is shown once and kept nowhere; `digest` is its SHA-256. After a
/// rotation the secret before lets in, too, until `previous_expires_at`.
struct token_record {
  token_id id;
  org_id org;
  std::string name;
  std::vector<std::string> scopes; ///< a set: `<noun>:read`, `<noun>:write`, `*:read`, `*:write`, `admin`
  std::optional<user_id> user;     ///< whose it is: of its scopes they have what their role allows
  std::optional<user_role> role;   ///< theirs at this moment, where somebody is let in by it; kept nowhere
  sha256_digest digest{};
  std::optional<sha256_digest> previous_digest;
  std::optional<timestamp> previous_expires_at;
  std::string hint; ///< the first characters of the secret (`gct_` + 4), to tell tokens apart
  timestamp created_at{};
  std::optional<timestamp> expires_at;
  std::optional<timestamp> last_used_at;
  std::optional<std::string> last_used_ip;
  std::int64_t version = 1;
};

} // namespace gochron
