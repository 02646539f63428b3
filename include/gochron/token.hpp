#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gochron/clock.hpp"
#include "gochron/ids.hpp"

namespace gochron {

using sha256_digest = std::array<std::uint8_t, 32>;

/// A bearer token of the API. The secret itself is shown once and kept nowhere; `digest` is its SHA-256.
struct token_record {
  token_id id;
  org_id org;
  std::string name;
  std::vector<std::string> scopes; ///< a set: `<noun>:read`, `<noun>:write`, `*:read`, `*:write`, `admin`
  sha256_digest digest{};
  std::string hint; ///< the first characters of the secret (`gct_` + 4), to tell tokens apart
  timestamp created_at{};
  std::optional<timestamp> expires_at;
  std::optional<timestamp> last_used_at;
  std::optional<std::string> last_used_ip;
  std::int64_t version = 1;
};

} // namespace gochron
