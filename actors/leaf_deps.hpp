#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/dependency_board.hpp"
#include "actors/gap_log.hpp"
#include "actors/maintenance_registry.hpp"
#include "actors/ping_index.hpp"
#include "actors/registry.hpp"
#include "actors/timers.hpp"
#include "actors/usage_ledger.hpp"
#include "core/channels/kind.hpp"
#include "gochron/clock.hpp"
#include "gochron/engine.hpp"
#include "gochron/messages.hpp"
#include "gochron/probe.hpp"
#include "gochron/store.hpp"
#include "gochron/together.hpp"

namespace gochron::actors {

/// Counters that leaves add to and /metrics reads. Relaxed: each is right on its own, not as a set.
struct counters {
  using count = std::atomic<std::int64_t>;
  count restarts{0}, quarantined{0};
  count rounds{0}, skipped_slots{0}, lag_sum_ms{0};
  std::array<count, lag_histogram::bounds_ms.size() + 1> lags{}; ///< as in lag_histogram::counts
  std::array<count, 4> verdicts{};
  count pings{0}, transitions{0}, incidents_opened{0}, incidents_resolved{0};
  count deliveries_succeeded{0}, deliveries_failed{0}, delivery_attempts{0};
  count escalations_told{0};
  std::atomic<std::int64_t> monitors{0}, channels{0}, policies{0}, windows{0};

  void note_lag(milliseconds lag) {
    auto bucket = std::ranges::lower_bound(lag_histogram::bounds_ms, lag.count()) - lag_histogram::bounds_ms.begin();
    ++lags[static_cast<std::size_t>(bucket)];
    lag_sum_ms += lag.count();
  }
};

/// What maintenance windows write, and where what they say stands.
struct maintenance_deps {
  maintenance_store* rows = nullptr;
  maintenance_registry* windows = nullptr;
  /// Wakes these monitors of the organisation; all of it when none are named.
  std::function<void(org_id, const std::vector<monitor_id>&)> changed;
};

/// All that decides who is on call by these schedules in [from, to): query_store::on_call.
using on_call_reader = std::function<void(org_id org, std::vector<schedule_id> ids, timestamp from, timestamp to,
                                          reply_to<std::vector<on_call_books>> done)>;

/// The world as a leaf sees it. Everything here outlives the actors and is thread-safe.
struct leaf_deps {
  monitor_store& monitors;
  channel_store& channels;
  prober& checks;
  message_sender& senders;
  timer_service& timers;
  const wall_clock& clock; ///< of everything that is stamped, ordered or waited for
  const wall_clock& host;  ///< what the host takes the time to be: receivers compare it with theirs
  alert_registry& alerts;
  incident_numbers& numbers;
  ping_index& pings;
  counters& counts;
  std::string base_url;                                   ///< of links in webhooks, without a slash at its end
  const gap_log& gaps;                                    ///< when nobody watched
  std::function<void(org_id, channel_id)> outbox_changed; ///< wakes the channel's actor
  usage_ledger& usage;
  hushed_monitors& hushed;
  std::function<void(org_id)> rules_changed; ///< wakes the monitors in `hushed` of the organisation
  policy_store& policies;
  policy_turns& turns;
  std::function<void(const escalation&)> escalation_changed; ///< tells the policy's actor, after the commit
  std::function<void(escalate_incident)> to_monitor;         ///< from a policy's actor
  core::sending_options sending;                             ///< as the operator set it
  dependency_board& dependencies;
  std::function<void(org_id, monitor_id)> wake; ///< the monitor looks again whether it may tell
  std::function<void(monitor_id, std::optional<timestamp>)> look_for_child; ///< see the message
  std::function<void(edit_monitor)> edit;                                   ///< of another monitor
  maintenance_deps maintenance = {};
  std::function<std::string(org_id, user_id)> user_name = {}; ///< empty: no such user
  on_call_reader on_call = {};
  std::function<void(remove_channel)> dismiss = {}; ///< of a contact method whose row has gone with its user
  std::function<void(org_id, schedule_id)> schedule_changed = {}; ///< who is on call by it, or who is told
};

/// The store that a message's write goes to.
inline monitor_store& monitors_of(const part_ptr& into, const leaf_deps& deps) {
  return into ? into->monitors() : deps.monitors;
}
inline channel_store& channels_of(const part_ptr& into, const leaf_deps& deps) {
  return into ? into->channels() : deps.channels;
}
inline policy_store& policies_of(const part_ptr& into, const leaf_deps& deps) {
  return into ? into->policies() : deps.policies;
}
inline maintenance_store& windows_of(const part_ptr& into, const leaf_deps& deps) {
  return into ? into->windows() : *deps.maintenance.rows;
}

} // namespace gochron::actors
