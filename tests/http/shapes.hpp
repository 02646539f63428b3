#pragma once
#include <string>
#include <vector>

namespace gochron::test {

/// Bytes of one connection and what has to come of them.
struct shape {
  std::string name;
  std::string bytes;
  std::vector<int> statuses; ///< of the answers, in order
};

/// Each is refused with one answer, which ends the connection.
extern const std::vector<shape> refused_shapes;

/// Each is understood, and so is the request behind it: the end of the first was found at the right place.
extern const std::vector<shape> accepted_shapes;

} // namespace gochron::test
