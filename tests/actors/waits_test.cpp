#include "actors/monitor_tests.hpp"
#include "actors/open_waits.hpp"
#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

struct gate_world : world {
  using answer_box = std::shared_ptr<std::optional<result<status_wait>>>;
  answer_box wait(monitor_id id, seconds stable, seconds timeout,
                  std::vector<monitor_status> statuses = {monitor_status::up}) {
    auto box = std::make_shared<std::optional<result<status_wait>>>();
    wait_for_status m{org, id, std::move(statuses), stable, timeout, {}};
    m.reply = reply_to<status_wait>{[box](result<status_wait> x) { *box = std::move(x); }};
    caf::anon_send(shard, std::move(m));
    settle();
    return box;
  }
  bool satisfied(const answer_box& x) { return *x && (**x).has_value() && (**x)->satisfied; }
  bool timed_out(const answer_box& x) { return *x && (**x).has_value() && !(**x)->satisfied; }
};

} // namespace

TEST_CASE_METHOD(gate_world, "a gate opens when the monitor has been up for as long as was asked") {
  auto id = add(http_monitor(10s));
  auto gate = wait(id, 25s, 60s);
  CHECK_FALSE(*gate);
  answer(verdict::up);
  advance(10s);
  REQUIRE(view(id).runtime.state.status == monitor_status::up);
  auto since = view(id).runtime.status_since;
  advance(since + 25s - clock.t - 10ms);
  CHECK_FALSE(*gate);
  advance(20ms);
  REQUIRE(satisfied(gate));
  CHECK((**gate)->monitor.record.id == id);
  CHECK((**gate)->waited >= 25s);
  CHECK((**gate)->waited <= 36s);
}

