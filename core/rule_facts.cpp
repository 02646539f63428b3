#include <algorithm>

#include "core/check_machine.hpp"
#include "core/rule_conditions.hpp"

namespace gochron::core {
namespace {

std::int64_t days_between(timestamp from, timestamp to) {
  return std::chrono::floor<std::chrono::days>(to - from).count();
}

} // namespace

condition_facts facts_of(const monitor_spec& monitor, const check_state& after, const observation& seen,
                         const check_result* evidence) {
  condition_facts x;
  bool failing = seen.verdict == verdict::down;
  auto since = after.first_failure;
  x.failing_for_seconds = since ? std::max<std::int64_t>(0, std::chrono::floor<seconds>(seen.at - *since).count()) : 0;
  x.consecutive_failures = failing || seen.verdict == verdict::error ? after.failures : 0;
  if (seen.verdict == verdict::error)
    return x;
  if (seen.cause.code != reason::none && seen.verdict != verdict::up)
    x.reason = seen.cause.code;
  if (!evidence || monitor.type() == monitor_type::heartbeat)
    return x;
  const auto& outcome = evidence->outcome;
  x.region = "local";
  x.failing_regions = failing ? 1 : 0;
  if (outcome.http && outcome.http->status > 0)
    x.status_code = outcome.http->status;
  if (!failing || x.status_code)
    x.latency_ms = outcome.response_time.count();
  if (outcome.certificate_expires_at)
    x.certificate_days_left = days_between(outcome.started_at, *outcome.certificate_expires_at);
  return x;
}

std::optional<seconds> next_age(const alert_conditions& x, const condition_facts& facts) {
  std::optional<seconds> next;
  auto consider = [&](std::int64_t age) {
    if (facts.failing_for_seconds && age > *facts.failing_for_seconds) {
      seconds left{age - *facts.failing_for_seconds};
      next = std::min(left, next.value_or(left));
    }
  };
  for (const auto& term : x.terms) {
    if (term.field != condition_field::failing_for_seconds)
      continue;
    if (const auto* age = std::get_if<std::int64_t>(&term.value)) {
      consider(*age);
      consider(*age + 1); // `gt`
    }
    if (const auto* ages = std::get_if<std::vector<std::int64_t>>(&term.value))
      for (auto age : *ages)
        consider(age);
  }
  return next;
}

} // namespace gochron::core
