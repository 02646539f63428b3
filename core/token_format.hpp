#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gochron/token.hpp"

/// The text of bearer tokens, and what their scopes allow.
namespace gochron::core {

/// Of every token: `gct_`, 43 base62 digits, 6 of the check.
inline constexpr std::size_t token_size = 53;

/// `gct_` + 32 random bytes in base62 (0-9A-Za-z, fixed width) + the CRC-32 (IEEE) of all that in base62. The only
/// copy: keep no more than its digest.
std::string make_token();
std::string make_token(const std::array<std::uint8_t, 32>& random);

/// False for a text that cannot be a token: another shape, or a typo that the check finds. Needs no secret.
bool is_well_formed_token(std::string_view text);

/// What is stored and looked up: the SHA-256 of the whole text.
sha256_digest token_digest(std::string_view token);

/// `gct_` and four characters, to tell tokens apart in a list.
std::string token_hint(std::string_view token);

/// The nouns of scopes: the collections under `/api/`.
std::span<const std::string_view> scope_nouns();

/// `<noun>:read`, `<noun>:write`, `*:read`, `*:write` or `admin`, with a noun of scope_nouns().
bool is_valid_scope(std::string_view scope);

/// Whether a token that was granted `granted` may do what needs `needed`. `admin` allows everything, `*:read` every
/// read, `*:write` every read and write; a noun's write does not include its read. Only `admin` allows `admin`.
/// Also says whether such a token may give `needed` to another.
bool scope_allows(const std::vector<std::string>& granted, std::string_view needed);

} // namespace gochron::core
