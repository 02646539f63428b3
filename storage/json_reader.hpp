#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gochron::storage {

using string_pairs = std::vector<std::pair<std::string, std::string>>;

/// `[["name", "value"], ...]` as we wrote it; what is not a pair of strings is left out.
string_pairs read_pairs(std::string_view json);

/// What a failed HTTP check keeps: `{"headers": [...], "body": "..."}`.
struct result_details {
  string_pairs headers;
  std::string body;
};
result_details read_details(std::string_view json);

} // namespace gochron::storage
