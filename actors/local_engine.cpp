#include "actors/local_engine.hpp"

#include <latch>

#include <spdlog/spdlog.h>

#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include "actors/ping_door.hpp"
#include "actors/random.hpp"
#include "actors/root.hpp"
#include "actors/together.hpp"
#include "core/webhook_signature.hpp"

namespace gochron::actors {
namespace {

caf::actor_system_config& configured(caf::actor_system_config& c, const engine_options& options) {
  // The default work stealing is quadratic in runnable actors; an unlimited throughput lets one flooded actor starve
  // its thread.
  c.set("scheduler.policy", caf::atom("sharing"));
  c.set("scheduler.max-threads", static_cast<std::int64_t>(options.threads));
  c.set("scheduler.max-throughput", static_cast<std::int64_t>(100));
  return c;
}

} // namespace

// In the order of destruction's reverse: the actor system goes before what its actors use.
struct local_engine::tree {
  tree(local_engine& of)
    : wheel(of.options_.shards + 1, // the last one's timers are the hand-offs'
            [this](std::uint32_t shard, tick_batch x) {
              if (auto to = book.shard(shard))
                caf::anon_send(to, ticked{std::move(x)});
              else if (auto h = book.handoffs(); h && shard == rosters.size())
                caf::anon_send(h, ticked{std::move(x)});
            }),
      deps{of.world_.monitors,
           of.world_.channels,
           of.world_.checks,
           of.world_.senders,
           wheel,
           of.world_.clock,
           of.world_.host,
           of.alerts_,
           of.numbers_,
           of.pings_,
           of.counts_,
           of.options_.base_url,
           of.world_.gaps,
           [&of](org_id org, channel_id id) {
             of.to_shard(id.value, outbox_changed{org, id});
           },
           of.usage_,
           of.hushed_,
           [&of](org_id org) {
             for (auto id : of.hushed_.of(org))
               of.to_shard(id.value, rules_changed{org, id});
           },
           of.world_.policies,
           of.turns_,
           [&of](const escalation& x) {
             of.to_shard(x.policy.value, escalation_changed{x.org, x.policy, x});
           },
           [&of](escalate_incident x) {
             auto id = x.monitor.value;
             of.to_shard(id, std::move(x));
           },
           of.options_.sending,
           of.dependencies_,
           [&of](org_id org, monitor_id id) {
             of.to_shard(id.value, rules_changed{org, id});
           },
           [&of](monitor_id id, std::optional<timestamp> since) {
             of.to_shard(id.value, look_for_child{id, since});
           },
           [&of](edit_monitor x) { of.tell(std::move(x)); },
           {&of.world_.windows, &of.windows_,
            [&of](org_id org, const std::vector<monitor_id>& ids) { of.maintenance_changed(org, ids); }},
           [&of](org_id org, user_id id) {
             auto user = of.users_.find(org, id);
             return user ? user->spec.name : std::string{};
           },
           of.world_.on_call,
           [&of](remove_channel x) { of.tell(std::move(x)); },
           [this](org_id org, schedule_id id) {
             if (auto to = book.handoffs())
               caf::anon_send(to, schedule_changed{org, id});
           }},
      book(of.options_.shards), rosters(of.options_.shards), system(configured(config, of.options_)) {
    for (auto& r : rosters)
      r = std::make_shared<roster>();
  }

