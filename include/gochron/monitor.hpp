#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gochron/boxed.hpp"
#include "gochron/check.hpp"
#include "gochron/clock.hpp"
#include "gochron/ids.hpp"

namespace gochron {

enum class monitor_type : std::uint8_t { http, tcp, heartbeat, manual };

/// `paused` and `maintenance` are configured; the others are observed. `unknown` is our own blindness, never theirs.
enum class monitor_status : std::uint8_t { pending, up, degraded, down, maintenance, paused, unknown };

enum class transition_kind : std::uint8_t { none, confirming_down, confirming_up };

enum class ip_version : std::uint8_t { any, v4, v6 };

/// A header or other pair whose order is kept.
struct name_value {
  std::string name;
  std::string value;
  friend bool operator==(const name_value&, const name_value&) = default;
};

struct tls_options {
  bool verify = true;
  boxed<std::string> server_name; ///< SNI and the name to verify; unset: the host of the target
  boxed<std::string> ca_pem;      ///< trust these instead of the system's store
  friend bool operator==(const tls_options&, const tls_options&) = default;
};

enum class auth_kind : std::uint8_t { none, basic, bearer };

struct http_auth {
  auth_kind type = auth_kind::none;
  boxed<std::string> username;
  boxed<std::string> password; ///< write-only, sealed at rest
  boxed<std::string> token;    ///< write-only, sealed at rest
  friend bool operator==(const http_auth&, const http_auth&) = default;
};

struct http_check {
  std::string url;
  std::string method = "GET";
  std::vector<name_value> headers;
  boxed<std::string> body;
  http_auth auth;
  bool follow_redirects = true;
  std::uint32_t max_redirects = 5;
  std::vector<std::string> expected_status{"2xx"}; ///< `2xx`, `404`, or `200-299`
  boxed<std::string> required_keyword;
  boxed<std::string> forbidden_keyword;
  tls_options tls;
  friend bool operator==(const http_check&, const http_check&) = default;
};

enum class tcp_tls : std::uint8_t { none, implicit, starttls };

/// Send `send` (if any), then read until `expect` (if any) is seen.
struct tcp_step {
  boxed<std::string> send;
  boxed<std::string> expect;
  friend bool operator==(const tcp_step&, const tcp_step&) = default;
};

struct tcp_check {
  std::string host;
  std::uint16_t port = 0;
  tcp_tls tls = tcp_tls::none;      ///< `implicit`: handshake, then script; `starttls`: script, then handshake
  gochron::tls_options tls_options; ///< API name: `tls_options`
  std::vector<tcp_step> script;
  friend bool operator==(const tcp_check&, const tcp_check&) = default;
};

enum class heartbeat_schedule : std::uint8_t { period };
enum class ping_methods : std::uint8_t { any, post_only };

struct heartbeat_check {
  heartbeat_schedule schedule_kind = heartbeat_schedule::period;
  seconds period{86400};
  seconds grace{3600};
  bool manual_resume = false;
  ping_methods methods = ping_methods::any;
  std::uint32_t max_body_bytes = 10240;
  friend bool operator==(const heartbeat_check&, const heartbeat_check&) = default;
};

/// Nothing is checked: it has the incidents that are opened by hand or pushed in.
struct manual_check {
  std::optional<seconds> auto_resolve; ///< an incident that nobody has mentioned for so long is over
  friend bool operator==(const manual_check&, const manual_check&) = default;
};

struct retry_policy {
  std::uint32_t count = 0;
  seconds delay{0};
  friend bool operator==(const retry_policy&, const retry_policy&) = default;
};

/// A monitor flaps when an opening is more than the `changes`-th change between up and down within `window`. Nobody is
/// told of that opening before it has lasted for `hold`.
struct flap_policy {
  std::uint32_t changes = 2;
  seconds window{3600};
  seconds hold{300};
  friend bool operator==(const flap_policy&, const flap_policy&) = default;
};

/// What the user configured. Immutable once shared between threads.
struct monitor_spec {
  std::string name;
  boxed<std::string> description;
  boxed<std::string> runbook_url;
  boxed<std::string> key;        ///< client-chosen, unique in the organisation
  std::vector<std::string> tags; ///< a set: sorted, no duplicates
  bool paused = false;
  ip_version ip = ip_version::any;
  seconds interval{60};
  milliseconds timeout{10000};
  std::optional<milliseconds> degraded_after;
  std::uint32_t failure_threshold = 1;
  std::uint32_t success_threshold = 1;
  seconds confirmation{0};
  seconds recovery{0};
  retry_policy retry;
  boxed<std::string> managed_by;
  boxed<timestamp> expires_at;               ///< the monitor deletes itself then
  boxed<timestamp> muted_until;              ///< until then nobody is told of its incidents
  boxed<std::vector<monitor_id>> depends_on; ///< a set, never an empty one: while one of these fails nobody is told
  boxed<flap_policy> flap;
  std::variant<http_check, tcp_check, heartbeat_check, manual_check> check;

