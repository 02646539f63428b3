#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "gochron/error.hpp"
#include "storage/postgres/rows.hpp"

/// Why the write of something that users configure was refused, from what its statement answers. `noun` as in a
/// sentence: `alert rule`.
namespace gochron::storage {

error no_such(std::string_view noun);

/// What was to be removed is not there; with `if_version`: or has another version.
error not_there(std::string_view noun, const std::optional<std::int64_t>& if_version);
error key_taken(std::string_view noun);

/// Of an edit that makes `version`: whether it was made, and the version that is there, if anything is. Errors:
/// `not_found`, `stale`, `conflict` when another has its key.
result<void> judge_edit(bool changed, std::optional<std::int64_t> present, std::int64_t version, std::string_view noun);

} // namespace gochron::storage
