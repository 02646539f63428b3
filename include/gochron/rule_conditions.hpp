#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// What must hold of a round for an alert rule to be met.
namespace gochron {

/// What a term looks at. Of each, core/rule_conditions.cpp says what it is, when it is known, and how it is compared.
enum class condition_field : std::uint8_t {
  latency_ms,
  status_code,
  region,
  failing_regions,
  consecutive_failures,
  failing_for_seconds,
  reason,
  certificate_days_left,
  domain_days_left,
  tag,
  monitor_type,
};

enum class condition_operator : std::uint8_t { eq, ne, gt, gte, lt, lte, in, not_in, contains, matches };

enum class condition_match : std::uint8_t { all, any };

/// What a field is compared with: one value, or for `in` and `not_in` a list of them.
using condition_value = std::variant<std::int64_t, std::string, std::vector<std::int64_t>, std::vector<std::string>>;

struct condition_term {
  condition_field field = condition_field::latency_ms;
  condition_operator op = condition_operator::gt;
  condition_value value;
  friend bool operator==(const condition_term&, const condition_term&) = default;
};

/// Without terms: always met.
struct alert_conditions {
  condition_match match = condition_match::all;
  std::vector<condition_term> terms; ///< in order
  friend bool operator==(const alert_conditions&, const alert_conditions&) = default;
};

} // namespace gochron
