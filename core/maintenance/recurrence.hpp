#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "gochron/local_time.hpp"

namespace gochron::core {

/// A recurrence rule of RFC 5545 (section 3.3.10) that is at least daily: FREQ, INTERVAL, COUNT, UNTIL, WKST, BYMONTH,
/// BYYEARDAY, BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE, BYSECOND, BYSETPOS. Whatever it says, a search in it ends: periods
/// are visited one by one, and there are few of them.
class recurrence_rule {
public:
  /// `FREQ=MONTHLY;BYDAY=-1SU`. The error is a sentence for people.
  static tl::expected<recurrence_rule, std::string> parse(std::string_view text);

  /// What the clock shows at the beginnings that are in [from, to), ascending. The first can be `start`; whether it is
  /// one the rule says. An UNTIL in UTC is not looked at.
  std::vector<local_seconds> between(local_seconds start, local_seconds from, local_seconds to) const;

  /// Of a rule whose UNTIL is in UTC: the last instant at which one may begin.
  std::optional<std::chrono::sys_seconds> until_utc() const { return until_utc_; }

  /// The most that begin on one day.
  std::size_t most_a_day() const;

private:
  enum class unit : std::uint8_t { day, week, month, year };
  struct ordinal_day {
    int n = 0;            ///< 0: each
    unsigned weekday = 0; ///< 0: Sunday
  };
  using days = std::vector<std::chrono::local_days>;
  using part = std::pair<std::string_view, std::string_view>;
  friend class rule_reader;

  std::chrono::local_days first_of(local_seconds start) const;
  std::chrono::local_days period(std::chrono::local_days first, long k) const;
  days days_of(std::chrono::local_days period, local_seconds start) const;
  bool takes(std::chrono::local_days day, local_seconds start) const;
  bool takes_weekday(std::chrono::local_days day) const;
  std::vector<std::chrono::seconds> times(local_seconds start) const;
  std::vector<local_seconds> set_of(std::chrono::local_days period, local_seconds start) const;
  long skipped(std::chrono::local_days first, local_seconds from) const;

  unit unit_ = unit::day;
  int interval_ = 1;
  std::optional<int> count_;
  std::optional<local_seconds> until_;
  std::optional<std::chrono::sys_seconds> until_utc_;
  unsigned week_start_ = 1; ///< Monday
  std::vector<int> months_, year_days_, month_days_, hours_, minutes_, seconds_, positions_;
  std::vector<ordinal_day> weekdays_;
};

} // namespace gochron::core