  monitor_type type() const { return static_cast<monitor_type>(check.index()); }
  friend bool operator==(const monitor_spec&, const monitor_spec&) = default;
};

/// A configured thing as it stands in the database.
template <class Id, class Spec>
struct record {
  Id id;
  org_id org;
  std::int64_t version = 1; ///< grows by one with each edit of `spec`, by nothing else
  timestamp created_at{};
  timestamp updated_at{};
  Spec spec;
};

/// The capability that was in a monitor's URL before the present one.
struct retired_token {
  std::string value;
  timestamp good_until{}; ///< lets in before this
  friend bool operator==(const retired_token&, const retired_token&) = default;
};

struct monitor_record : record<monitor_id, monitor_spec> {
  /// The capability in a heartbeat's `/ping/{token}` or a manual monitor's `/in/{key}`; empty for others.
  std::string ping_token;
  boxed<retired_token> retired = {};
};

struct status_reason {
  reason code = reason::none;
  std::string message;
  friend bool operator==(const status_reason&, const status_reason&) = default;
};

/// What the confirming state machine remembers between rounds (see core/check_machine.hpp).
struct check_state {
  monitor_status status = monitor_status::pending;
  transition_kind transition = transition_kind::none;
  std::optional<timestamp> first_failure; ///< t0 of the present failure, confirmed or not
  std::uint32_t failures = 0;             ///< failing rounds since t0
  std::optional<timestamp> first_success; ///< r0 of the present recovery
  std::uint32_t successes = 0;            ///< good rounds since r0
  friend bool operator==(const check_state&, const check_state&) = default;
};

/// What a heartbeat remembers of the pings it received.
struct heartbeat_state {
  std::optional<timestamp> last_ping;  ///< the last success
  std::optional<timestamp> started_at; ///< of a run that has not finished
  std::string run_id;                  ///< `rid` of that run, or empty
  std::optional<milliseconds> last_duration;
  friend bool operator==(const heartbeat_state&, const heartbeat_state&) = default;
};

/// Everything observed about a monitor. Saved with a lag of at most a second, and in the same transaction as each
/// transition. `sequence` grows with every change, so an older copy never overwrites a newer one.
struct monitor_runtime {
  std::int64_t sequence = 0;
  check_state state;
  timestamp status_since{};
  status_reason cause;
  std::optional<timestamp> last_checked_at;
  std::optional<incident_id> open_incident; ///< of the failure that its status tells; others may be open beside it
  heartbeat_state heartbeat;
  std::int64_t skipped_slots = 0;
};

/// A monitor as the API shows it.
struct monitor_view {
  monitor_record record;
  monitor_runtime runtime;
  std::optional<timestamp> next_check_at;
  std::optional<double> uptime_24h; ///< percent, floored to two decimals; unset before anything was observed
  bool quarantined = false;         ///< its actor crashed too often; see status_reason
};

} // namespace gochron
