#pragma once
#include <span>

#include "gochron/store.hpp"

/// What may be concluded from silence when the engine was not always there to hear. Gaps are oldest first and do not
/// overlap. A gap says no more than that these moments of wall time were not observed: the engine was not running, the
/// host slept, the process was stopped, or the clock was set forward and the moments never were.
namespace gochron::core {

using gaps = std::span<const observation_gap>;

/// How much of [from, to) was not observed.
milliseconds unobserved(gaps all, timestamp from, timestamp to);

/// The instant at which `length` has been observed since `from`.
timestamp after_observed(gaps all, timestamp from, milliseconds length);

/// When the expectation of a signal has failed: `allowed` after `since`, counting observed time only. If the signal,
/// expected at `expected` or up to its deadline, may have been sent into a gap, it gets `chance` more of observed time
/// after the first such gap. No second gap prolongs it again: a restart a day must not hide a dead job for ever.
struct expectation {
  timestamp since{};    ///< the last signal
  timestamp expected{}; ///< the earliest moment at which the next one may come
  milliseconds allowed{0};
  milliseconds chance{0};
};
timestamp fails_at(gaps all, const expectation& x);

} // namespace gochron::core
