#include <random>

#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

/// A heartbeat of a minute that is up.
struct beating : world {
  monitor_id id = add(heartbeat_monitor(60s, 10s));
  beating() { REQUIRE(ping(id, ping_kind::success)); }

  const monitor_runtime& row() { return monitors.rows.at(id).runtime; }
  bool at_once(ping_kind kind = ping_kind::success) {
    auto told = receive(id, kind);
    if (!*told)
      settle();
    else
      return told->value().has_value();
    return false;
  }
};

} // namespace

TEST_CASE_METHOD(beating, "a ping that changes nothing is answered before its actor knows, and seen by who asks") {
  advance(30s);
  REQUIRE(at_once());
  CHECK(monitors.results.size() == 2);
  CHECK(monitors.results.back().round_at == clock.t);
  auto v = view(id);
  CHECK(v.runtime.heartbeat.last_ping == clock.t);
  CHECK(v.runtime.last_checked_at == clock.t);
  CHECK(v.next_check_at == clock.t + 70s);
}

TEST_CASE_METHOD(beating, "pings that were heard are in the row a moment later") {
  advance(30s);
  REQUIRE(at_once());
  auto first = clock.t;
  clock.t += 1ms;
  REQUIRE(at_once());
  CHECK(*row().heartbeat.last_ping < first);
  advance(100ms);
  CHECK(row().heartbeat.last_ping == first + 1ms);
  CHECK(row().last_checked_at == first + 1ms);
  CHECK(monitors.results.size() == 3);
  CHECK(counts.pings == 3);
}

TEST_CASE_METHOD(beating, "a ping heard just before the deadline keeps the monitor up") {
  advance(69990ms);
  REQUIRE(at_once());
  advance(30ms);
  CHECK(monitors.steps.size() == 1);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  advance(69s);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  advance(2s);
  CHECK(view(id).runtime.state.status == monitor_status::down);
}

TEST_CASE_METHOD(beating, "a ping at the deadline goes to the actor, which decides the deadline first") {
  clock.t += 70s; // the timer is late
  auto told = receive(id, ping_kind::success);
  CHECK_FALSE(told->has_value());
  settle();
  REQUIRE(told->has_value());
  CHECK(monitors.steps.size() == 3);
  CHECK(view(id).runtime.state.status == monitor_status::up);
}

TEST_CASE_METHOD(beating, "a ping never overtakes another") {
  auto failed = receive(id, ping_kind::fail);
  clock.t += 1ms;
  auto succeeded = receive(id, ping_kind::success);
  CHECK_FALSE(succeeded->has_value());
  settle();
  CHECK(view(id).runtime.state.status == monitor_status::up);
  CHECK(monitors.steps.size() == 3);
  CHECK(at_once());
}

TEST_CASE_METHOD(beating, "whatever makes a success mean more goes through the actor") {
  REQUIRE(ping(id, ping_kind::start));
  CHECK_FALSE(at_once());
  CHECK(at_once());
  REQUIRE(ping(id, ping_kind::fail));
  CHECK_FALSE(at_once());
  CHECK(view(id).runtime.state.status == monitor_status::up);
  REQUIRE(edit(id, [](auto& s) { s.paused = true; }));
  CHECK_FALSE(at_once());
  CHECK_FALSE(view(id).record.spec.paused);
  REQUIRE(edit(id, [](auto& s) { std::get<heartbeat_check>(s.check).methods = ping_methods::post_only; }));
  auto told = receive(id, ping_kind::success);
  settle();
  CHECK(told->value().error().code == errc::unsupported);
}

TEST_CASE_METHOD(beating, "a ping that was heard survives the crash of its actor, and the end of the engine") {
  advance(30s);
  REQUIRE(at_once());
  auto heard = clock.t;
  caf::anon_send(shard, edit_monitor{org, id, {}, [](auto&) -> result<monitor_spec> { throw 1; }, {}, {}});
  settle();
  advance(1s);
  CHECK(view(id).runtime.heartbeat.last_ping == heard);
  REQUIRE(at_once());
  caf::anon_send_exit(shard, caf::exit_reason::user_shutdown);
  settle();
  CHECK(row().heartbeat.last_ping == clock.t);
}

TEST_CASE_METHOD(beating, "a ping that changes the status is answered when that is committed") {
  monitors.away = true;
  auto told = receive(id, ping_kind::fail);
  settle();
  CHECK_FALSE(told->has_value());
  monitors.come_back();
  settle();
  REQUIRE(told->has_value());
  CHECK(told->value());
  CHECK(row().state.status == monitor_status::down);
}