  wheel_thread wheel;
  leaf_deps deps;
  addresses book;
  std::vector<std::shared_ptr<roster>> rosters;
  caf::actor_system_config config;
  caf::actor_system system;
  caf::actor top;
};

local_engine::local_engine(engine_world world, engine_options options)
  : world_(std::move(world)), options_(std::move(options)), pings_(options_.ping_rate), loaded_(options_.shards) {}

local_engine::~local_engine() {
  stop();
}

std::uint32_t local_engine::shard_of(const uuid& id) const {
  return static_cast<std::uint32_t>(std::hash<uuid>{}(id) % options_.shards);
}

template <class Message>
void local_engine::to_shard(const uuid& id, Message m) {
  auto to = tree_ ? tree_->book.shard(shard_of(id)) : shard_actor{};
  if (to)
    caf::anon_send(to, std::move(m));
}

template <class Message>
void local_engine::to_desk(Message m) {
  if (auto to = tree_ ? tree_->book.desk() : desk_actor{})
    caf::anon_send(to, std::move(m));
}

void local_engine::maintenance_changed(org_id org, const std::vector<monitor_id>& ids) {
  for (auto id : ids)
    to_shard(id.value, rules_changed{org, id});
  for (std::uint32_t i = 0; ids.empty() && i < options_.shards; ++i)
    if (auto to = tree_ ? tree_->book.shard(i) : shard_actor{})
      caf::anon_send(to, actors::maintenance_changed{org});
}

std::vector<maintenance_window_view> local_engine::windows(org_id org) const {
  std::vector<maintenance_window_view> all;
  auto now = world_.clock.now();
  for (const auto& x : windows_.of(org)->windows)
    all.push_back(core::view_of(*x.record, now));
  return all;
}

startup_visitor local_engine::startup() {
  startup_visitor v;
  v.tenancy = [this](const tenancy_snapshot& x) {
    tenancy_read_at_ = world_.clock.now().time_since_epoch().count();
    usage_.refresh(x, usage_.begin_refresh());
  };
  v.user = [this](user_record x) {
    usage_.add(x.org, countable::users);
    users_.put(std::move(x));
  };
  v.gap = [this](observation_gap x) { world_.gaps.load(x); };
  v.last_incident_number = [this](org_id org, std::int64_t n) { numbers_.start_after(org, n); };
  v.rule = [this](alert_rule_record x) {
    usage_.add(x.org, countable::alert_rules);
    alerts_.put(x);
  };
  v.channel = [this](channel_record x) {
    alerts_.put(x); // before any monitor runs: its first incident must find its channels
    ++counts_.channels;
    if (!x.is_personal())
      usage_.add(x.org, countable::channels);
    auto& of = loaded_[shard_of(x.id.value)];
    of.channels.push_back(std::move(x));
  };
  v.notification_rule = [this](const notification_rule_record& x) { alerts_.put(x); };
  v.team = [this](const team_record& x) {
    usage_.add(x.org, countable::teams);
    alerts_.put(x);
  };
  v.policy = [this](escalation_policy_record x, std::int64_t last_turn) {
    turns_.start_after(x.id, last_turn);
    alerts_.put(std::make_shared<const escalation_policy_record>(x));
    ++counts_.policies;
    usage_.add(x.org, countable::escalation_policies);
    loaded_[shard_of(x.id.value)].policies.push_back(std::move(x));
  };
  v.stretch = [this](maintenance_stretch x) { windows_.put(std::move(x), world_.clock.now()); };
  v.window = [this](loaded_window x) {
    // Before any monitor runs: it must find whether it is in maintenance.
    auto now = world_.clock.now();
    for (const auto& open : x.open)
      windows_.put(open, now);
    windows_.put(
        {std::make_shared<const maintenance_window_record>(x.record), core::occurrence_at_or_after(x.record, now)});
    ++counts_.windows;
    usage_.add(x.record.org, countable::maintenance_windows);
    loaded_[shard_of(x.record.id.value)].windows.push_back(std::move(x));
  };
  v.monitor = [this](loaded_monitor x) {
    ++counts_.monitors;
    usage_.add(x.record.org, countable::monitors);
    raise(); // gaps, rules and channels are known by now
    auto number = shard_of(x.record.id.value);
    loaded_[number].monitors.push_back(std::move(x));
    if (loaded_[number].monitors.size() >= 256)
      hand_over(number);
  };
  return v;
}

void local_engine::hand_over(std::uint32_t number) {
  caf::anon_send(tree_->book.shard(number), std::exchange(loaded_[number], {}));
}

void local_engine::raise() {
  if (tree_)
    return;
  tree_ = std::make_unique<tree>(*this);
  auto& t = *tree_;
  auto policy = caf::get_or(t.system.config(), "scheduler.policy", caf::atom("none"));
  if (policy != caf::atom("sharing"))
    throw std::logic_error("CAF did not take its configuration");
  root_plan plan;
  plan.shards = options_.shards;
  plan.book = &t.book;
  plan.shard = [&t](caf::event_based_actor* self, std::uint32_t number) {
    return self->home_system().spawn(shard, &t.deps, number, t.rosters[number]);
  };
  plan.desk = [this, &t](caf::event_based_actor* self) {
    return self->home_system().spawn(desk, &t.deps, &world_.rules, &world_.tokens, &tokens_,
                                     tenant_deps{&world_.users, &world_.organizations, &users_, &world_.documents},
                                     &world_.schedules, &world_.people);
  };
  plan.handoffs = [this, &t](caf::event_based_actor* self) {
    return self->home_system().spawn(handoffs, &t.deps, &world_.schedules, leaf_address{options_.shards, 0});
  };
  t.top = t.system.spawn(root, plan);
  // The root fills the book on its own thread; nothing is sent before it has.
  for (int i = 0; i < 1000 && !t.book.desk(); ++i)
    std::this_thread::sleep_for(milliseconds{2});
}

void local_engine::start() {
  raise();
  tree_->wheel.start();
  auto taken_over = std::make_shared<std::latch>(options_.shards);
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    hand_over(i);
    caf::anon_send(tree_->book.shard(i), resume{[taken_over] { taken_over->count_down(); }});
  }
  // Whoever is let in from here on finds every monitor, and every ping its URL.
  for (int i = 0; i < 30'000 && !taken_over->try_wait(); ++i)
    std::this_thread::sleep_for(milliseconds{2});
  if (!taken_over->try_wait())
    throw std::runtime_error("the shards did not take over what was loaded");
  // Who was there before those that depend on it had no reason to say how it is.
  for (auto id : dependencies_.parents())
    to_shard(id.value, look_for_child{id, std::nullopt});
  spdlog::info("engine started: {} monitors, {} channels", counts_.monitors.load(), counts_.channels.load());
}

void local_engine::clock_jumped() {
  for (std::uint32_t i = 0; i < options_.shards; ++i)
    if (auto to = tree_ ? tree_->book.shard(i) : shard_actor{})
      caf::anon_send(to, actors::clock_jumped{});
  if (auto to = tree_ ? tree_->book.handoffs() : handoffs_actor{})
    caf::anon_send(to, actors::clock_jumped{});
}

void local_engine::stop() {
  if (!tree_ || !tree_->top)
    return;
  tree_->wheel.stop();
  caf::anon_send_exit(tree_->top, caf::exit_reason::user_shutdown);
  tree_->top = nullptr;
  for (int i = 0; i < 5000 && tree_->system.registry().running() > 0; ++i)
    std::this_thread::sleep_for(milliseconds{2});
  if (auto left = tree_->system.registry().running())
    spdlog::error("{} actors did not stop in time", left);
}

void local_engine::tell(create_monitor x) {
  auto t = world_.clock.now();
  new_monitor m;
  m.record.id = x.id.is_nil() ? monitor_id::make(t) : x.id;
  m.into = std::move(x.into);
  m.record.org = x.org;
  m.record.created_at = m.record.updated_at = t;
  if (x.spec.type() == monitor_type::heartbeat || x.spec.type() == monitor_type::manual)
    m.record.ping_token = make_url_token();
  m.record.spec = std::move(x.spec);
  m.by = std::move(x.by);
  m.reply = std::move(x.reply);
  to_shard(m.record.id.value, std::move(m));
}

void local_engine::tell(create_channel x) {
  auto t = world_.clock.now();
  new_channel m;
  m.record.id = x.id.is_nil() ? channel_id::make(t) : x.id;
  m.into = std::move(x.into);
  m.record.org = x.org;
  m.record.created_at = m.record.updated_at = t;
  m.record.secret = core::make_webhook_secret(t);
  m.record.spec = std::move(x.spec);
  m.by = std::move(x.by);
  m.reply = std::move(x.reply);
  to_shard(m.record.id.value, std::move(m));
}

void local_engine::tell(create_policy x) {
  auto t = world_.clock.now();
  new_policy m;
  m.record.id = x.id.is_nil() ? policy_id::make(t) : x.id;
  m.into = std::move(x.into);
  m.record.org = x.org;
  m.record.created_at = m.record.updated_at = t;
  m.record.spec = std::move(x.spec);
  m.by = std::move(x.by);
  m.reply = std::move(x.reply);
  to_shard(m.record.id.value, std::move(m));
}

void local_engine::tell(create_window x) {
  auto t = world_.clock.now();
  new_window m;
  m.record.id = x.id.is_nil() ? window_id::make(t) : x.id;
  m.into = std::move(x.into);
  m.record.org = x.org;
  m.record.created_at = m.record.updated_at = t;
  m.record.spec = std::move(x.spec);
  m.by = std::move(x.by);
  m.reply = std::move(x.reply);
  to_shard(m.record.id.value, std::move(m));
}

// Each holds up to a thousand owners: many at once would hold everybody.
void local_engine::tell(write_together x) {
  constexpr int most = 16;
  ++*joined_;
  std::shared_ptr<void> held{nullptr, [count = joined_](void*) { --*count; }};
  if (*joined_ > most)
    return x.reply(try_later(errc::busy, "Too many writes of several things at once are under way."));
  x.reply = reply_to<void>{[held, reply = std::move(x.reply)](status s) { reply(std::move(s)); }};
  auto joint = world_.joint.join(x.steps.size() + 1) /* and what is kept */;
  tree_->system.spawn(together, std::move(x), std::move(joint));
}

void local_engine::tell(wait_for_status x) {
  auto reply = waits_.open(std::move(x.reply));
  if (!reply)
    return;
  x.reply = std::move(*reply);
  pass_on(&wait_for_status::id, std::move(x));
}

void local_engine::tell(test_monitor x) {
  auto* saved = std::get_if<monitor_id>(&x.what);
  if (!saved)
    return run_test(tests_, world_.checks, std::move(x));
  get_monitor m{x.org, *saved, {}};
  m.reply = reply_to<monitor_view>{[this, x = std::move(x)](result<monitor_view> now) {
    if (!now)
      return x.reply(fail(now.error()));
    if (auto version = now->record.version; x.if_version && *x.if_version != version)
      return x.reply(fail(errc::stale, "The monitor has changed: its version is " + std::to_string(version) + "."));
    auto wanted = x;
    wanted.what = std::make_shared<const monitor_spec>(std::move(now->record.spec));
    run_test(tests_, world_.checks, std::move(wanted));
  }};
  tell(std::move(m));
}

void local_engine::receive(std::string_view token, ping x, reply_to<void> reply) {
  receive_ping(tree_->deps, token, std::move(x), std::move(reply),
               [this](ping_monitor m) { pass_on(&ping_monitor::id, std::move(m)); });
}

void local_engine::receive(std::string_view key, std::vector<incident_signal> signals,
                           reply_to<std::vector<signal_answer>> reply) {
  auto to = pings_.spoken(key, world_.clock.now());
  if (!to)
    return reply(fail(errc::not_found, "No such inbound URL."));
  if (to->refused_for.count() > 0) {
    error e{errc::rate_limited, "Too much comes in at this URL.", {}, {}, {}};
    e.retry_after = std::chrono::ceil<seconds>(to->refused_for);
    return reply(fail(std::move(e)));
  }
  tell(signal_incidents{to->org, to->id, incident_source::inbound, std::move(signals), {}, std::move(reply)});
}

void local_engine::authenticate(const sha256_digest& digest, std::string_view remote_ip, bool only_known,
                                reply_to<token_record> reply) {
  auto seen = world_.clock.now().time_since_epoch().count();
  if (auto last = tenancy_read_at_.load(); seen - last > milliseconds{options_.tenancy_refresh}.count())
    if (tenancy_read_at_.compare_exchange_strong(last, seen))
      refresh_tenancy([](status) {});
  std::string ip{remote_ip};
  if (auto known = tokens_.find(digest))
    return let_in(std::move(*known), digest, ip, reply);
  if (only_known)
    return reply(fail(errc::unauthenticated, "The token is not known."));
  // A flood of unknown tokens must not fill the read pool that everyone shares.
  if (lookups_.fetch_add(1) >= 32) {
    --lookups_;
    return reply(try_later(errc::busy, "Too many unknown tokens are being looked up."));
  }
  look_up(digest, ip, reply);
}

void local_engine::look_up(const sha256_digest& digest, const std::string& remote_ip,
                           const reply_to<token_record>& reply) {
  world_.tokens.find(digest, reply_to<token_record>{[=, this](result<token_record> found) {
                       --lookups_;
                       if (!found && found.error().code == errc::not_found)
                         return reply(fail(errc::unauthenticated, "The token is not known."));
                       if (!found)
                         return reply(fail(found.error()));
                       tokens_.put(*found);
                       if (usage_.knows(found->org))
                         return let_in(std::move(*found), digest, remote_ip, reply);
                       // Of an organisation that the command line has made a moment ago.
                       refresh_tenancy([=, this, x = *found](status s) {
                         s ? let_in(x, digest, remote_ip, reply) : reply(fail(s.error()));
                       });
                     }});
}

void local_engine::let_in(token_record x, const sha256_digest& digest, const std::string& remote_ip,
                          const reply_to<token_record>& reply) {
  auto t = world_.clock.now();
  if (!is_in_force(x, digest, t))
    return reply(fail(errc::unauthenticated, "The token has expired."));
  if (x.user) {
    x.role = users_.role(x.org, *x.user);
    if (!x.role)
      return reply(fail(errc::unauthenticated, "The token's user is no more."));
  }
  if (tokens_.should_note_use(x.id, t))
    world_.tokens.touch(x.id, t, remote_ip);
  reply(std::move(x));
}

void local_engine::refresh_tenancy(std::function<void(status)> then) {
  auto begun = usage_.begin_refresh();
  world_.organizations.snapshot(reply_to<tenancy_snapshot>{[=, this](result<tenancy_snapshot> x) {
    if (x)
      usage_.refresh(*x, begun);
    then(x ? status{} : status{fail(x.error())});
  }});
}

engine_stats local_engine::stats() const {
  engine_stats s;
  s.monitors = counts_.monitors;
  s.channels = counts_.channels;
  s.escalation_policies = counts_.policies;
  s.maintenance_windows = counts_.windows;
  s.escalations_told = counts_.escalations_told;
  s.quarantined = counts_.quarantined;
  s.restarts = counts_.restarts;
  s.rounds = counts_.rounds;
  s.skipped_slots = counts_.skipped_slots;
  s.checks_up = counts_.verdicts[0];
  s.checks_degraded = counts_.verdicts[1];
  s.checks_down = counts_.verdicts[2];
  s.checks_error = counts_.verdicts[3];
  s.pings = counts_.pings;
  s.transitions = counts_.transitions;
  s.incidents_opened = counts_.incidents_opened;
  s.incidents_resolved = counts_.incidents_resolved;
  s.deliveries_succeeded = counts_.deliveries_succeeded;
  s.deliveries_failed = counts_.deliveries_failed;
  s.delivery_attempts = counts_.delivery_attempts;
  std::ranges::copy(counts_.lags, s.lag.counts.begin());
  s.lag.sum_ms = counts_.lag_sum_ms;
  s.timers = tree_ ? static_cast<std::int64_t>(tree_->wheel.armed()) : 0;
  return s;
}

} // namespace gochron::actors
