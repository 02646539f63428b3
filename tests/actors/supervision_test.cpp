#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

TEST_CASE_METHOD(world, "a crashed monitor comes back from its row and goes on") {
  auto id = add(http_monitor());
  answer(verdict::up);
  advance(30s);
  probes.crash = true;
  advance(30s);
  CHECK(counts.restarts == 1);
  probes.crash = false;
  advance(35s);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  CHECK(monitors.results.size() >= 2);
}

TEST_CASE_METHOD(world, "a monitor that crashes again and again is quarantined alone and for all to see") {
  auto id = add(http_monitor(1s));
  auto neighbour = add(heartbeat_monitor(60s, 10s));
  probes.crash = true;
  advance(60s);
  CHECK(counts.quarantined == 1);
  auto shown = view(id);
  CHECK(shown.quarantined);
  CHECK(shown.runtime.state.status == monitor_status::unknown);
  CHECK(shown.runtime.cause.code == reason::quarantined);
  auto asked = probes.asked;
  advance(10min, 1s);
  CHECK(probes.asked == asked);
  CHECK(ping(neighbour, ping_kind::success));

  probes.crash = false;
  answer(verdict::up);
  CHECK(edit(id, [](auto&) {}).error().code == errc::unavailable); // it is being started for us
  advance(5s);
  CHECK_FALSE(view(id).quarantined);
  CHECK(view(id).runtime.state.status == monitor_status::up);
}

TEST_CASE_METHOD(world,
                 "what was down when it was quarantined is down when it is watched again, and its incident goes on") {
  auto id = add(http_monitor(1s));
  answer(verdict::down, reason::connect_refused);
  advance(10s);
  auto own = view(id).runtime.open_incident;
  REQUIRE(own);
  probes.crash = true;
  advance(60s);
  REQUIRE(counts.quarantined == 1);
  CHECK(view(id).runtime.state.status == monitor_status::unknown);
  probes.crash = false;
  bool recovers = GENERATE(true, false);
  answer(recovers ? verdict::up : verdict::down, reason::connect_refused);
  CHECK(edit(id, [](auto&) {}).error().code == errc::unavailable);
  advance(10s);
  CHECK(view(id).runtime.state.status == (recovers ? monitor_status::up : monitor_status::down));
  CHECK(monitors.incidents.size() == 1);
  CHECK((monitors.incidents.at(*own).state == incident_state::resolved) == recovers);
}

TEST_CASE_METHOD(world, "a shard that comes back begins its leaves again, for their timers may be gone") {
  auto id = add(http_monitor());
  answer(verdict::up);
  advance(30s);
  caf::anon_send(shard, actors::resume{[] { throw std::runtime_error("shard"); }});
  settle();
  shard = sys.spawn(actors::shard, &deps, 0u, leaves);
  settle();
  CHECK(counts.restarts == 1);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  auto asked = probes.asked;
  advance(30s);
  CHECK(probes.asked == asked + 1);
  probes.crash = true;
  advance(30s);
  CHECK(counts.restarts == 2);
}
