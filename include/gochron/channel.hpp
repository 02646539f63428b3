#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gochron/monitor.hpp"

namespace gochron {

enum class channel_type : std::uint8_t { webhook };

/// What happened, as receivers and rules know it. Names: `incident.opened`, ... (core/names.cpp).
enum class event_type : std::uint8_t {
  incident_opened,
  incident_acknowledged,
  incident_resolved,
  channel_disabled,
  channel_test,
  monitor_expired,
  incident_escalated,
  incident_unacknowledged,
};

struct webhook_target {
  std::string url;
  std::vector<name_value> headers; ///< sealed at rest: they often carry credentials
  seconds timeout{10};             ///< 1-30
  friend bool operator==(const webhook_target&, const webhook_target&) = default;
};

struct channel_spec {
  std::string name;
  std::optional<std::string> key; ///< client-chosen, unique in the organisation
  bool enabled = true;
  std::vector<event_type> events; ///< a set; empty: all of them
  bool send_resolved = true;
  std::optional<std::string> managed_by;
  std::variant<webhook_target> target;

  channel_type type() const { return static_cast<channel_type>(target.index()); }
  friend bool operator==(const channel_spec&, const channel_spec&) = default;
};

/// `whsec_` + base64 of 32 random bytes. The plain strings live in memory only; storage seals them.
struct webhook_secret {
  std::string value;
  std::int32_t version = 1;
  timestamp created_at{};
  std::string previous; ///< still signed with until previous_expires_at; empty: none
  std::optional<timestamp> previous_expires_at;
};

enum class channel_state : std::uint8_t { healthy, failing, disabled };

struct channel_health {
  channel_state state = channel_state::healthy;
  std::int64_t consecutive_failures = 0;
  std::optional<timestamp> failing_since; ///< first of the present run of failures
  std::optional<timestamp> last_success_at;
  std::string disabled_reason; ///< `gone` (410), `five_days_of_failures`; empty unless disabled by us
};

struct channel_record : record<channel_id, channel_spec> {
  webhook_secret secret;
  channel_health health;
};

} // namespace gochron
