#include "core/rate_bucket.hpp"

namespace gochron::core {

rate_policy rate_policy::per_second(std::int64_t rate, std::int64_t burst) {
  if (rate <= 0)
    return {};
  auto quota = burst > 0 ? burst : rate;
  return {quota, std::chrono::nanoseconds{std::chrono::seconds{quota}} / rate};
}

rate_bucket begun(const rate_policy& p, rate_time start) {
  return {start + p.one() * p.quota};
}

rate_verdict look(const rate_bucket& b, const rate_policy& p, rate_time now) {
  rate_verdict v;
  v.until_full = std::max(b.full_at - now, rate_time{0});
  auto missing = (v.until_full + p.one() - rate_time{1}) / p.one();
  v.remaining = std::max<std::int64_t>(p.quota - missing, 0);
  v.allowed = v.remaining > 0;
  if (!v.allowed)
    v.retry_after = v.until_full - p.one() * (p.quota - 1);
  return v;
}

rate_verdict take(rate_bucket& b, const rate_policy& p, rate_time now) {
  auto before = look(b, p, now);
  if (!before.allowed)
    return before;
  b.full_at = std::max(b.full_at, now) + p.one();
  auto after = look(b, p, now);
  after.allowed = true;
  after.retry_after = rate_time{0};
  return after;
}

void give_back(rate_bucket& b, const rate_policy& p) {
  b.full_at -= p.one();
}

} // namespace gochron::core
