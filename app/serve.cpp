#include "app/serve.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>

#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "actors/engine_clock.hpp"
#include "actors/local_engine.hpp"
#include "app/database.hpp"
#include "core/bytes.hpp"
#include "core/channels/text.hpp"
#include "http/api.hpp"
#include "http/event_streams.hpp"
#include "http/metrics.hpp"
#include "http/server/server.hpp"
#include "net/network.hpp"
#include "storage/postgres_store.hpp"

namespace gochron::app {
namespace {

// Built from the bottom of the house up, destroyed from the top down.
class house {
public:
  explicit house(const configuration& c) : config_(c) {}
  status build();
  status open();
  void close();
  const std::string& address() const { return address_; }

private:
  status build_store();
  status build_network();
  http::services services();
  std::string key_for(std::string_view purpose) const;

  const configuration& config_;
  system_wall_clock host_clock_;
  actors::gap_log gaps_;
  actors::engine_clock clock_{gaps_};
  core::sealer::key key_{};
  database database_;
  std::unique_ptr<storage::postgres_store> store_;
  std::unique_ptr<net::network> network_;
  std::unique_ptr<actors::local_engine> engine_;
  std::unique_ptr<http::event_streams> streams_;
  std::unique_ptr<http::api> api_;
  std::unique_ptr<http::server> server_;
  std::atomic<bool> running_{false}, draining_{false};
  std::string address_;
};

status house::build_store() {
  auto key = secret_key(config_);
  if (!key)
    return fail(key.error());
  key_ = *key;
  auto opened = open_database(config_, storage::embedded_role::serve);
  if (!opened)
    return fail(opened.error());
  database_ = std::move(*opened);
  storage::store_options options;
  options.conninfo = database_.conninfo;
  options.key = key_;
  options.clock = &clock_;
  options.last_seen = [this](timestamp t) { clock_.not_before(t); };
  options.noticed_gaps = [this] { return gaps_.take_noticed(); };
  options.retention.results = std::chrono::days{config_.retention_days};
  options.retention.history = std::chrono::days{config_.history_retention_days};
  auto store = storage::postgres_store::open(std::move(options));
  if (!store)
    return fail(store.error());
  store_ = std::move(*store);
  return {};
}

status house::build_network() {
  auto egress = egress_of(config_);
  if (!egress)
    return fail(egress.error());
  net::network_options options;
  options.egress = std::move(*egress);
  options.dns.nameservers = config_.nameservers;
  options.extra_ca_file = config_.extra_ca_file;
  options.clock = {std::shared_ptr<void>{}, &clock_}; // not owned
  auto smtp = smtp_of(config_);
  if (!smtp)
    return fail(smtp.error());
  options.smtp = std::move(*smtp);
  network_ = std::make_unique<net::network>(options);
  network_->start();
  spdlog::info(config_.hosted ? "targets on private addresses are refused (--hosted)"
                              : "targets on private addresses are allowed: this installation is for its own network");
  return {};
}

http::rate_options rates_of(const configuration& c) {
  using core::rate_policy;
  return {rate_policy::per_second(c.rate_limit, c.rate_burst),
          rate_policy::per_second(c.anonymous_rate_limit, 5 * c.anonymous_rate_limit),
          rate_policy::per_second(c.ping_rate_limit, 4 * c.ping_rate_limit)};
}

// The same after a restart, so that what it signs outlives it; of no use to open what is sealed.
std::string house::key_for(std::string_view purpose) const {
  auto mac = core::hmac_sha256({reinterpret_cast<const char*>(key_.data()), key_.size()}, purpose);
  return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

http::services house::services() {
  return {*engine_,
          store_->queries(),
          store_->answers(),
          store_->audit(),
          store_->events(),
          *streams_,
          clock_,
          std::string{core::without_slash(config_.base_url)},
          key_for("cursors"),
          [this] { return store_->ready(); },
          [this] { return draining_.load(); },
          [this] {
            return http::render_metrics(
                {engine_->stats(), store_->stats(), network_->stats(), server_->stats(), streams_->stats()});
          },
          config_.egress_addresses,
          rates_of(config_),
          store_->organization(),
          config_.hosted,
          store_->feedback(),
          key_for("links")};
}

status house::build() {
  clock_.watch([this] {
    if (running_)
      engine_->clock_jumped();
  });
  if (auto s = build_store(); !s)
    return s;
  if (auto s = build_network(); !s)
    return s;
  http::options options;
  options.reactors = config_.http_threads;
  options.trusted_proxies = config_.trusted_proxies;
  options.body_limit = http::api::body_limit;
  options.limits.body = http::api::largest_body;
  server_ = std::make_unique<http::server>(options, [this](http::request r, http::ticket t) {
    api_->enter(std::move(r), t); // set before the server is started
  });
  auto address = server_->listen(config_.listen);
  if (!address)
    return fail(address.error());
  address_ = *address;
  actors::engine_options tree;
  tree.threads = config_.actor_threads;
  tree.base_url = config_.base_url.empty() && address_.starts_with("http") ? address_ : config_.base_url;
  auto sending = sending_of(config_);
  if (!sending)
    return fail(sending.error());
  tree.sending = std::move(*sending);
  tree.sending.public_url = core::without_slash(config_.base_url);
  tree.sending.link_key = key_for("links");
  tree.tenancy_refresh = seconds{config_.plan_refresh_seconds};
  tree.ping_rate = core::rate_policy::per_second(config_.ping_token_rate_limit, 10 * config_.ping_token_rate_limit);
  engine_ = std::make_unique<actors::local_engine>(
      actors::engine_world{store_->monitors(), store_->channels(), store_->rules(), store_->schedules(),
                           store_->tokens(), store_->users(), store_->organizations(), store_->together(),
                           network_->checks(), network_->senders(), clock_, host_clock_, gaps_, store_->policies(),
                           store_->windows(), store_->people(),
                           [this](org_id org, std::vector<schedule_id> ids, timestamp from, timestamp to,
                                  reply_to<std::vector<on_call_books>> done) {
                             store_->queries().on_call(org, std::move(ids), from, to, std::move(done));
                           },
                           store_->documents()},
      tree);
  streams_ = std::make_unique<http::event_streams>(store_->events(), *engine_);
  api_ = std::make_unique<http::api>(services());
  return {};
}

status house::open() {
  if (auto s = store_->load(engine_->startup()); !s)
    return s;
  engine_->start();
  running_ = true;
  server_->start();
  return {};
}

// The way of data, from its source: no new requests, no new rounds, no probes, then all that is owed to the database.
void house::close() {
  draining_ = true;
  if (streams_)
    streams_->close();
  if (engine_)
    engine_->end_waits();
  if (server_) {
    server_->drain(seconds{config_.drain_seconds});
    server_->stop();
  }
  clock_.stop();
  if (engine_)
    engine_->stop();
  if (network_)
    network_->stop();
  if (store_)
    store_->stop();
}

int complain(const error& e) {
  spdlog::critical("{}", e.detail);
  std::fprintf(stderr, "gochron: %s\n", e.detail.c_str());
  for (auto& v : e.violations)
    std::fprintf(stderr, "  %s: %s\n", v.pointer.c_str(), v.detail.c_str());
  return 1;
}

} // namespace

int serve(const configuration& c) {
  // Every thread inherits the mask: the signals are taken here alone.
  sigset_t ours;
  sigemptyset(&ours);
  for (int s : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&ours, s);
  pthread_sigmask(SIG_BLOCK, &ours, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  // A connection a client and one a check: the soft limit of 1,024 is for programs that use select().
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 65536);
    setrlimit(RLIMIT_NOFILE, &files);
  }

  house h{c};
  auto built = h.build();
  if (built)
    built = h.open();
  if (!built) {
    h.close();
    return complain(built.error());
  }
  std::printf("listening on %s\n", h.address().c_str());
  std::fflush(stdout);
  for (int s = SIGHUP; s == SIGHUP;)
    sigwait(&ours, &s);
  spdlog::info("draining");
  h.close();
  spdlog::info("stopped");
  return 0;
}

} // namespace gochron::app
