#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "core/local_clock.hpp"
#include "gochron/maintenance.hpp"

namespace gochron::core {

/// When a window is, whatever it is for. Every occurrence begins when the clock of the zone shows what the schedule
/// says: a time that it skips is the first instant after the gap, one that it shows twice the first of both. It lasts
/// for its duration, in time that passes. Occurrences that touch or overlap are one.
class maintenance_timetable {
public:
  /// The error is a sentence for people: of a schedule that no API would have taken.
  static tl::expected<maintenance_timetable, std::string> of(const maintenance_window_spec& spec);

  /// Those that have some of [from, to) in them, whole, in order. One that goes on for more than two months may be
  /// cut there.
  std::vector<maintenance_occurrence> between(timestamp from, timestamp to) const;

  /// The one that contains `t`, or else the next within five years.
  std::optional<maintenance_occurrence> at_or_after(timestamp t) const;

  /// The first of all; of a schedule without a beginning the first from 2024 on.
  std::optional<maintenance_occurrence> first() const;

  /// The most that begin on one day.
  std::size_t most_a_day() const;

private:
  struct source;
  maintenance_timetable(local_clock clock, std::shared_ptr<const source> from)
    : clock_(clock), source_(std::move(from)) {}
  std::vector<maintenance_occurrence> begun_in(timestamp from, timestamp to) const;

  local_clock clock_;
  std::shared_ptr<const source> source_;
};

} // namespace gochron::core
