#include "actors/engine_clock.hpp"
#include "core/round_clock.hpp"
#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

bool is_down(const monitor_view& x) {
  return x.runtime.state.status == monitor_status::down;
}

} // namespace

TEST_CASE_METHOD(world,
                 "a clock set forward by an hour makes no heartbeat late, and a silent one is down when it should") {
  auto daily = add(heartbeat_monitor(24h, 1h));
  auto dead = add(heartbeat_monitor(60s, 10s));
  REQUIRE(ping(daily, ping_kind::success));
  advance(23h + 30min, 1min);
  REQUIRE(ping(dead, ping_kind::success));
  advance(20s);
  jump(1h);
  advance(29min, 1s);
  CHECK_FALSE(is_down(view(daily)));
  CHECK(is_down(view(dead)));
  advance(1min);
  REQUIRE(ping(daily, ping_kind::success)); // 24 h after the one before, whatever our clock says
  advance(1h, 1min);
  CHECK(view(daily).runtime.state.status == monitor_status::up);
  CHECK(monitors.steps.size() == 3); // up, up, and the dead one down
  CHECK(monitors.steps.back().incidents.at(0).monitor == dead);
}

TEST_CASE_METHOD(world, "a host that slept for a day calls nobody, and watches on from there") {
  std::vector<monitor_id> jobs;
  for (int i = 0; i < 100; ++i)
    jobs.push_back(add(heartbeat_monitor(60s, 10s)));
  auto api = add(http_monitor(30s));
  answer(verdict::up);
  for (auto id : jobs)
    REQUIRE(ping(id, ping_kind::success));
  advance(40s);
  auto opened = monitors.steps.size();
  jump(24h);
  auto checked = probes.asked;
  advance(35s);
  CHECK(probes.asked > checked);
  for (auto id : jobs) {
    CHECK_FALSE(is_down(view(id)));
    if (id != jobs.back())
      REQUIRE(ping(id, ping_kind::success));
  }
  advance(60s);
  CHECK(monitors.steps.size() == opened + 1);
  auto missed = view(jobs.back());
  CHECK(is_down(missed));
  // The time asleep is ours: it is no downtime of anyone, and no uptime either.
  CHECK(missed.runtime.status_since > clock.t - 60s);
  REQUIRE(ping(jobs.back(), ping_kind::success));
  CHECK(view(jobs.back()).runtime.state.status == monitor_status::up);
  CHECK(view(api).runtime.state.status == monitor_status::up);
}

TEST_CASE_METHOD(world, "a process that stood still spreads its overdue rounds and declares nothing missed") {
  answer(verdict::up);
  std::vector<monitor_id> all;
  for (int i = 0; i < 200; ++i)
    all.push_back(add(http_monitor(60s)));
  auto job = add(heartbeat_monitor(60s, 10s));
  REQUIRE(ping(job, ping_kind::success));
  advance(61s);
  REQUIRE(ping(job, ping_kind::success));
  auto steps = monitors.steps.size();
  probes.asked = 0;
  stand_still(10min);
  CHECK(probes.asked == 0);
  advance(6s);
  CHECK(probes.asked > 0);
  CHECK(probes.asked < 60);
  advance(55s);
  CHECK(probes.asked >= 200);
  CHECK(monitors.steps.size() == steps);
  CHECK(view(all[0]).runtime.skipped_slots == 10);
  CHECK_FALSE(is_down(view(job)));
  advance(10s);
  CHECK(is_down(view(job))); // a period and a grace after we are back
}

TEST_CASE_METHOD(world, "a round on a long interval is held late rather than not for a day") {
  answer(verdict::up);
  auto id = add(http_monitor(24h));
  auto slot = core::next_round(id, 24h, clock.t);
  advance(slot - clock.t - 1h, 1min);
  CHECK(probes.asked == 0);
  jump(2h);
  advance(1min);
  CHECK(probes.asked == 0);
  stand_still(1h);
  CHECK(probes.asked <= 1);
}

