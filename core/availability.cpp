#include "core/availability.hpp"

#include <algorithm>

namespace gochron::core {
namespace {

struct stretch {
  timestamp from, to;
  milliseconds availability::*part;
};

milliseconds availability::*part_of(monitor_status x) {
  switch (x) {
  case monitor_status::up:
    return &availability::up;
  case monitor_status::degraded:
    return &availability::degraded;
  case monitor_status::down:
    return &availability::down;
  case monitor_status::paused:
    return &availability::paused;
  case monitor_status::maintenance: // unless it is planned time that counts, which is seen to elsewhere
  case monitor_status::pending:
  case monitor_status::unknown:
    break;
  }
  return &availability::unknown;
}

std::vector<observation_gap> merged(std::vector<observation_gap> gaps) {
  std::ranges::sort(gaps, {}, &observation_gap::from);
  std::vector<observation_gap> disjoint;
  for (const auto& x : gaps) {
    if (x.to <= x.from)
      continue;
    if (!disjoint.empty() && x.from <= disjoint.back().to)
      disjoint.back().to = std::max(disjoint.back().to, x.to);
    else
      disjoint.push_back(x);
  }
  return disjoint;
}

/// Lays out [from, to) without overlap or hole, in order.
class layout {
public:
  explicit layout(const status_history& x) : gaps_(merged(x.gaps)), planned_(merged(x.planned)) {}

  void add(timestamp from, timestamp to, monitor_status status) {
    if (status == monitor_status::paused)
      return push(from, to, part_of(status));
    for (; next_plan_ < planned_.size() && planned_[next_plan_].from < to; ++next_plan_) {
      const auto& plan = planned_[next_plan_];
      auto plan_from = std::clamp(plan.from, from, to), plan_to = std::clamp(plan.to, from, to);
      watch(from, plan_from, status);
      push(plan_from, plan_to, &availability::maintenance);
      from = plan_to;
      if (plan.to > to)
        break; // the rest of it is the next status's
    }
    watch(from, to, status);
  }

  std::vector<stretch> stretches;

private:
  void watch(timestamp from, timestamp to, monitor_status status) {
    for (; next_gap_ < gaps_.size() && gaps_[next_gap_].from < to; ++next_gap_) {
      const auto& gap = gaps_[next_gap_];
      auto blind_from = std::clamp(gap.from, from, to), blind_to = std::clamp(gap.to, from, to);
      push(from, blind_from, part_of(status));
      push(blind_from, blind_to, &availability::unknown);
      from = blind_to;
      if (gap.to > to)
        break; // the rest of it is the next status's
    }
    push(from, to, part_of(status));
  }

  void push(timestamp from, timestamp to, milliseconds availability::*part) {
    if (from < to)
      stretches.push_back({from, to, part});
  }

  std::vector<observation_gap> gaps_, planned_;
  std::size_t next_gap_ = 0, next_plan_ = 0;
};

std::vector<stretch> lay_out(const status_history& x, timestamp from, timestamp to) {
  layout out{x};
  if (to <= from)
    return {};
  auto status = x.before;
  auto since = from;
  for (const auto& change : x.changes) {
    auto at = std::clamp(change.at, since, to);
    out.add(since, at, status);
    since = at;
    status = change.to;
  }
  out.add(since, to, status);
  return std::move(out.stretches);
}

/// 100 * part / whole, floored to `decimals`: long division, exact for any span of time.
std::optional<double> floored_percent(milliseconds part, milliseconds whole, int decimals) {
  if (whole <= milliseconds::zero())
    return std::nullopt;
  auto digits = part / whole;
  auto rest = part % whole;
  double scale = 1;
  for (int i = 0; i < 2 + decimals; ++i) {
    digits = digits * 10 + rest * 10 / whole;
    rest = rest * 10 % whole;
    scale *= i < 2 ? 1 : 10;
  }
  return static_cast<double>(digits) / scale;
}

} // namespace

availability& availability::operator+=(const availability& x) {
  up += x.up;
  degraded += x.degraded;
  down += x.down;
  unknown += x.unknown;
  paused += x.paused;
  maintenance += x.maintenance;
  return *this;
}

std::optional<double> availability_percent(const availability& x) {
  return floored_percent(x.up + x.degraded, x.observed(), 4);
}

std::optional<double> coverage_percent(const availability& x) {
  return floored_percent(x.observed(), x.observed() + x.unknown, 4);
}

availability availability_of(const status_history& x, timestamp from, timestamp to) {
  availability sum;
  for (const auto& s : lay_out(x, from, to))
    sum.*s.part += s.to - s.from;
  return sum;
}

result<std::vector<availability_bucket>> availability_by(const status_history& x, timestamp from, timestamp to,
                                                         time_bucket bucket, std::string_view time_zone) {
  auto bounds = calendar_buckets(from, to, bucket, time_zone);
  if (!bounds)
    return fail(std::move(bounds.error()));
  std::vector<availability_bucket> buckets;
  for (std::size_t i = 0; i + 1 < bounds->size(); ++i)
    buckets.push_back({(*bounds)[i], (*bounds)[i + 1], {}});
  auto current = buckets.begin();
  for (auto s : lay_out(x, from, to)) {
    for (; s.to > current->to; ++current) {
      current->part.*s.part += current->to - s.from;
      s.from = current->to;
    }
    current->part.*s.part += s.to - s.from;
  }
  return buckets;
}

std::optional<double> uptime_24h(const status_history& x, timestamp now) {
  auto sum = availability_of(x, now - std::chrono::hours{24}, now);
  return floored_percent(sum.up + sum.degraded, sum.observed(), 2);
}

} // namespace gochron::core
