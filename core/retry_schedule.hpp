#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "gochron/channel.hpp"
#include "gochron/incident.hpp"

/// When a delivery is tried again, and when its channel is given up: "Webhooks" of the REST contract.
namespace gochron::core {

inline constexpr std::int32_t max_attempts = 8;
inline constexpr seconds channel_patience{5 * 86400};

inline constexpr std::string_view disabled_gone = "gone";
inline constexpr std::string_view disabled_failing = "five_days_of_failures";

enum class delivery_outcome : std::uint8_t {
  succeeded,
  retry,   ///< failed, in a way that may pass
  gone,    ///< 410, or a provider's word for it: the receiver asks never to be called again
  refused, ///< failed, in a way that trying again would not mend
};

/// Of a webhook: 2xx is a success; anything else, redirects included, is not.
delivery_outcome judge(const delivery_attempt& x);

/// When the delivery is due after an attempt with this outcome, counted from the attempt's end; empty after the last
/// one and for every outcome but `retry`. The delay is 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h, spread by ±20 % with
/// `random` in [0, 1); a Retry-After replaces the spread, held between the delay and twice the delay; after 429 or a
/// time-out it is at least a minute.
std::optional<timestamp> next_attempt_at(const delivery_attempt& x, delivery_outcome outcome, double random);

/// Whether nothing but failures happened for five days.
bool should_disable(const channel_health& x, timestamp now);

/// The channel's health after an attempt that ended at `now`. `state` becomes `disabled`, with a reason, after `gone`
/// or when should_disable() says so; what is disabled stays so until a user enables it.
channel_health after_attempt(channel_health x, delivery_outcome outcome, timestamp now);

/// Health as a user's enabling leaves it: the past is forgiven, the last success remembered.
channel_health enabled_again(const channel_health& x);

} // namespace gochron::core
