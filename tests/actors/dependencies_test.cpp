#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

using events = std::vector<event_type>;
constexpr auto opened = event_type::incident_opened;
constexpr auto resolved = event_type::incident_resolved;
constexpr auto escalated = event_type::incident_escalated;

/// A router, services behind it, and a pager that hears of all of them. What is in `broken` fails.
struct site : world {
  channel_id pager = add_channel("pager");
  rule_id rule = add_rule({pager});
  std::set<std::string> broken;
  monitor_id router, shop;

  site() {
    probes.decide = [this](const monitor_spec& m, check_outcome& x) {
      x.verdict = broken.contains(m.name) ? verdict::down : verdict::up;
      x.reason = broken.contains(m.name) ? reason::connect_refused : reason::none;
    };
    monitors.committed = [this](const transition& x) {
      for (auto& i : x.incidents)
        policies.keep(i);
      for (auto& d : x.deliveries)
        told_.emplace_back(x.monitor, d.event.type);
    };
  }

  monitor_id named(const std::string& name, std::vector<monitor_id> parents = {}, seconds interval = 30s) {
    auto x = http_monitor(interval);
    x.name = name;
    if (!parents.empty())
      x.depends_on = std::move(parents);
    return add(std::move(x));
  }
  void build(seconds of_router = 30s) {
    router = named("router", {}, of_router);
    shop = named("shop", {router});
    advance(std::max(of_router, 30s));
  }
  events told_of(monitor_id id) const {
    events all;
    for (auto& [of, type] : told_)
      if (of == id)
        all.push_back(type);
    return all;
  }
  const incident& open(monitor_id id) const { return monitors.rows.at(id).open_incidents.at(0); }
  bool is_down(monitor_id id) { return view(id).runtime.state.status == monitor_status::down; }
  /// The lines of why nobody was told, of this monitor.
  std::vector<std::string> held_lines(monitor_id id) const {
    std::vector<std::string> all;
    for (auto& step : monitors.steps)
      for (auto& line : step.timeline)
        if (step.monitor == id && line.kind == timeline_kind::held)
          all.push_back(line.message);
    return all;
  }
  int checks_of(monitor_id id, check_trigger trigger) const {
    return static_cast<int>(
        std::ranges::count_if(monitors.results, [&](auto& r) { return r.monitor == id && r.trigger == trigger; }));
  }

private:
  std::vector<std::pair<monitor_id, event_type>> told_;
};

const std::string fails = "Nobody is told: it depends on router, which fails.";
const std::string unseen = "It depends on router, which is looked at before anybody is told.";

} // namespace

TEST_CASE_METHOD(site, "behind a parent that fails nobody is told, and all is recorded") {
  build();
  broken = {"router"};
  advance(30s);
  broken = {"router", "shop"};
  advance(30s);
  REQUIRE(is_down(shop));
  CHECK(told_of(router) == events{opened});
  CHECK(told_of(shop).empty());
  CHECK(open(shop).suppressed_by == router);
  CHECK(open(shop).hushed == std::vector{rule});
  CHECK(held_lines(shop) == std::vector{fails});
  advance(1h, 100ms);
  CHECK(held_lines(shop).size() == 1);

  broken.clear();
  advance(1min);
  CHECK(told_of(router) == events{opened, resolved});
  CHECK(told_of(shop).empty());
  CHECK_FALSE(is_down(shop));
  CHECK(counts.incidents_resolved == 2);
}

TEST_CASE_METHOD(site, "who sees it first has the parent looked at, and waits for that") {
  build(300s);
  auto before = checks_of(router, check_trigger::schedule);
  broken = {"router", "shop"};
  for (int i = 0; i < 3000 && !is_down(shop); ++i)
    advance(10ms);
  REQUIRE(is_down(shop));
  CHECK(checks_of(router, check_trigger::dependency) == 1);
  CHECK(checks_of(router, check_trigger::schedule) == before);
  CHECK(is_down(router));
  CHECK(told_of(router) == events{opened});
  CHECK(told_of(shop).empty());
  CHECK(held_lines(shop) == std::vector{unseen, fails});
  CHECK(open(shop).suppressed_by == router);
}

TEST_CASE_METHOD(site, "behind a parent that is well a failure is told as soon as that is known") {
  build(300s);
  broken = {"shop"};
  advance(30s);
  CHECK(told_of(shop) == events{opened});
  CHECK(checks_of(router, check_trigger::dependency) == 1);
  CHECK(held_lines(shop) == std::vector{unseen});
  CHECK(open(shop).hushed.empty());
  CHECK_FALSE(open(shop).suppressed_by);
  broken.clear();
  advance(30s);
  CHECK(told_of(shop) == events{opened, resolved});
}

TEST_CASE_METHOD(site, "a parent that does not answer is waited for no longer than a look takes") {
  build();
  broken = {"shop"};
  auto decide = probes.decide;
  probes.decide = [=](const monitor_spec& m, check_outcome& x) {
    decide(m, x);
    if (m.name == "router")
      x.verdict = verdict::error; // nobody can say
  };
  advance(30s);
  REQUIRE(is_down(shop));
  CHECK(told_of(shop).empty());
  auto t0 = open(shop).started_at;
  advance(t0 + 1min - 20ms - clock.t);
  CHECK(told_of(shop).empty());
  advance(40ms);
  CHECK(told_of(shop) == events{opened});
}

