#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gochron::http {

struct decoded_target {
  std::vector<std::string> path; ///< `/` is {}, `/a/` is {"a", ""}, `*` is {"*"}
  std::vector<std::pair<std::string, std::string>> query;
};

/// Splits first and decodes then, so that `%2F` never makes a new segment and `%26` never a new pair. Unset for a bad
/// escape, NUL, bytes that are not UTF-8, or a fragment.
std::optional<decoded_target> decode_target(std::string_view target);

} // namespace gochron::http
