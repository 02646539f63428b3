#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/alert_matching.hpp"
#include "gochron/alert_rule.hpp"
#include "gochron/channel.hpp"
#include "gochron/ids.hpp"

/// What leaves of different actors read of each other without asking: small shared tables, each with one writer's
/// discipline and a lock held for the length of a look-up.
namespace gochron::actors {

/// The alert rules and channels of each organisation, as immutable snapshots. Thread-safe.
class alert_registry {
public:
  using snapshot = std::shared_ptr<const core::alert_book>;

  snapshot of(org_id org) const;
  void put(const alert_rule_record& x);
  void put(const channel_record& x);
  void erase(org_id org, rule_id id);
  void erase(org_id org, channel_id id);
  std::optional<alert_rule_record> rule(org_id org, rule_id id) const;

private:
  template <class F>
  void change(org_id org, F f);

  mutable std::shared_mutex mutex_;
  std::unordered_map<org_id, snapshot> books_;
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

/// Which heartbeat a ping token names. Thread-safe; sharded, so that pings do not queue behind each other.
class ping_index {
public:
  void put(std::string token, monitor_id id);
  void erase(const std::string& token);
  std::optional<monitor_id> find(std::string_view token) const;

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view x) const { return std::hash<std::string_view>{}(x); }
  };
  struct part {
    mutable std::shared_mutex mutex;
    std::unordered_map<std::string, monitor_id, text_hash, std::equal_to<>> ids;
  };
  part& of(std::string_view token) { return parts_[text_hash{}(token) % parts_.size()]; }
  const part& of(std::string_view token) const { return parts_[text_hash{}(token) % parts_.size()]; }
  std::array<part, 64> parts_;
};

} // namespace gochron::actors