TEST_CASE_METHOD(gate_world, "a gate that does not open says so at its time-out, to the second") {
  auto id = add(http_monitor(10s));
  answer(verdict::down, reason::connect_refused);
  auto gate = wait(id, 0s, 45s);
  advance(44'990ms);
  CHECK_FALSE(*gate);
  advance(20ms);
  REQUIRE(timed_out(gate));
  CHECK((**gate)->waited >= 45s);
  CHECK((**gate)->waited <= 45'020ms);
  CHECK((**gate)->monitor.runtime.state.status == monitor_status::down);
}

TEST_CASE_METHOD(gate_world, "what was seen before the request opens no gate by itself") {
  auto id = add(http_monitor(30s));
  answer(verdict::up);
  advance(10min, 1s);
  probes.silent = true;
  advance(30s); // a check is under way: it saw the old version
  auto gate = wait(id, 30s, 5min);
  REQUIRE_FALSE(probes.late.empty());
  probes.silent = false;
  for (auto& x : std::exchange(probes.late, {}))
    x();
  settle();
  CHECK_FALSE(*gate);
  advance(30s);
  CHECK(satisfied(gate)); // it has been up for ten minutes, and a new check has said so
}

TEST_CASE_METHOD(gate_world, "a failure begins the stable time anew, confirmed or not") {
  auto spec = http_monitor(10s);
  spec.failure_threshold = 3;
  auto id = add(spec);
  answer(verdict::up);
  advance(20s);
  auto gate = wait(id, 30s, 5min);
  answer(verdict::down, reason::connect_refused);
  advance(10s);
  answer(verdict::up);
  REQUIRE(view(id).runtime.state.status == monitor_status::up); // three would have been needed
  advance(10s);
  auto steady = monitors.results.back().round_at;
  advance(steady + 30s - clock.t - 10ms);
  CHECK_FALSE(*gate);
  advance(20ms);
  CHECK(satisfied(gate));
}

TEST_CASE_METHOD(gate_world, "no gate opens while a failure waits to be confirmed, or for its commit") {
  auto spec = http_monitor(10s);
  auto id = add(spec);
  answer(verdict::up);
  advance(10s);
  auto gate = wait(id, 22s, 30s); // it was up at p <= 10 s; the failure comes at p + 20 s at the latest
  advance(5s);
  monitors.away = true;
  answer(verdict::down, reason::connect_refused);
  advance(20s);
  CHECK_FALSE(*gate); // the outside still sees `up`, we know better
  monitors.come_back();
  settle();
  advance(10s);
  CHECK(timed_out(gate));
}

TEST_CASE_METHOD(gate_world, "several statuses are one, and time before the request counts") {
  auto spec = http_monitor(10s);
  auto id = add(spec);
  answer(verdict::up);
  advance(60s);
  answer(verdict::degraded, reason::too_slow);
  advance(10s);
  REQUIRE(view(id).runtime.state.status == monitor_status::degraded);
  auto either = wait(id, 40s, 5min, {monitor_status::up, monitor_status::degraded});
  auto one = wait(id, 40s, 5min, {monitor_status::degraded});
  advance(10s);
  CHECK(satisfied(either));
  CHECK_FALSE(*one);
  advance(30s);
  CHECK(satisfied(one));
}

TEST_CASE_METHOD(gate_world, "time that nobody observed is not stable time") {
  auto id = add(http_monitor(10s));
  answer(verdict::up);
  advance(10s);
  auto gate = wait(id, 60s, 10min);
  advance(10s);
  jump(2min);
  advance(10s);
  CHECK_FALSE(*gate);
  advance(50s);
  CHECK(satisfied(gate));
}

TEST_CASE_METHOD(gate_world, "whoever waits for a monitor that is deleted, or expires, is told that it is gone") {
  auto id = add(http_monitor(10s));
  auto spec = http_monitor(10s);
  spec.expires_at = clock.t + 30s;
  auto brief = add(spec);
  auto gate = wait(id, 30s, 5min), other = wait(brief, 30s, 5min);
  CHECK(ask<void>(remove_monitor{org, id, {}, {}, {}}));
  REQUIRE(*gate);
  CHECK((**gate).error().code == errc::not_found);
  advance(31s);
  REQUIRE(*other);
  CHECK((**other).error().code == errc::not_found);
  CHECK((**wait(id, 1s, 1s)).error().code == errc::not_found);
}

TEST_CASE_METHOD(gate_world, "a monitor lets sixteen wait and has nothing left of them afterwards") {
  auto id = add(http_monitor(10s));
  std::vector<answer_box> gates;
  for (int i = 0; i < 16; ++i)
    gates.push_back(wait(id, 0s, 20s));
  auto refused = wait(id, 0s, 20s);
  REQUIRE(*refused);
  CHECK((**refused).error().code == errc::busy);
  answer(verdict::up);
  advance(10s);
  for (auto& x : gates)
    CHECK(satisfied(x));
  auto again = wait(id, 0s, 20s);
  CHECK_FALSE(*again);
  advance(10s);
  CHECK(satisfied(again));
  advance(1min, 1s);
  CHECK(timers.armed() <= 2); // the next round, and the last gate's time-out
}

TEST_CASE_METHOD(gate_world, "a paused monitor can be waited for, and a job by its pings alone") {
  auto id = add(http_monitor(10s));
  auto gate = wait(id, 5s, 60s, {monitor_status::paused});
  REQUIRE(edit(id, [](auto& s) { s.paused = true; }));
  CHECK_FALSE(*gate);
  advance(5s);
  CHECK(satisfied(gate));
  auto job = add(heartbeat_monitor(1h, 1h));
  auto pinged = wait(job, 5s, 60s);
  advance(10s);
  CHECK_FALSE(*pinged);
  CHECK(ping(job, ping_kind::success));
  advance(6s);
  CHECK(satisfied(pinged));
  CHECK(satisfied(wait(job, 5s, 60s))); // a job of one ping an hour: its status says all there is
}

TEST_CASE("an engine that stops lets everybody go, and takes nobody in") {
  actors::open_waits all;
  int stopped = 0, answered = 0;
  auto asker = [&] { return reply_to<status_wait>{[&](result<status_wait> x) { x ? ++answered : ++stopped; }}; };
  auto first = all.open(asker()), second = all.open(asker());
  REQUIRE(first);
  (*first)(status_wait{});
  CHECK(answered == 1);
  all.end();
  CHECK(stopped == 1);
  (*second)(status_wait{}); // too late: it has its answer
  CHECK(answered == 1);
  CHECK_FALSE(all.open(asker()));
  CHECK(stopped == 2);
}

TEST_CASE("no more wait than may, and whoever can no longer be answered makes room") {
  actors::open_waits all;
  int refused = 0;
  std::vector<reply_to<status_wait>> held;
  auto asker = [&] { return reply_to<status_wait>{[&](result<status_wait> x) { refused += !x; }}; };
  for (std::size_t i = 0; i < actors::open_waits::most; ++i)
    held.push_back(*all.open(asker()));
  CHECK_FALSE(all.open(asker()));
  CHECK(refused == 1);
  held.pop_back(); // its actor has crashed
  CHECK(all.size() == actors::open_waits::most - 1);
  CHECK(all.open(asker()));
}

TEST_CASE_METHOD(world, "a test asks once, stores nothing, and is bounded for each organisation") {
  auto tests = std::make_shared<actors::monitor_tests>();
  auto spec = std::make_shared<const monitor_spec>(http_monitor());
  std::vector<result<check_outcome>> seen;
  auto run = [&](org_id of) {
    actors::run_test(tests, probes, {of, spec, {}, false, reply_to<check_outcome>{[&](auto x) { seen.push_back(x); }}});
  };
  answer(verdict::down, reason::connect_refused);
  run(org);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0]->verdict == verdict::down);
  probes.silent = true;
  for (int i = 0; i < actors::monitor_tests::most + 1; ++i)
    run(org);
  REQUIRE(seen.size() == 2);
  CHECK(seen[1].error().code == errc::busy);
  run(org_id::make(timestamp{5s})); // another organisation is not in the way
  CHECK(seen.size() == 2);
  probes.silent = false;
  for (auto& x : std::exchange(probes.late, {}))
    x();
  CHECK(seen.size() == 2 + actors::monitor_tests::most + 1);
  run(org);
  CHECK(seen.back().has_value());
  CHECK(tests->under_way.empty());
  CHECK(monitors.results.empty());
  auto job = std::make_shared<const monitor_spec>(heartbeat_monitor(60s, 60s));
  actors::run_test(tests, probes, {org, job, {}, false, reply_to<check_outcome>{[&](auto x) { seen.push_back(x); }}});
  CHECK(seen.back().error().code == errc::conflict);
}
