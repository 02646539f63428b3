#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/alert_matching.hpp"
#include "gochron/alert_rule.hpp"
#include "gochron/channel.hpp"
#include "gochron/ids.hpp"

/// What leaves of different actors read of each other without asking: small shared tables, each with one writer's
/// discipline and a lock held for the length of a look-up.
namespace gochron::actors {

/// The alert rules, channels and escalation policies of each organisation, as immutable snapshots. Thread-safe.
class alert_registry {
public:
  using snapshot = std::shared_ptr<const core::alert_book>;

  snapshot of(org_id org) const;
  void put(const alert_rule_record& x);
  void put(const channel_record& x);
  void put(std::shared_ptr<const escalation_policy_record> x);
  void erase(org_id org, rule_id id);
  void erase(org_id org, channel_id id);
  void erase(org_id org, policy_id id);
  void put(const notification_rule_record& x);
  void erase(org_id org, notification_rule_id id);
  void put(const team_record& x);
  void erase(org_id org, team_id id);
  std::optional<notification_rule_record> find(org_id org, notification_rule_id id) const;
  std::optional<team_record> find(org_id org, team_id id) const;
  std::optional<alert_rule_record> rule(org_id org, rule_id id) const;
  /// Whether any rule of the organisation looks at each round. One atomic read where nobody has such rules.
  bool has_checks(org_id org) const;

private:
  template <class F>
  void change(org_id org, F f);

  mutable std::shared_mutex mutex_;
  std::unordered_map<org_id, snapshot> books_;
  std::atomic<std::size_t> checks_{0}; ///< rules with trigger `check`, of all organisations
};

/// The monitors whose open incident some rule may not tell of yet. Thread-safe.
class hushed_monitors {
public:
  void put(org_id org, monitor_id id);
  void erase(org_id org, monitor_id id);
  std::vector<monitor_id> of(org_id org) const;

private:
  mutable std::mutex mutex_;
  std::unordered_map<org_id, std::unordered_set<monitor_id>> all_; ///< no organisation without any
};

/// The next incident number of each organisation. Thread-safe.
class incident_numbers {
public:
  void start_after(org_id org, std::int64_t last);
  std::int64_t next(org_id org);

private:
  std::mutex mutex_;
  std::unordered_map<org_id, std::int64_t> last_;
};

/// How many escalations each policy has begun: its round robins go by it. Thread-safe.
class policy_turns {
public:
  void start_after(policy_id policy, std::int64_t last);
  std::int64_t next(policy_id policy);
  std::int64_t last(policy_id policy) const;

private:
  mutable std::mutex mutex_;
  std::unordered_map<policy_id, std::int64_t> last_;
};

} // namespace gochron::actors
