#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/channels/kind.hpp"
#include "core/sealer.hpp"
#include "gochron/error.hpp"
#include "net/egress_guard.hpp"
#include "net/mail_lane.hpp"

namespace gochron::app {

/// Everything that can be set, by flag, `GOCHRON_*` variable or file, in that order of strength. `gochron config`
/// prints what is in force.
struct configuration {
  std::string data_dir = "data";
  std::string database_url; ///< empty: a private Postgres under data_dir
  std::string listen = "127.0.0.1:8080";
  std::string base_url;                      ///< of links; empty: from the request, and from `listen` in webhooks
  bool hosted = false;                       ///< refuse private addresses as targets
  std::vector<std::string> egress_allow;     ///< CIDR blocks that are allowed whatever else is said
  std::vector<std::string> egress_addresses; ///< what a firewall sees of checks and webhooks; only shown
  std::vector<std::string> trusted_proxies;
  std::vector<std::string> nameservers;
  std::string extra_ca_file;
  std::string smtp_url;                       ///< the relay for mail; empty: none is sent
  std::string smtp_user;                      ///< of AUTH; empty: none
  std::string smtp_password_file;             ///< its first line is the password
  std::string smtp_from;                      ///< the address that mail comes from
  std::string smtp_tls = "auto";              ///< `auto`, or `required`
  std::vector<std::string> channel_base_urls; ///< `type=url`, in place of providers' own
  std::uint32_t actor_threads = std::max(1U, std::thread::hardware_concurrency() / 2);
  std::uint32_t http_threads = 1;
  std::uint32_t retention_days = 90;
  std::uint32_t history_retention_days = 400;
  std::uint32_t drain_seconds = 20;
  std::int64_t rate_limit = 100;           ///< requests a second of each token; 0: no limit
  std::int64_t rate_burst = 0;             ///< of them at once; 0: as many as come in a second
  std::int64_t anonymous_rate_limit = 20;  ///< a second of each address, without a token; five seconds' worth at once
  std::int64_t ping_rate_limit = 5000;     ///< pings a second of each address; four seconds' worth at once
  std::int64_t ping_token_rate_limit = 10; ///< pings a second of each heartbeat; ten seconds' worth at once
  std::uint32_t plan_refresh_seconds = 60; ///< how often plans and organisations are read anew
  std::string log_level = "info";
};

/// `invalid` with a violation for each block that is not one.
result<net::egress_policy> egress_of(const configuration& c);

/// The relay, or nothing without `smtp_url`. `invalid` with all violations, `unavailable` when the password cannot be
/// read.
result<std::optional<net::smtp_options>> smtp_of(const configuration& c);

/// What is set for all channels. `invalid` with a violation for each base URL that is not `type=url`.
result<core::sending_options> sending_of(const configuration& c);

/// The key that seals secrets: GOCHRON_SECRET_KEY (base64 of 32 bytes), or `<data_dir>/secret.key`, made at the first
/// start with mode 0600. Whoever loses it loses the channels' secrets and the monitors' passwords.
result<core::sealer::key> secret_key(const configuration& c);

/// Logs as one JSON object a line on standard error.
void set_up_logging(const std::string& level);

} // namespace gochron::app
