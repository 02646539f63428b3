#pragma once
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "gochron/error.hpp"

namespace gochron::test {

/// What was wrong with a body: `{"/http/url", "required"}`, sorted.
using faults = std::vector<std::pair<std::string, std::string>>;

template <class T>
faults faults_of(const result<T>& x) {
  faults found;
  if (x)
    return found;
  if (x.error().code != errc::invalid)
    return {{"", "not errc::invalid: " + x.error().detail}};
  for (const auto& v : x.error().violations)
    found.emplace_back(v.pointer, v.code);
  std::sort(found.begin(), found.end());
  return found;
}

} // namespace gochron::test