TEST_CASE_METHOD(site, "what still fails after the parent's recovery is told when it is seen failing once more") {
  build();
  broken = {"router"};
  advance(30s);
  broken = {"router", "shop"};
  advance(2min);
  broken = {"shop"};
  for (int i = 0; i < 3000 && is_down(router); ++i)
    advance(10ms);
  CHECK(told_of(router) == events{opened, resolved});
  CHECK(told_of(shop).empty());
  CHECK(open(shop).suppressed_by == router);
  advance(30s);
  CHECK(told_of(shop) == events{opened});
  CHECK_FALSE(open(shop).suppressed_by);
  CHECK(open(shop).hushed.empty());
  broken.clear();
  advance(30s);
  CHECK(told_of(shop) == events{opened, resolved});
}

TEST_CASE_METHOD(site, "who is confirming its recovery behind a recovered parent is left to it") {
  router = named("router");
  auto x = http_monitor(30s);
  x.name = "shop";
  x.depends_on = std::vector{router};
  x.success_threshold = 3;
  shop = add(x);
  advance(30s);
  broken = {"router"};
  advance(30s);
  broken = {"router", "shop"};
  advance(1min);
  broken.clear();
  advance(2min + 30s);
  CHECK_FALSE(is_down(shop));
  CHECK(told_of(shop).empty());
}

TEST_CASE_METHOD(site, "a parent that is watched no longer frees those behind it at once") {
  build();
  broken = {"router"};
  advance(30s);
  broken = {"router", "shop"};
  advance(30s);
  REQUIRE(told_of(shop).empty());
  SECTION("paused") {
    REQUIRE(edit(router, [](auto& x) { x.paused = true; }));
  }
  SECTION("depended on no longer") {
    REQUIRE(edit(shop, [](auto& x) { x.depends_on.reset(); }));
    CHECK_FALSE(dependencies.is_parent(router));
  }
  SECTION("deleted") {
    remove_monitor m{};
    m.org = org;
    m.id = router;
    REQUIRE(ask<void>(m)); // this store does not mind
  }
  CHECK(told_of(shop) == events{opened});
}

TEST_CASE_METHOD(site, "a parent in quarantine explains nothing") {
  build();
  broken = {"router"};
  advance(30s);
  broken = {"router", "shop"};
  advance(30s);
  REQUIRE(told_of(shop).empty());
  auto decide = probes.decide;
  probes.decide = [=](const monitor_spec& m, check_outcome& x) {
    if (m.name == "router")
      throw std::runtime_error("broken");
    decide(m, x);
  };
  for (int i = 0; i < 20 && counts.quarantined == 0; ++i) {
    run_monitor run{};
    run.org = org;
    run.id = router;
    begin<check_result>(run);
    advance(5s);
  }
  REQUIRE(counts.quarantined == 1);
  CHECK(told_of(shop) == events{opened});
}

TEST_CASE_METHOD(site, "behind a switch that is paused the router counts") {
  router = named("router");
  auto middle = named("switch", {router});
  shop = named("shop", {middle});
  advance(30s);
  REQUIRE(edit(middle, [](auto& x) { x.paused = true; }));
  broken = {"router"};
  advance(30s);
  broken = {"router", "switch", "shop"};
  advance(30s);
  CHECK(told_of(shop).empty());
  CHECK(open(shop).suppressed_by == router);
}

TEST_CASE_METHOD(site, "silence outlives a crash of the child's actor, and of the parent's") {
  build();
  broken = {"router"};
  advance(30s);
  broken = {"router", "shop"};
  advance(30s);
  auto decide = probes.decide;
  std::string victim;
  SECTION("the child's") {
    victim = "shop";
  }
  SECTION("the parent's") {
    victim = "router";
  }
  probes.decide = [=](const monitor_spec& m, check_outcome& x) {
    if (m.name == victim)
      throw std::runtime_error("broken");
    decide(m, x);
  };
  advance(30s);
  CHECK(counts.restarts >= 1);
  probes.decide = decide;
  advance(5min, 100ms);
  CHECK(told_of(shop).empty());
  CHECK(held_lines(shop).size() == 1);
  broken = {"shop"};
  advance(1min);
  CHECK(told_of(shop) == events{opened});
}

TEST_CASE_METHOD(site, "who was told before the parent failed is told of the end, and its escalation stands still") {
  escalation_policy_spec policy;
  policy.steps = {{"one", 0s, {{escalation_target_type::channel, pager}}, step_strategy::all},
                  {"two", 5min, {{escalation_target_type::channel, pager}}, step_strategy::all}};
  auto ladder = add_policy(std::move(policy));
  auto x = *alerts.rule(org, rule);
  x.spec.channel_ids.clear();
  x.spec.escalation_policy_id = ladder;
  ++x.version;
  alerts.put(x);
  build();
  broken = {"shop"};
  advance(31s);
  CHECK(told_of(shop) == events{escalated});
  broken = {"shop", "router"};
  advance(10min, 100ms);
  CHECK(told_of(shop) == events{escalated});
  broken = {"shop"};
  advance(1min);
  CHECK(told_of(shop) == events{escalated, escalated});
  broken.clear();
  advance(30s);
  CHECK(told_of(shop) == events{escalated, escalated, resolved});
}

