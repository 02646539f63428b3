#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gochron/check.hpp"
#include "gochron/monitor.hpp"
#include "gochron/rule_conditions.hpp"

namespace re2 {
class RE2;
}

/// Whether what is known of a round meets the conditions of an alert rule. One table says of each field what it is and
/// which operators go with it: validation, evaluation and documents read it.
namespace gochron::core {

struct observation;

/// What is known after a round, beside what the monitor's spec says. A fact that is not known makes each term about it
/// false, `ne` and `not_in` too.
struct condition_facts {
  std::optional<std::int64_t> latency_ms;  ///< of the attempt that concluded the round; only when something answered
  std::optional<std::int64_t> status_code; ///< of the HTTP answer; not without one
  std::optional<std::string_view> region;  ///< where the attempt was made; not for pings and missed deadlines
  std::optional<std::int64_t> failing_regions;
  std::optional<std::int64_t> consecutive_failures;  ///< failing rounds in a row, this one included; 0 after a good one
  std::optional<std::int64_t> failing_for_seconds;   ///< since the first of them, until the failure is over; then 0
  std::optional<gochron::reason> reason;             ///< why the round was not up
  std::optional<std::int64_t> certificate_days_left; ///< whole days, negative after its end; after a TLS handshake
  std::optional<std::int64_t> domain_days_left;
};

/// The facts after a round. `after` is the monitor's state with the round in it, `evidence` the result that concluded
/// it or null (a deadline). Of a round that nobody could judge (`error`) only what came before it is known.
condition_facts facts_of(const monitor_spec& monitor, const check_state& after, const observation& seen,
                         const check_result* evidence);

/// What is wrong with a term.
struct condition_fault {
  enum class place : std::uint8_t { op, value, item };
  std::string_view code;
  std::string detail;
  place where = place::value;
  std::size_t item = 0; ///< of a list
};
std::vector<condition_fault> faults_of(const condition_term& x);

/// `latency_ms gt 500`.
std::string spell(const condition_term& x);
/// The terms, with `and` or `or` between them.
std::string spell(const alert_conditions& x);
/// `latency_ms is 812`, or `status_code is not known`.
std::string spell_fact(condition_field x, const monitor_spec& monitor, const condition_facts& facts);

/// What was seen of each field that the conditions look at, each once: `latency_ms is 812, reason is not known`.
std::string spell_facts(const alert_conditions& x, const monitor_spec& monitor, const condition_facts& facts);
/// False: every term about the field is false, whatever its operator.
bool is_known(condition_field x, const monitor_spec& monitor, const condition_facts& facts);

/// The operators that go with a field, and what it is: for documents.
std::string document_of_fields();

/// Conditions that are ready to be asked each round. Immutable, thread-safe.
class compiled_conditions {
public:
  explicit compiled_conditions(alert_conditions x);
  ~compiled_conditions();
  compiled_conditions(const compiled_conditions&) = delete;
  compiled_conditions& operator=(const compiled_conditions&) = delete;

  bool met(const monitor_spec& monitor, const condition_facts& facts) const;
  bool holds(std::size_t term, const monitor_spec& monitor, const condition_facts& facts) const;
  /// The first term that holds when they are met; unset without terms, or when they are not.
  std::optional<std::size_t> first_held(const monitor_spec& monitor, const condition_facts& facts) const;
  const alert_conditions& source() const { return source_; }

private:
  alert_conditions source_;
  std::vector<std::unique_ptr<const re2::RE2>> patterns_; ///< one a term; null where there is none
};

/// After how long a failure that goes on may change what the conditions say: the least of the ages in terms that is
/// above the present one. Unset: with no age.
std::optional<seconds> next_age(const alert_conditions& x, const condition_facts& facts);

using conditions_ptr = std::shared_ptr<const compiled_conditions>;

/// The most that a term's pattern, text and list, and a rule, may hold.
inline constexpr std::size_t most_terms = 20, most_condition_text = 255, most_condition_items = 50;

} // namespace gochron::core
