#include "net/network.hpp"

#include "net/check_judgement.hpp"
#include "net/http_prober.hpp"
#include "net/tcp_prober.hpp"
#include "net/webhook_attempt.hpp"

namespace gochron::net {

namespace {

smtp_options relay_options(const network_options& x) {
  smtp_options out;
  out.extra_ca_file = x.extra_ca_file;
  return out;
}

engine_options options_for(const network_options& x, engine_limits limits, bool yields) {
  return {x.egress, x.dns, x.extra_ca_file, limits, yields, x.clock};
}

asio::awaitable<check_outcome> misdirected(services& s) {
  co_return not_made("Monitors of this type are not probed.", s.clock.now());
}

asio::awaitable<check_outcome> dispatch(services& s, const std::shared_ptr<const monitor_spec>& spec,
                                        bool keep_response) {
  switch (spec->type()) {
  case monitor_type::http:
    return probe_http(s, spec, keep_response);
  case monitor_type::tcp:
    return probe_tcp(s, spec);
  case monitor_type::heartbeat:
  case monitor_type::manual:
    break;
  }
  return misdirected(s);
}

delivery_attempt not_sent(std::string why, timestamp now) {
  delivery_attempt out;
  out.started_at = now;
  out.error = reason::probe_error;
  out.message = std::move(why);
  return out;
}

} // namespace

class network::checks_lane final : public prober {
public:
  explicit checks_lane(const network_options& x) : clock_(x.clock), engine(options_for(x, x.checks, true)) {}

  void probe(probe_job x, std::function<void(check_outcome)> done) override {
    job<check_outcome> j;
    j.work = [spec = std::move(x.spec), keep = x.keep_response](services& s) { return dispatch(s, spec, keep); };
    j.refused = [clock = clock_](std::string why) { return not_made(std::move(why), clock->now()); };
    j.done = std::move(done);
    engine.submit(std::move(j));
  }

private:
  std::shared_ptr<const wall_clock> clock_;

public:
  net::engine engine;
};

class network::webhooks_lane final : public message_sender {
public:
  webhooks_lane(const network_options& x, mail_lane* mails, mail_lane& relays)
    : clock_(x.clock), mails_(mails), relays_(relays), engine(options_for(x, x.webhooks, false)) {}

  void post(webhook_post x, std::function<void(delivery_attempt)> done) override {
    job<delivery_attempt> j;
    j.patience = x.timeout;
    j.work = [post = std::move(x)](services& s) mutable { return send_webhook(s, std::move(post)); }; // once
    j.refused = [clock = clock_](std::string why) { return not_sent(std::move(why), clock->now()); };
    j.done = std::move(done);
    engine.submit(std::move(j));
  }

  void mail(mail_post x, std::function<void(delivery_attempt)> done) override {
    if (x.relay)
      return relays_.mail(std::move(x), std::move(done));
    mails_ ? mails_->mail(std::move(x), std::move(done)) : done(not_sent("There is no SMTP relay.", clock_->now()));
  }

private:
  std::shared_ptr<const wall_clock> clock_;
  mail_lane* mails_;
  mail_lane& relays_;

public:
  net::engine engine;
};

network::network(const network_options& options)
  : checks_(std::make_unique<checks_lane>(options)),
    mails_(options.smtp ? std::make_unique<mail_lane>(*options.smtp, options.clock) : nullptr),
    relays_(std::make_unique<mail_lane>(relay_options(options), options.clock,
                                        std::make_shared<const egress_guard>(options.egress))),
    webhooks_(std::make_unique<webhooks_lane>(options, mails_.get(), *relays_)) {}

network::~network() {
  stop();
}

prober& network::checks() {
  return *checks_;
}
message_sender& network::senders() {
  return *webhooks_;
}

void network::start() {
  checks_->engine.start();
  webhooks_->engine.start();
  relays_->start();
  if (mails_)
    mails_->start();
}

void network::stop() {
  checks_->engine.stop();
  webhooks_->engine.stop();
  relays_->stop();
  if (mails_)
    mails_->stop();
}

network_stats network::stats() const {
  auto mails = relays_->stats();
  if (mails_) {
    mails.in_flight += mails_->stats().in_flight;
    mails.queued += mails_->stats().queued;
  }
  return {checks_->engine.stats(), webhooks_->engine.stats(), mails};
}

} // namespace gochron::net
