#pragma once
#include <optional>
#include <vector>

#include "gochron/error.hpp"
#include "gochron/schedule.hpp"

namespace gochron::core {

/// What an override must not be, made at `now`: begin in the past, end before it begins, lie beyond the tables of the
/// clocks, name its own schedule.
std::vector<violation> faults_of(const schedule_override& x, timestamp now);

/// What an edit makes of an override.
struct override_edit {
  schedule_override after;
  std::optional<schedule_override> past; ///< what is over of it, without an id: it stays as it was
};

/// `now` as somebody wants it to be at `at`. What has begun keeps its beginning, and its end lies ahead; where who is
/// on call changes, `after` begins at `at` and `past` ends there. Errors: `conflict` when it is over, `invalid` with
/// all that must not be.
result<override_edit> edited(const schedule_override& now, const schedule_override& wanted, timestamp at);

/// A stretch of time that somebody asks about: at most `longest_range`, within the tables of the clocks.
std::vector<violation> range_faults(timestamp from, timestamp to);

/// Likewise an instant.
std::vector<violation> instant_faults(timestamp at);

} // namespace gochron::core
