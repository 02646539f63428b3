#pragma once
#include <bitset>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "gochron/local_time.hpp"

namespace gochron::core {

/// The five fields of a crontab (minute, hour, day of month, month, day of week) as Vixie cron reads them: lists,
/// ranges with steps, names of months and weekdays, 0 and 7 for Sunday, and `@hourly`, `@daily`, `@midnight`,
/// `@weekly`, `@monthly`, `@yearly`, `@annually`. Where both fields of days are restricted (neither begins with `*`) a
/// day that meets either is meant. `L` as a day of month is its last.
class cron_expression {
public:
  /// The error is a sentence for people.
  static tl::expected<cron_expression, std::string> parse(std::string_view text);

  /// Whether this local day is meant.
  bool on(std::chrono::local_days day) const;

  /// When on such a day, ascending. At least one, at most 1,440.
  const std::vector<std::chrono::minutes>& times() const { return times_; }

private:
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<8> weekdays_; ///< 0: Sunday
  bool last_day_ = false, any_day_ = false, any_weekday_ = false;
  std::vector<std::chrono::minutes> times_;
};

} // namespace gochron::core