TEST_CASE_METHOD(beating, "while a step waits for the database, plain pings are answered at once and count") {
  monitors.away = true;
  receive(id, ping_kind::fail);
  receive(id, ping_kind::success);
  settle();
  for (int i = 0; i < 100; ++i) {
    advance(1s);
    auto told = receive(id, ping_kind::success);
    settle();
    REQUIRE(told->has_value());
    REQUIRE(told->value());
  }
  monitors.come_back();
  settle();
  CHECK(view(id).runtime.state.status == monitor_status::up);
  CHECK(monitors.steps.size() == 3); // up, down, up
}

TEST_CASE_METHOD(beating, "a ping during an edit waits for it, and an edit that fails takes nothing along") {
  REQUIRE(edit(id, [](auto& s) { s.paused = true; }));
  auto steps = monitors.steps.size();
  auto sequence = view(id).runtime.sequence;
  monitors.away = true;
  monitors.refuses_updates = true;
  auto first = receive(id, ping_kind::success);
  auto second = receive(id, ping_kind::fail);
  settle();
  CHECK_FALSE(second->has_value());
  monitors.come_back();
  settle();
  REQUIRE(first->has_value());
  REQUIRE(second->has_value());
  CHECK_FALSE(first->value());
  CHECK_FALSE(second->value());
  CHECK(view(id).runtime.state.status == monitor_status::paused);
  CHECK(view(id).runtime.sequence == sequence);
  CHECK(monitors.steps.size() == steps);
}

TEST_CASE_METHOD(beating, "a removed heartbeat is unknown at the door") {
  REQUIRE(ask<void>(remove_monitor{org, id, {}, {}, {}}));
  auto told = receive(id, ping_kind::success);
  REQUIRE(told->has_value());
  CHECK(told->value().error().code == errc::not_found);
}

TEST_CASE("pings at the door mean what they mean to the actor") {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random{seed};
    beating door, actor;
    constexpr ping_kind kinds[] = {ping_kind::success, ping_kind::success, ping_kind::success, ping_kind::success,
                                   ping_kind::log,     ping_kind::start,   ping_kind::fail};
    for (int burst = 0; burst < 30; ++burst) {
      auto pause = milliseconds{random() % 25000};
      door.advance(pause, 50ms);
      actor.advance(pause, 50ms);
      for (auto left = random() % 4; left > 0; --left) {
        auto kind = kinds[random() % std::size(kinds)];
        door.clock.t += 1ms;
        actor.clock.t += 1ms;
        door.receive(door.id, kind);
        REQUIRE(actor.ping(actor.id, kind));
      }
      door.settle();
      auto x = door.view(door.id), y = actor.view(actor.id);
      REQUIRE(x.runtime.state == y.runtime.state);
      REQUIRE(x.runtime.heartbeat == y.runtime.heartbeat);
      REQUIRE(x.runtime.last_checked_at == y.runtime.last_checked_at);
      REQUIRE(x.runtime.status_since == y.runtime.status_since);
      REQUIRE(x.next_check_at == y.next_check_at);
    }
    REQUIRE(door.monitors.steps.size() == actor.monitors.steps.size());
    REQUIRE(door.monitors.results.size() == actor.monitors.results.size());
  }
}

TEST_CASE_METHOD(beating, "pings that a crash has lost, or a restart refused, hold up nobody after it") {
  auto lost = receive(id, ping_kind::fail); // in the mailbox, behind what crashes it
  auto& leaf = *leaves->slots.front();
  caf::anon_send(caf::actor_cast<actors::monitor_actor>(leaf.handle),
                 actors::resume{[] { throw std::runtime_error("monitor"); }});
  auto behind = receive(id, ping_kind::success);
  settle();
  REQUIRE(counts.restarts == 1);
  CHECK_FALSE(lost->has_value());
  CHECK_FALSE(behind->has_value());
  auto refused = receive(id, ping_kind::start);
  settle();
  REQUIRE(*refused);
  CHECK((*refused)->error().code == errc::unavailable);
  advance(1s);
  REQUIRE(ping(id, ping_kind::success)); // whatever the lost ones said
  REQUIRE(view(id).runtime.state.status == monitor_status::up);
  CHECK(at_once());
}
