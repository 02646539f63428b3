#include "core/retry_schedule.hpp"

#include <catch2/catch.hpp>

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

constexpr timestamp start{1'700'000'000'000ms};
constexpr double middle = 0.5; // no spread

delivery_attempt attempt(std::int32_t number, std::uint16_t status, reason error = reason::none) {
  delivery_attempt x;
  x.number = number;
  x.status = status;
  x.error = error;
  x.started_at = start;
  x.duration = 250ms;
  return x;
}

milliseconds delay_of(const delivery_attempt& x, double random = middle) {
  auto at = next_attempt_at(x, judge(x), random);
  return at ? *at - (start + 250ms) : -1ms;
}

} // namespace

TEST_CASE("2xx succeeds, 410 is gone, all else is tried again") {
  for (auto status : std::initializer_list<std::uint16_t>{200, 201, 204, 299})
    CHECK(judge(attempt(1, status)) == delivery_outcome::succeeded);
  CHECK(judge(attempt(1, 410)) == delivery_outcome::gone);
  for (auto status :
       std::initializer_list<std::uint16_t>{0, 101, 199, 301, 302, 308, 400, 401, 404, 409, 429, 500, 503, 599})
    CHECK(judge(attempt(1, status)) == delivery_outcome::retry);
}

TEST_CASE("each attempt is followed by the delay of the table, the eighth by none") {
  const milliseconds table[] = {5s, 5min, 30min, 2h, 5h, 10h, 10h};
  for (std::int32_t n = 1; n <= 7; ++n)
    CHECK(delay_of(attempt(n, 500)) == table[n - 1]);
  for (std::int32_t n : {8, 9, 1000, 0, -1})
    CHECK_FALSE(next_attempt_at(attempt(n, 500), delivery_outcome::retry, middle));
}

TEST_CASE("what succeeded, is gone or was refused is not tried again") {
  for (auto outcome : {delivery_outcome::succeeded, delivery_outcome::gone, delivery_outcome::refused})
    CHECK_FALSE(next_attempt_at(attempt(1, 500), outcome, middle));
}

TEST_CASE("delays are spread by a fifth to both sides") {
  CHECK(delay_of(attempt(2, 500), 0) == 4min);
  CHECK(delay_of(attempt(2, 500), 0.25) == 270s);
  CHECK(delay_of(attempt(2, 500), 0.9999999) <= 6min);
  CHECK(delay_of(attempt(2, 500), 0.9999999) > 359s);
  CHECK(delay_of(attempt(2, 500), 7) == 6min);
}

TEST_CASE("a Retry-After is held between the delay and twice the delay") {
  struct row {
    std::int32_t number;
    seconds asked;
    milliseconds got;
  };
  const row table[] = {
      {2, 0s, 5min},  {2, 299s, 5min}, {2, 301s, 301s}, {2, 600s, 10min}, {2, 601s, 10min}, {2, seconds::max(), 10min},
      {2, -5s, 5min}, {1, 7s, 7s},     {1, 3600s, 10s}, {7, 3600s, 10h},
  };
  for (const auto& [number, asked, got] : table) {
    auto x = attempt(number, 503);
    x.retry_after = asked;
    CHECK(delay_of(x, 0.1) == got);
  }
}

TEST_CASE("after 429 or a time-out at least a minute passes") {
  CHECK(delay_of(attempt(1, 429)) == 60s);
  CHECK(delay_of(attempt(2, 429)) == 5min);
  for (auto error : {reason::dns_timeout, reason::connect_timeout, reason::tls_timeout, reason::first_byte_timeout,
                     reason::read_timeout})
    CHECK(delay_of(attempt(1, 0, error)) == 60s);
  CHECK(delay_of(attempt(1, 0, reason::connect_refused)) == 5s);
  auto asked = attempt(1, 429);
  asked.retry_after = 8s;
  CHECK(delay_of(asked) == 60s);
}

TEST_CASE("a channel fails, recovers, and remembers when") {
  channel_health x;
  x = after_attempt(x, delivery_outcome::retry, start);
  CHECK(x.state == channel_state::failing);
  CHECK(x.consecutive_failures == 1);
  CHECK(x.failing_since == start);
  x = after_attempt(x, delivery_outcome::retry, start + 1h);
  CHECK(x.consecutive_failures == 2);
  CHECK(x.failing_since == start);
  x = after_attempt(x, delivery_outcome::succeeded, start + 2h);
  CHECK(x.state == channel_state::healthy);
  CHECK(x.consecutive_failures == 0);
  CHECK_FALSE(x.failing_since);
  CHECK(x.last_success_at == start + 2h);
}

TEST_CASE("five days of nothing but failures disable a channel") {
  auto x = after_attempt({}, delivery_outcome::retry, start);
  x = after_attempt(x, delivery_outcome::retry, start + 120h - 1ms);
  CHECK(x.state == channel_state::failing);
  CHECK_FALSE(should_disable(x, start + 120h - 1ms));
  CHECK(should_disable(x, start + 120h));
  x = after_attempt(x, delivery_outcome::retry, start + 120h);
  CHECK(x.state == channel_state::disabled);
  CHECK(x.disabled_reason == "five_days_of_failures");
  CHECK_FALSE(should_disable({}, start));
}

TEST_CASE("one success in between starts the five days anew") {
  auto x = after_attempt({}, delivery_outcome::retry, start);
  x = after_attempt(x, delivery_outcome::succeeded, start + 100h);
  x = after_attempt(x, delivery_outcome::retry, start + 101h);
  x = after_attempt(x, delivery_outcome::retry, start + 121h);
  CHECK(x.state == channel_state::failing);
}

TEST_CASE("gone disables at once, and only a user enables again") {
  auto x = after_attempt({}, delivery_outcome::succeeded, start);
  x = after_attempt(x, delivery_outcome::gone, start + 1s);
  CHECK(x.state == channel_state::disabled);
  CHECK(x.disabled_reason == "gone");
  x = after_attempt(x, delivery_outcome::retry, start + 200h); // one that was under way
  CHECK(x.disabled_reason == "gone");
  x = after_attempt(x, delivery_outcome::succeeded, start + 201h);
  CHECK(x.state == channel_state::disabled);
  x = enabled_again(x);
  CHECK(x.state == channel_state::healthy);
  CHECK(x.disabled_reason.empty());
  CHECK(x.last_success_at == start + 201h);
}

TEST_CASE("a refusal counts as a failure, and disables nothing by itself") {
  auto x = after_attempt({}, delivery_outcome::refused, start);
  CHECK(x.state == channel_state::failing);
  CHECK(x.consecutive_failures == 1);
  x = after_attempt(x, delivery_outcome::refused, start + 120h);
  CHECK(x.disabled_reason == "five_days_of_failures");
}
