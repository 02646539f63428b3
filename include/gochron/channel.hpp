#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gochron/monitor.hpp"

namespace gochron {

/// The kinds of receivers: the rows of channel_types.def.
enum class channel_type : std::uint8_t {
#define GOCHRON_CHANNEL_TYPE(name) name,
#include "gochron/channel_types.def"
};

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
  maintenance_started,
  maintenance_ended,
  contact_method_verification,
  incident_reopened,
  incident_snoozed,
  on_call_changed,
};

struct webhook_target {
  static constexpr channel_type type = channel_type::webhook;
  std::string url;
  std::vector<name_value> headers; ///< sealed at rest: they often carry credentials
  seconds timeout{10};             ///< 1-30
  friend bool operator==(const webhook_target&, const webhook_target&) = default;
};

/// Where a channel's events go: the settings of one type, of which only that type's own source (core/channels/) knows
/// more than that they can be compared. A value; copies share what never changes.
class channel_target {
public:
  channel_target() : channel_target(webhook_target{}) {}
  template <class Settings>
  requires requires { Settings::type; }
  channel_target(Settings x) : held_(std::make_shared<const content_of<Settings>>(std::move(x))) {}

  channel_type type() const { return held_->type(); }
  /// The settings; only for the type that they are of.
  template <class Settings>
  const Settings& as() const {
    return static_cast<const content_of<Settings>&>(*held_).settings;
  }
  friend bool operator==(const channel_target& a, const channel_target& b) {
    return a.held_ == b.held_ || (a.type() == b.type() && a.held_->equals(*b.held_));
  }

private:
  struct content {
    virtual ~content() = default;
    virtual channel_type type() const = 0;
    virtual bool equals(const content& x) const = 0; ///< of the same type
  };
  template <class Settings>
  struct content_of final : content {
    explicit content_of(Settings x) : settings(std::move(x)) {}
    channel_type type() const override { return Settings::type; }
    bool equals(const content& x) const override {
      return settings == static_cast<const content_of<Settings>&>(x).settings;
    }
    Settings settings;
  };
  std::shared_ptr<const content> held_;
};

struct channel_spec {
  std::string name;
  std::optional<std::string> key; ///< client-chosen, unique in the organisation
  bool enabled = true;
  std::vector<event_type> events; ///< a set; empty: all of them
  bool send_resolved = true;
  std::optional<std::string> managed_by;
  channel_target target;
  std::optional<user_id> user = {}; ///< a contact method of theirs, and no channel of the organisation

  channel_type type() const { return target.type(); }
  friend bool operator==(const channel_spec&, const channel_spec&) = default;
};

/// What signs webhooks: `whsec_` + base64 of 32 random bytes. Plain strings live in memory only; storage seals them.
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

/// Whether the address of a contact method is its user's: proved by a code that was sent there.
struct contact_proof {
  std::optional<timestamp> verified_at;     ///< unset: nobody is told anything but codes there
  std::string code_digest;                  ///< hex, keyed; empty: no code is out
  std::optional<timestamp> code_expires_at; ///< of the code that is out
  std::int32_t tries = 0;                   ///< wrong ones at that code
  std::vector<timestamp> sent;              ///< codes of the last hour, oldest first
  friend bool operator==(const contact_proof&, const contact_proof&) = default;
};

struct channel_record : record<channel_id, channel_spec> {
  webhook_secret secret;
  channel_health health;
  contact_proof proof = {}; ///< of a contact method

  bool is_personal() const { return spec.user.has_value(); }
};

} // namespace gochron
