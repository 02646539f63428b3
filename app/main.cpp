#include <cstdio>

#include <CLI/CLI.hpp>

#include "app/configuration.hpp"
#include "app/organization_command.hpp"
#include "app/serve.hpp"
#include "app/token_command.hpp"
#include "app/wait_command.hpp"
#include "core/names.hpp"
#include "gochron/monitor.hpp"
#include "http/openapi.hpp"

namespace {

using gochron::app::configuration;

void describe_rates(CLI::App& cli, configuration& c) {
  auto rate = [&](const char* flag, std::int64_t& of, const char* doc, const char* variable) {
    cli.add_option(flag, of, doc)->envname(variable)->check(CLI::Range(0, 1'000'000))->capture_default_str();
  };
  rate("--rate-limit", c.rate_limit, "Requests a second of each token; 0: no limit", "GOCHRON_RATE_LIMIT");
  rate("--rate-burst", c.rate_burst, "How many of them may come at once; 0: as many as in a second",
       "GOCHRON_RATE_BURST");
  rate("--anonymous-rate-limit", c.anonymous_rate_limit,
       "Requests a second of each address without a valid token; 0: no limit", "GOCHRON_ANONYMOUS_RATE_LIMIT");
  rate("--ping-rate-limit", c.ping_rate_limit, "Pings a second of each address; 0: no limit",
       "GOCHRON_PING_RATE_LIMIT");
  rate("--ping-token-rate-limit", c.ping_token_rate_limit, "Pings a second of each heartbeat; 0: no limit",
       "GOCHRON_PING_TOKEN_RATE_LIMIT");
}

void describe_sending(CLI::App& cli, configuration& c) {
  cli.add_option("--smtp-url", c.smtp_url, "The relay for e-mail: smtp://host:port, or smtps:// for TLS at once")
      ->envname("GOCHRON_SMTP_URL");
  cli.add_option("--smtp-user", c.smtp_user, "Its user; then TLS is required")->envname("GOCHRON_SMTP_USER");
  cli.add_option("--smtp-password-file", c.smtp_password_file, "A file whose first line is the user's password")
      ->envname("GOCHRON_SMTP_PASSWORD_FILE");
  cli.add_option("--smtp-from", c.smtp_from, "The address that e-mail comes from")->envname("GOCHRON_SMTP_FROM");
  cli.add_option("--smtp-tls", c.smtp_tls, "auto: STARTTLS where the relay offers it; required: nothing without")
      ->envname("GOCHRON_SMTP_TLS")
      ->check(CLI::IsMember({"auto", "required"}))
      ->capture_default_str();
  cli.add_option("--channel-base-url", c.channel_base_urls,
                 "type=url in place of a provider's own, such as opsgenie=https://api.eu.opsgenie.com")
      ->envname("GOCHRON_CHANNEL_BASE_URL")
      ->delimiter(',');
}

// Flags win over GOCHRON_* variables, variables over the file of --config.
void describe(CLI::App& cli, configuration& c) {
  cli.set_config("--config", "", "A TOML or INI file with these settings");
  cli.add_option("--data-dir", c.data_dir, "Where the private Postgres and the secret key live")
      ->envname("GOCHRON_DATA_DIR")
      ->capture_default_str();
  cli.add_option("--database-url", c.database_url, "A Postgres of your own instead (URI or keywords)")
      ->envname("DATABASE_URL");
  cli.add_option("--listen", c.listen, "host:port, [::]:port or unix:/path; port 0 picks one")
      ->envname("GOCHRON_LISTEN")
      ->capture_default_str();
  cli.add_option("--base-url", c.base_url, "How the world reaches this server, for links")->envname("GOCHRON_BASE_URL");
  cli.add_flag("--hosted", c.hosted, "Refuse private addresses as targets of checks and webhooks")
      ->envname("GOCHRON_HOSTED");
  cli.add_option("--egress-allow", c.egress_allow, "CIDR blocks that are allowed as targets in any case")
      ->envname("GOCHRON_EGRESS_ALLOW")
      ->delimiter(',');
  cli.add_option("--egress-addresses", c.egress_addresses, "Where checks and webhooks come from, to tell at /api/meta")
      ->envname("GOCHRON_EGRESS_ADDRESSES")
      ->delimiter(',');
  cli.add_option("--trusted-proxies", c.trusted_proxies, "Peers whose X-Forwarded-For is believed")
      ->envname("GOCHRON_TRUSTED_PROXIES")
      ->delimiter(',');
  cli.add_option("--nameservers", c.nameservers, "DNS servers instead of the system's")
      ->envname("GOCHRON_NAMESERVERS")
      ->delimiter(',');
  cli.add_option("--extra-ca-file", c.extra_ca_file, "PEM file of further certificate authorities")
      ->envname("GOCHRON_EXTRA_CA_FILE");
  cli.add_option("--actor-threads", c.actor_threads, "Threads of the actors")
      ->envname("GOCHRON_ACTOR_THREADS")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  cli.add_option("--http-threads", c.http_threads, "Threads of the server")
      ->envname("GOCHRON_HTTP_THREADS")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  cli.add_option("--retention-days", c.retention_days, "How long single results and delivery attempts are kept")
      ->envname("GOCHRON_RETENTION_DAYS")
      ->check(CLI::Range(1, 3660))
      ->capture_default_str();
  cli.add_option("--history-retention-days", c.history_retention_days,
                 "How long resolved incidents are kept, with their events and deliveries")
      ->envname("GOCHRON_HISTORY_RETENTION_DAYS")
      ->check(CLI::Range(1, 3660))
      ->capture_default_str();
  describe_rates(cli, c);
  describe_sending(cli, c);
  cli.add_option("--plan-refresh-seconds", c.plan_refresh_seconds, "How often plans and organisations are read anew")
      ->envname("GOCHRON_PLAN_REFRESH_SECONDS")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  cli.add_option("--drain-seconds", c.drain_seconds, "How long SIGTERM waits for requests in work")
      ->envname("GOCHRON_DRAIN_SECONDS")
      ->check(CLI::Range(0, 600))
      ->capture_default_str();
  cli.add_option("--log-level", c.log_level, "debug, info, warning, error")
      ->envname("GOCHRON_LOG_LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
}

// None of it is a setting of the server: neither its file has it, nor does `gochron config` print it.
void describe_wait(CLI::App& cli, gochron::app::wait_request& w) {
  auto option = [&](const char* flag, auto& of, const char* doc) {
    return cli.add_option(flag, of, doc)->configurable(false);
  };
  auto names = gochron::core::names_of<gochron::monitor_status>();
  option("--url", w.server.url, "The server, such as https://gochron.example")->envname("GOCHRON_URL")->required();
  option("--token", w.server.token, "A token with monitors:read; in the variable nobody else sees it")
      ->envname("GOCHRON_TOKEN")
      ->required();
  option("--ca-file", w.server.ca_file,
         "PEM file of the authorities that vouch for the server, in place of the system's")
      ->envname("GOCHRON_CA_FILE");
  option("--monitor", w.monitor, "Its id or its key")->required();
  option("--for", w.statuses, "The status, or several of them: any will do")
      ->delimiter(',')
      ->check(CLI::IsMember(std::vector<std::string>(names.begin(), names.end())))
      ->capture_default_str();
  option("--stable", w.stable_seconds, "For how many seconds it must have held")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  option("--timeout", w.timeout_seconds, "How many seconds to wait at most")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  option("--unreachable", w.unreachable_seconds, "How many seconds the server may be away in a row")
      ->check(CLI::Range(0, 86400))
      ->capture_default_str();
  cli.add_flag("--json", w.json, "Print the server's answer")->configurable(false);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App cli{"gochron watches services and wakes the right person."};
  configuration c;
  gochron::app::token_request token;
  gochron::app::organization_request organization;
  gochron::app::wait_request awaited;
  bool dry_run = false;
  describe(cli, c);
  cli.fallthrough();
  cli.require_subcommand(1);
  auto* serve = cli.add_subcommand("serve", "Run the server");
  auto* migrate = cli.add_subcommand("migrate", "Bring the database schema up to this binary");
  migrate->add_flag("--dry-run", dry_run, "Only say what would be done");
  auto* tokens = cli.add_subcommand("token", "API tokens");
  tokens->require_subcommand(1);
  auto* create = tokens->add_subcommand("create", "Make a token; prints only its secret");
  create->add_option("--name", token.name, "What it is for")->required();
  create->add_option("--scopes", token.scopes, "Comma-separated, such as 'monitors:write,incidents:read'")
      ->required()
      ->delimiter(',');
  create->add_option("--org", token.organization, "Whose it is: an org_ id; otherwise the first organisation's");
  create->add_flag("--if-none", token.if_none, "Do nothing when there is a token already");
  auto* orgs = cli.add_subcommand("org", "Organisations");
  orgs->require_subcommand(1);
  auto* create_org = orgs->add_subcommand("create", "Make one; prints its id and the secret of its first token");
  create_org->add_option("--name", organization.name, "What people call it")->required();
  create_org->add_option("--plan", organization.plan, "Such as free or team; otherwise self_hosted, or free if hosted");
  auto* list_orgs = orgs->add_subcommand("list", "Print id, plan and name of each");
  auto* wait = cli.add_subcommand("wait", "Wait until a monitor of a server has a status, and say so by the exit code");
  describe_wait(*wait, awaited);
  auto* config = cli.add_subcommand("config", "Print the configuration in force");
  auto* openapi = cli.add_subcommand("openapi", "Print the OpenAPI document that this binary serves");
  auto* version = cli.add_subcommand("version", "Print the version");
  CLI11_PARSE(cli, argc, argv);

  gochron::app::set_up_logging(c.log_level);
  if (*serve)
    return gochron::app::serve(c);
  if (*migrate)
    return gochron::app::migrate(c, dry_run);
  if (*create)
    return gochron::app::create_token(c, token);
  if (*create_org)
    return gochron::app::create_organization(c, organization);
  if (*list_orgs)
    return gochron::app::list_organizations(c);
  if (*wait)
    return gochron::app::wait_for_monitor(awaited);
  if (*config) {
    if (!c.database_url.empty())
      cli.get_option("--database-url")->clear(); // it may hold a password
    std::fputs(cli.config_to_str(true).c_str(), stdout);
  }
  if (*openapi)
    std::puts(gochron::http::render_openapi(gochron::http::all_operations(), GOCHRON_VERSION).c_str());
  if (*version)
    std::puts("gochron " GOCHRON_VERSION);
  return 0;
}
