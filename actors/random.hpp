#pragma once
#include <random>

namespace gochron::actors {

/// In [0, 1), for jitter; not for secrets.
inline double random_unit() {
  thread_local std::mt19937_64 source{std::random_device{}()};
  return std::uniform_real_distribution<double>{0.0, 1.0}(source);
}

} // namespace gochron::actors