TEST_CASE_METHOD(site, "an escalation begins when the opening is told") {
  build();
  auto ladder = add_policy([this] {
    escalation_policy_spec p;
    p.steps = {{"one", 0s, {{escalation_target_type::channel, pager}}, step_strategy::all}};
    return p;
  }());
  add_climbing_rule(ladder);
  broken = {"router"};
  advance(30s);
  broken = {"router", "shop"};
  advance(30s);
  CHECK(open(shop).escalations.empty());
  broken = {"shop"};
  advance(1min + 1s);
  CHECK(open(shop).escalations.size() == 1);
  CHECK(std::ranges::count(told_of(shop), escalated) == 1);
}

TEST_CASE_METHOD(site, "a job behind a dead router is told of when the router is back and the job is still silent") {
  router = named("router");
  auto job = heartbeat_monitor(60s, 10s);
  job.depends_on = std::vector{router};
  auto id = add(job);
  REQUIRE(ping(id, ping_kind::success));
  advance(30s);
  broken = {"router"};
  advance(2min);
  REQUIRE(is_down(id));
  CHECK(told_of(id).empty());
  SECTION("it pings again") {
    broken.clear();
    advance(30s);
    REQUIRE(ping(id, ping_kind::success));
    advance(2s);
    CHECK(told_of(id).empty());
  }
  SECTION("it stays silent") {
    broken.clear();
    advance(2min);
    CHECK(told_of(id) == events{opened});
  }
}

TEST_CASE_METHOD(site, "a thousand behind one parent: one page, one round for all, and each is heard once") {
  router = named("router", {}, 300s);
  std::vector<monitor_id> hosts;
  for (int i = 0; i < 1000; ++i)
    hosts.push_back(named("host", {router}));
  advance(300s, 100ms);
  broken = {"router", "host"};
  advance(30s, 100ms);
  CHECK(counts.incidents_opened == 1001);
  CHECK(told_of(router) == events{opened});
  CHECK(checks_of(router, check_trigger::dependency) == 1);
  for (auto id : hosts) {
    CHECK(told_of(id).empty());
    CHECK(open(id).suppressed_by == router);
  }
  broken.clear();
  advance(5min + 30s, 100ms);
  CHECK(counts.incidents_resolved == 1001);
  CHECK(told_of(router) == events{opened, resolved});
  for (auto id : hosts)
    CHECK(told_of(id).empty());
}

TEST_CASE_METHOD(site, "an ephemeral parent is forgotten by its children before it goes") {
  auto x = http_monitor();
  x.name = "router";
  x.expires_at = clock.t + 1min;
  router = add(x);
  shop = named("shop", {router});
  auto other = named("other", {router});
  advance(1min + 1s);
  for (auto id : {shop, other}) {
    CHECK_FALSE(monitors.rows.at(id).record.spec.depends_on);
    CHECK(monitors.rows.at(id).record.version == 2);
  }
  CHECK_FALSE(monitors.rows.contains(router));
  CHECK_FALSE(dependencies.is_parent(router));
}

TEST_CASE_METHOD(site, "a flapping monitor is told once, and again when it stays down") {
  auto x = http_monitor();
  x.name = "shop";
  x.flap = flap_policy{2, 1h, 5min};
  shop = add(x);
  advance(30s);
  for (int i = 0; i < 4; ++i) {
    broken = {"shop"};
    advance(30s);
    broken.clear();
    advance(30s);
  }
  CHECK(told_of(shop) == events{opened, resolved});
  CHECK(counts.incidents_opened == 4);
  CHECK(counts.incidents_resolved == 4);
  broken = {"shop"};
  advance(30s);
  CHECK(held_lines(shop).size() == 4);
  auto opened_at = open(shop).opened_at;
  advance(opened_at + 5min - 20ms - clock.t);
  CHECK(told_of(shop) == events{opened, resolved});
  advance(40ms);
  CHECK(told_of(shop) == events{opened, resolved, opened});
  broken.clear();
  advance(30s);
  CHECK(told_of(shop) == events{opened, resolved, opened, resolved});
}

TEST_CASE_METHOD(site, "a flapping monitor's hold outlives a crash of its actor") {
  auto x = http_monitor();
  x.name = "shop";
  x.flap = flap_policy{2, 1h, 5min};
  shop = add(x);
  advance(30s);
  broken = {"shop"};
  advance(30s);
  broken.clear();
  advance(30s);
  broken = {"shop"};
  advance(30s);
  REQUIRE(told_of(shop) == events{opened, resolved});
  probes.crash = true;
  advance(30s);
  probes.crash = false;
  advance(1min);
  CHECK(told_of(shop) == events{opened, resolved});
  advance(5min, 100ms);
  CHECK(told_of(shop) == events{opened, resolved, opened});
}
