#pragma once
#include <cstdint>

namespace gochron::actors {

/// What a monitor's timer was armed for. Four bits of the token; the rest is the epoch it was armed in.
/// The sixteenth kind is not one: departed_token would be of it.
enum class timer_kind : std::uint32_t { round, retry, deadline, commit, heard, expiry, wait, announce };

constexpr std::uint32_t timer_token(timer_kind kind, std::uint32_t epoch) {
  return static_cast<std::uint32_t>(kind) << 28 | (epoch & 0x0fff'ffff);
}

constexpr timer_kind kind_of(std::uint32_t token) {
  return static_cast<timer_kind>(token >> 28);
}

constexpr bool is_current(std::uint32_t token, std::uint32_t epoch) {
  return (token & 0x0fff'ffff) == (epoch & 0x0fff'ffff);
}

} // namespace gochron::actors
