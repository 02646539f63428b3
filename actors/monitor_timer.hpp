#pragma once
#include <cstdint>

namespace gochron::actors {

/// What a monitor's timer was armed for. Two bits of the token; the rest is the epoch it was armed in.
enum class timer_kind : std::uint32_t { round, retry, deadline, commit };

constexpr std::uint32_t timer_token(timer_kind kind, std::uint32_t epoch) {
  return static_cast<std::uint32_t>(kind) << 30 | (epoch & 0x3fff'ffff);
}

constexpr timer_kind kind_of(std::uint32_t token) {
  return static_cast<timer_kind>(token >> 30);
}

constexpr bool is_current(std::uint32_t token, std::uint32_t epoch) {
  return (token & 0x3fff'ffff) == (epoch & 0x3fff'ffff);
}

} // namespace gochron::actors
