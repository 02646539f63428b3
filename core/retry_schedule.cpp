#include "core/retry_schedule.hpp"

#include <algorithm>
#include <array>

namespace gochron::core {
namespace {

using namespace std::chrono_literals;

constexpr std::array<seconds, 7> delays{5s, 5min, 30min, 2h, 5h, 10h, 10h};
static_assert(delays.size() + 1 == max_attempts);

constexpr milliseconds patience_with_busy = 60s;

bool is_time_out(reason x) {
  switch (x) {
  case reason::dns_timeout:
  case reason::connect_timeout:
  case reason::tls_timeout:
  case reason::first_byte_timeout:
  case reason::read_timeout:
    return true;
  default:
    return false;
  }
}

milliseconds spread(milliseconds delay, double random) {
  auto factor = 0.8 + 0.4 * std::clamp(random, 0.0, 1.0);
  return milliseconds{static_cast<std::int64_t>(static_cast<double>(delay.count()) * factor)};
}

} // namespace

delivery_outcome judge(const delivery_attempt& x) {
  if (x.ok())
    return delivery_outcome::succeeded;
  return x.status == 410 ? delivery_outcome::gone : delivery_outcome::retry;
}

std::optional<timestamp> next_attempt_at(const delivery_attempt& x, delivery_outcome outcome, double random) {
  if (outcome != delivery_outcome::retry || x.number < 1 || x.number >= max_attempts)
    return std::nullopt;
  milliseconds base = delays[static_cast<std::size_t>(x.number - 1)];
  auto delay = spread(base, random);
  if (x.retry_after) // clamped as seconds: a receiver may ask for more than fits in milliseconds
    delay = std::clamp(*x.retry_after, std::chrono::ceil<seconds>(base), std::chrono::floor<seconds>(2 * base));
  if (x.status == 429 || is_time_out(x.error))
    delay = std::max(delay, patience_with_busy);
  return x.started_at + x.duration + delay;
}

bool should_disable(const channel_health& x, timestamp now) {
  return x.failing_since && now - *x.failing_since >= channel_patience;
}

channel_health after_attempt(channel_health x, delivery_outcome outcome, timestamp now) {
  auto was_disabled = x.state == channel_state::disabled;
  if (outcome == delivery_outcome::succeeded) {
    x.consecutive_failures = 0;
    x.failing_since.reset();
    x.last_success_at = now;
    x.state = was_disabled ? channel_state::disabled : channel_state::healthy;
    return x;
  }
  ++x.consecutive_failures;
  if (!x.failing_since)
    x.failing_since = now;
  if (was_disabled)
    return x;
  x.state = channel_state::failing;
  if (outcome == delivery_outcome::gone)
    x.disabled_reason = disabled_gone;
  else if (should_disable(x, now))
    x.disabled_reason = disabled_failing;
  if (!x.disabled_reason.empty())
    x.state = channel_state::disabled;
  return x;
}

channel_health enabled_again(const channel_health& x) {
  channel_health fresh;
  fresh.last_success_at = x.last_success_at;
  return fresh;
}

} // namespace gochron::core
