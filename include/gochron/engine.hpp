#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "gochron/messages.hpp"
#include "gochron/together.hpp"

namespace gochron {

/// How many rounds began how late after their slot. The bounds are those at which an operator would act.
struct lag_histogram {
  static constexpr std::array<std::int64_t, 20> bounds_ms{1,  2,   3,   5,   7,   10,  15,   20,   30,   50,
                                                          70, 100, 150, 200, 300, 500, 1000, 2000, 5000, 10000};
  std::array<std::int64_t, bounds_ms.size() + 1> counts{}; ///< of lags up to each bound, and of those above the last
  std::int64_t sum_ms = 0;
};

/// Counts since the start, for /metrics.
struct engine_stats {
  std::int64_t monitors = 0, channels = 0, quarantined = 0;
  std::int64_t restarts = 0;
  std::int64_t rounds = 0, skipped_slots = 0;
  std::int64_t checks_up = 0, checks_degraded = 0, checks_down = 0, checks_error = 0;
  std::int64_t pings = 0;
  std::int64_t transitions = 0, incidents_opened = 0, incidents_resolved = 0;
  std::int64_t deliveries_succeeded = 0, deliveries_failed = 0, delivery_attempts = 0;
  std::int64_t escalation_policies = 0, escalations_told = 0, maintenance_windows = 0;
  lag_histogram lag;
  std::int64_t timers = 0;
};

/// The one door of the actors. Every call is thread-safe, returns at once and never throws; the answer comes through
/// the message's `reply` on a thread of the actors.
class engine {
public:
  virtual ~engine() = default;

  virtual void tell(create_monitor x) = 0;
  virtual void tell(get_monitor x) = 0;
  virtual void tell(edit_monitor x) = 0;
  virtual void tell(remove_monitor x) = 0;
  virtual void tell(run_monitor x) = 0;
  virtual void tell(test_monitor x) = 0;
  virtual void tell(reset_monitor x) = 0;
  virtual void tell(rotate_url x) = 0;
  virtual void tell(wait_for_status x) = 0;
  virtual void tell(handle_incident x) = 0;

  virtual void tell(create_channel x) = 0;
  virtual void tell(get_channel x) = 0;
  virtual void tell(edit_channel x) = 0;
  virtual void tell(remove_channel x) = 0;
  virtual void tell(roll_secret x) = 0;
  virtual void tell(test_channel x) = 0;
  virtual void tell(redeliver x) = 0;

  virtual void tell(create_rule x) = 0;
  virtual void tell(get_rule x) = 0;
  virtual void tell(edit_rule x) = 0;
  virtual void tell(remove_rule x) = 0;
  virtual void tell(create_schedule x) = 0;
  virtual void tell(get_schedule x) = 0;
  virtual void tell(edit_schedule x) = 0;
  virtual void tell(remove_schedule x) = 0;
  virtual void tell(create_override x) = 0;
  virtual void tell(edit_override x) = 0;
  virtual void tell(remove_override x) = 0;
  virtual void tell(rotate_feed x) = 0;
  virtual void tell(revoke_feed x) = 0;
  virtual void tell(rotate_user_feed x) = 0;
  virtual void tell(revoke_user_feed x) = 0;

  virtual void tell(create_token x) = 0;
  virtual void tell(edit_token x) = 0;
  virtual void tell(rotate_token x) = 0;
  virtual void tell(remove_token x) = 0;

  /// See gochron/together.hpp. Errors: `busy` when too many of these are under way.
  virtual void tell(write_together x) = 0;

  virtual void tell(create_user x) = 0;
  virtual void tell(edit_user x) = 0;
  virtual void tell(remove_user x) = 0;
  virtual std::optional<user_record> user(org_id org, user_id id) const = 0;

  virtual void tell(create_note x) = 0;
  virtual void tell(edit_note x) = 0;
  virtual void tell(remove_note x) = 0;
  virtual void tell(write_postmortem x) = 0;
  virtual void tell(remove_postmortem x) = 0;
  virtual void tell(signal_incidents x) = 0;

  virtual void tell(create_policy x) = 0;
  virtual void tell(get_policy x) = 0;
  virtual void tell(edit_policy x) = 0;
  virtual void tell(remove_policy x) = 0;
  virtual void tell(forecast_policy x) = 0;

  virtual void tell(create_window x) = 0;
  virtual void tell(get_window x) = 0;
  virtual void tell(edit_window x) = 0;
  virtual void tell(remove_window x) = 0;
  virtual void tell(end_window x) = 0;
  /// All of an organisation, as they are now, in any order.
  virtual std::vector<maintenance_window_view> windows(org_id org) const = 0;
  virtual void tell(send_code x) = 0;
  virtual void tell(verify_code x) = 0;
  virtual void tell(create_notification_rule x) = 0;
  virtual void tell(get_notification_rule x) = 0;
  virtual void tell(edit_notification_rule x) = 0;
  virtual void tell(remove_notification_rule x) = 0;
  virtual void tell(create_team x) = 0;
  virtual void tell(get_team x) = 0;
  virtual void tell(edit_team x) = 0;
  virtual void tell(remove_team x) = 0;

  virtual void tell(create_organization x) = 0;
  /// Unset for an organisation that is not there.
  virtual std::optional<organization_limits> limits(org_id org) const = 0;

  /// A ping at the heartbeat that `token` names. Most are answered on the calling thread. Errors: `not_found` (no such
  /// token, or deleted meanwhile), `unsupported` (a GET where only POST is allowed), `rate_limited`, `unavailable`.
  virtual void receive(std::string_view token, ping x, reply_to<void> reply) = 0;

  /// What somebody says at the inbound URL with this key. Errors: `not_found` (no such key, or deleted meanwhile),
  /// `rate_limited`, and those of signal_incidents.
  virtual void receive(std::string_view key, std::vector<incident_signal> signals,
                       reply_to<std::vector<signal_answer>> reply) = 0;

  /// Who bears this token, with the role of its user as it is now. Answers on the calling thread when the token is
  /// known in memory, otherwise after a look in the database (a token made by the command line a moment ago). Errors:
  /// `unauthenticated` (unknown, revoked, expired), `busy`, `unavailable`. Notes the use (`last_used_at`, at most once
  /// a minute). With `only_known` a token that is not in memory is `unauthenticated` without a look.
  virtual void authenticate(const sha256_digest& digest, std::string_view remote_ip, bool only_known,
                            reply_to<token_record> reply) = 0;

  virtual engine_stats stats() const = 0;
};

} // namespace gochron