TEST_CASE_METHOD(world, "a check that failed while we stood still votes for nothing") {
  auto id = add(http_monitor(30s));
  answer(verdict::up);
  advance(31s);
  answer(verdict::down, reason::read_timeout);
  probes.silent = true;
  advance(31s);
  REQUIRE(probes.late.size() == 1);
  gaps.notice({clock.t, clock.t + 1min});
  clock.t += 1min;
  probes.late[0]();
  settle();
  CHECK_FALSE(is_down(view(id)));
  CHECK(monitors.results.back().outcome.verdict == verdict::error);
  CHECK(view(id).runtime.state.status == monitor_status::unknown);
  probes.silent = false;
  answer(verdict::up);
  advance(61s);
  CHECK(view(id).runtime.state.status == monitor_status::up);
}

TEST_CASE_METHOD(world, "what is confirmed by watching is not confirmed by a clock that was set forward") {
  auto spec = http_monitor(30s);
  spec.failure_threshold = 2;
  spec.confirmation = 600s;
  auto id = add(spec);
  answer(verdict::up);
  advance(31s);
  answer(verdict::down, reason::connect_refused);
  advance(31s);
  jump(1h);
  advance(9min, 1s);
  CHECK_FALSE(is_down(view(id)));
  advance(2min, 1s);
  CHECK(is_down(view(id)));
}

TEST_CASE_METHOD(world, "a channel is not given up for days in which nobody tried it") {
  auto channel = add_channel("hook");
  add_rule({channel});
  auto id = add(http_monitor(30s));
  sender.status = 500;
  answer(verdict::down, reason::connect_refused);
  advance(35s);
  for (auto& d : monitors.steps.back().deliveries)
    channels.outbox[d.id] = d;
  caf::anon_send(shard, actors::outbox_changed{org, channel});
  settle();
  REQUIRE(channels.rows.at(channel).health.state == channel_state::failing);
  jump(24h * 6);
  REQUIRE(channels.outcomes.size() == 2); // overdue, so tried as soon as the host is awake
  CHECK(channels.rows.at(channel).health.state == channel_state::failing);
  CHECK(is_down(view(id)));
}

TEST_CASE("whoever asks for the time first knows of the gap before he has the answer") {
  actors::gap_log log;
  core::clock_reading host{monotonic_time{1h}, timestamp{1'700'000'000'000ms}};
  actors::engine_clock clock{log, [&] { return host; }};
  auto before = clock.now();
  host.wall += 1h;
  CHECK(clock.now() == before + 1h);
  REQUIRE(log.all()->size() == 1);
  CHECK(log.all()->front().to == before + 1h);
  host.wall -= 2h;
  CHECK(clock.now() == before + 1h);
  clock.not_before(before + 90min);
  CHECK(clock.now() == before + 90min);
  CHECK(log.take_noticed().size() == 1);
  CHECK(log.take_noticed().empty());
}

TEST_CASE("gaps are known in order, whatever the order in which they come to be known") {
  actors::gap_log log;
  auto at = [](int minute) { return timestamp{std::chrono::minutes{minute}}; };
  log.notice({at(50), at(60)});
  log.load({at(10), at(20)});
  log.load({at(20), at(25)});
  log.load({at(55), at(70)});
  log.load({at(58), at(59)});
  REQUIRE(log.all()->size() == 2);
  CHECK(log.all()->front().to == at(25));
  CHECK(log.all()->back().from == at(50));
  CHECK(log.all()->back().to == at(70));
  CHECK(log.after(at(25)).size() == 1);
  CHECK(log.take_noticed().size() == 1);
}

TEST_CASE("the host's clocks agree with themselves while nobody touches them") {
  actors::gap_log log;
  actors::engine_clock clock{log};
  auto last = clock.now();
  for (int i = 0; i < 100'000; ++i) {
    auto next = clock.now();
    REQUIRE(next >= last);
    last = next;
  }
  CHECK(log.all()->empty());
}
