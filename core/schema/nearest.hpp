#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace gochron::core {

/// The candidate that a mistyped `word` most likely meant: the least Levenshtein distance, at most a third of the
/// word's length (and 2 for short ones); a word left unfinished counts as one mistake. Words over 64 bytes have no
/// neighbours.
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

} // namespace gochron::core
