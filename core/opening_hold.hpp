#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gochron/incident.hpp"
#include "gochron/store.hpp"

/// Why the opening of an incident is not told yet, by any rule: what its monitor depends on, and flapping. Knows no
/// clock.
namespace gochron::core {

/// What those who depend on a monitor may know of it.
struct parent_facts {
  monitor_id id;
  std::string name;
  bool watched = false;              ///< false: paused, in maintenance, quarantined; it explains nothing
  bool failing = false;              ///< down, or on the way there
  std::optional<timestamp> seen_at;  ///< the slot of its last round with a verdict; unset: not since the start
  timestamp well_since{};            ///< when it is not failing
  milliseconds patience{0};          ///< a round of it begins and ends within this; zero: it is not looked at
  std::vector<monitor_id> parents{}; ///< what it depends on itself
  friend bool operator==(const parent_facts&, const parent_facts&) = default;
};

/// Of a monitor in this state. `seen_at` and `well_since` as in parent_facts.
parent_facts facts_of(const monitor_id& id, const monitor_spec& spec, const check_state& state,
                      std::optional<timestamp> seen_at, timestamp well_since);

/// Whether a change from one to the other may free somebody who waits because of the first.
bool frees(const parent_facts& before, const parent_facts& now);

/// How long a look at a monitor takes at most: its interval and one round, but at least a minute, for we may be late,
/// and at most five, for pages wait for it. Zero for a heartbeat, which is judged by its deadline.
milliseconds patience_of(const monitor_spec& spec);

enum class hold_reason : std::uint8_t { parent_unknown, parent_failing, parent_recovered, flapping };

struct opening_hold {
  hold_reason why = hold_reason::flapping;
  std::optional<monitor_id> parent; ///< unset: flapping
  std::string name;                 ///< of the parent, where it is known
  std::optional<timestamp> until;   ///< then to be looked at again; unset: when the parent's facts change
  friend bool operator==(const opening_hold&, const opening_hold&) = default;
};

/// A sentence for the timeline.
std::string held_message(const opening_hold& x);

/// An open incident of a monitor that depends on others.
struct dependent_incident {
  const monitor_spec& monitor;
  timestamp started_at{};              ///< t0
  std::optional<timestamp> failing_at; ///< the slot of its monitor's last failing round; unset: not since the start
  bool recovering = false;             ///< its monitor is `confirming_up`
  timestamp now{};
};

/// Null: nothing is known yet.
using parent_lookup = std::function<std::shared_ptr<const parent_facts>(const monitor_id&)>;

/// Whether a parent forbids to tell, nearest first. A parent that fails does. One that has had a round since t0 and is
/// well does not, and vouches for what it depends on itself. One that has not is waited for, from t0 for as long as a
/// look at it takes; what it depends on counts as its own. After a parent has recovered the monitor itself is to be
/// seen failing once more, within two intervals of its own; while it is confirming its recovery, within that time, too.
/// Unset: none forbids. Each ancestor is looked up at most once, at most a thousand of them.
std::optional<opening_hold> held_by_parents(const dependent_incident& x, const parent_lookup& parents);

/// Whether the monitor flaps at this opening, which is then told `policy.hold` after it. `recent`: the monitor's
/// changes of the last day, oldest first; those before `started_at` count, and the opening itself.
std::optional<opening_hold> held_by_flapping(const monitor_spec& monitor, std::span<const status_step> recent,
                                             timestamp started_at, timestamp opened_at, timestamp now);

} // namespace gochron::core
