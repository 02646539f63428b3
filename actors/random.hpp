#pragma once
#include <random>
#include <string>

namespace gochron::actors {

/// 128 random bits in base32: who knows it may ping, or push.
std::string make_url_token();

/// In [0, 1), for jitter; not for secrets.
inline double random_unit() {
  thread_local std::mt19937_64 source{std::random_device{}()};
  return std::uniform_real_distribution<double>{0.0, 1.0}(source);
}

} // namespace gochron::actors
