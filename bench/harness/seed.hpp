#pragma once
#include <cstdint>
#include <string>

#include "bench/harness/database.hpp"

namespace gochron::bench {

struct seed_plan {
  std::string name;        ///< of the monitor that is copied, made through the API
  std::uint64_t count = 0; ///< of copies
  int tag_groups = 0;      ///< copy n carries the tag `group-<n % tag_groups>`; zero: no tag
  bool searched = true;    ///< false: without the index of `q`, which takes a minute to fill with a million
};

/// Copies a monitor by SQL, while the engine is stopped: copy n is named `name-n`, has an id in order of creation and
/// a ping token of its own, and is up for two days. A target on 127.0.0.1 is spread over a thousand addresses, each
/// with ports of its own.
void multiply(const database& db, const seed_plan& plan);

} // namespace gochron::bench
