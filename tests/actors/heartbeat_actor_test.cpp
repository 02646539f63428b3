#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

TEST_CASE_METHOD(world, "a heartbeat is down at its deadline, stamped with the deadline") {
  auto id = add(heartbeat_monitor(60s, 10s));
  advance(10min, 1s);
  CHECK(view(id).runtime.state.status == monitor_status::pending);
  REQUIRE(ping(id, ping_kind::success));
  auto pinged = clock.t;
  CHECK(view(id).runtime.state.status == monitor_status::up);
  advance(69s);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  advance(2s);
  auto down = view(id);
  CHECK(down.runtime.state.status == monitor_status::down);
  CHECK(down.runtime.cause.code == reason::missed_ping);
  CHECK(down.runtime.status_since == pinged + 70s);
  CHECK(monitors.steps.back().incidents.at(0).started_at == pinged + 70s);
  REQUIRE(ping(id, ping_kind::success));
  CHECK(view(id).runtime.state.status == monitor_status::up);
}

TEST_CASE_METHOD(world, "pings cost no timers") {
  auto id = add(heartbeat_monitor(60s, 10s));
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(ping(id, ping_kind::success));
    advance(100ms);
  }
  CHECK(timers.armed() <= 2);
  CHECK(view(id).runtime.state.status == monitor_status::up);
}

TEST_CASE_METHOD(world, "a run that does not finish within the grace is late") {
  auto id = add(heartbeat_monitor(3600s, 10s));
  REQUIRE(ping(id, ping_kind::success));
  advance(5s);
  REQUIRE(ping(id, ping_kind::start));
  advance(12s);
  CHECK(view(id).runtime.state.status == monitor_status::down);
  CHECK(view(id).runtime.cause.code == reason::late_run);
}

TEST_CASE_METHOD(world, "a fail signal and a bad exit code are down at once, a log line changes nothing") {
  auto id = add(heartbeat_monitor(60s, 10s));
  REQUIRE(ping(id, ping_kind::success));
  REQUIRE(ping(id, ping_kind::log));
  CHECK(view(id).runtime.state.status == monitor_status::up);
  REQUIRE(ping(id, ping_kind::exit, 3));
  CHECK(view(id).runtime.cause.code == reason::exit_status);
  REQUIRE(ping(id, ping_kind::exit, 0));
  CHECK(view(id).runtime.state.status == monitor_status::up);
  REQUIRE(ping(id, ping_kind::fail));
  CHECK(view(id).runtime.cause.code == reason::fail_signal);
  CHECK(monitors.results.size() == 5);
}

TEST_CASE_METHOD(world, "a ping resumes a paused heartbeat unless it is resumed by hand") {
  auto id = add(heartbeat_monitor(60s, 10s));
  REQUIRE(edit(id, [](auto& s) { s.paused = true; }));
  REQUIRE(ping(id, ping_kind::success));
  CHECK_FALSE(view(id).record.spec.paused);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  REQUIRE(edit(id, [](auto& s) {
    s.paused = true;
    std::get<heartbeat_check>(s.check).manual_resume = true;
  }));
  REQUIRE(ping(id, ping_kind::success));
  CHECK(view(id).record.spec.paused);
}
