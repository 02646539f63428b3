#include "core/schema/nearest.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace gochron::core {
namespace {

constexpr std::size_t longest = 64;

// Wagner and Fischer, one row at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::size_t, longest + 1> row;
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto substituted = diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

} // namespace

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.size() > longest)
    return std::nullopt;
  std::optional<std::string_view> best;
  auto bound = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (auto x : candidates) {
    if (x.size() > longest)
      continue;
    auto d = word.size() >= 3 && x.starts_with(word) ? 1 : distance(word, x);
    if (d < bound && d < std::max(word.size(), x.size())) {
      best = x;
      bound = d;
    }
  }
  return best;
}

} // namespace gochron::core
