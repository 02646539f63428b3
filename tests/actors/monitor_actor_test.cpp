#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

TEST_CASE_METHOD(world, "a monitor's first good round makes it up") {
  auto id = add(http_monitor());
  CHECK(view(id).runtime.state.status == monitor_status::pending);
  answer(verdict::up);
  advance(30s);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  CHECK(view(id).runtime.last_checked_at);
  CHECK(probes.asked == 1);
}

TEST_CASE_METHOD(world, "rounds keep their phase for a day") {
  add(http_monitor());
  answer(verdict::up);
  advance(24h, 1s);
  CHECK(monitors.results.size() == 2880);
  auto first = monitors.results.front().round_at;
  for (std::size_t i = 0; i < monitors.results.size(); ++i)
    CHECK(monitors.results[i].round_at == first + i * 30s);
}

TEST_CASE_METHOD(world, "a confirmed failure opens one incident and recovery resolves it") {
  auto channel = add_channel("pager");
  add_rule({channel});
  auto spec = http_monitor();
  spec.failure_threshold = 3;
  spec.success_threshold = 2;
  auto id = add(spec);
  answer(verdict::up);
  advance(30s);
  answer(verdict::down, reason::connect_refused);
  advance(60s);
  CHECK(view(id).runtime.state.transition == transition_kind::confirming_down);
  CHECK_FALSE(view(id).runtime.open_incident);
  advance(30s);
  auto down = view(id);
  CHECK(down.runtime.state.status == monitor_status::down);
  REQUIRE(down.runtime.open_incident);
  auto opened = monitors.steps.back();
  REQUIRE(opened.incidents.size() == 1);
  CHECK(opened.incidents[0].number == 1);
  CHECK(opened.incidents[0].started_at == monitors.results[1].round_at);
  CHECK(down.runtime.status_since == opened.incidents[0].started_at);
  CHECK(opened.incidents[0].cause.code == reason::connect_refused);
  REQUIRE(opened.deliveries.size() == 1);
  CHECK(opened.deliveries[0].channel == channel);
  CHECK(opened.timeline.size() == 1);

  advance(1h, 1s);
  CHECK(view(id).runtime.open_incident == down.runtime.open_incident);

  answer(verdict::up);
  advance(60s);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  CHECK_FALSE(view(id).runtime.open_incident);
  auto resolved = monitors.steps.back();
  REQUIRE(resolved.incidents.size() == 1);
  CHECK(resolved.incidents[0].state == incident_state::resolved);
  CHECK(resolved.incidents[0].id == opened.incidents[0].id);
  CHECK(resolved.events.at(0).sequence == 2);
  CHECK(resolved.deliveries.size() == 1);
}

TEST_CASE_METHOD(world, "a probe that is still running costs the next slot and no second probe") {
  auto id = add(http_monitor(10s));
  answer(verdict::up);
  probes.silent = true;
  advance(35s);
  CHECK(probes.asked == 1);
  CHECK(view(id).runtime.skipped_slots >= 2);
  probes.late.at(0)();
  probes.silent = false;
  advance(10s);
  CHECK(probes.asked == 2);
}

TEST_CASE_METHOD(world, "slots that pass before anybody looks are left out, and counted") {
  auto id = add(http_monitor(10s));
  answer(verdict::up);
  advance(10s);
  REQUIRE(probes.asked == 1);
  advance(40s, 40s);
  CHECK(probes.asked == 2);
  CHECK(view(id).runtime.skipped_slots == 3);
  CHECK(counts.skipped_slots == 3);
}

TEST_CASE_METHOD(world, "an attempt that fails is retried before the round counts") {
  auto spec = http_monitor();
  spec.retry = {2, 1s};
  auto id = add(spec);
  answer(verdict::down, reason::connect_timeout);
  caf::anon_send(shard, run_monitor{org, id, {}, false, {}});
  settle();
  advance(1s);
  REQUIRE(monitors.results.size() == 2);
  answer(verdict::up);
  advance(1s);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  REQUIRE(monitors.results.size() == 3);
  CHECK(monitors.results[2].attempt == 3);
  CHECK(monitors.results[2].round_at == monitors.results[0].round_at);
}

TEST_CASE_METHOD(world, "our own fault is unknown and never down") {
  auto id = add(http_monitor());
  answer(verdict::error, reason::probe_error);
  advance(5min, 1s);
  CHECK(view(id).runtime.state.status == monitor_status::unknown);
  CHECK_FALSE(view(id).runtime.open_incident);
}

TEST_CASE_METHOD(world, "while the database is away nothing is told, and afterwards everything is") {
  auto channel = add_channel("pager");
  add_rule({channel});
  auto id = add(http_monitor());
  answer(verdict::up);
  advance(30s);
  monitors.away = true;
  answer(verdict::down, reason::connect_refused);
  advance(60s);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  CHECK_FALSE(view(id).runtime.open_incident);
  answer(verdict::up);
  advance(60s);
  auto before = monitors.steps.size();
  monitors.come_back();
  settle();
  monitors.come_back();
  settle();
  REQUIRE(monitors.steps.size() == before + 2);
  CHECK(monitors.steps[before].incidents.at(0).state == incident_state::triggered);
  CHECK(monitors.steps[before + 1].incidents.at(0).state == incident_state::resolved);
  CHECK(view(id).runtime.state.status == monitor_status::up);
}

TEST_CASE_METHOD(world, "while a step waits for its commit, the row does not show its status") {
  auto id = add(http_monitor());
  answer(verdict::up);
  advance(30s);
  monitors.away = true;
  answer(verdict::down, reason::connect_refused);
  advance(120s); // after a crash now, nobody would know of the incident
  CHECK(monitors.rows[id].runtime.state.status == monitor_status::up);
  CHECK_FALSE(monitors.rows[id].runtime.open_incident);
  monitors.come_back();
  settle();
  CHECK(monitors.rows[id].runtime.state.status == monitor_status::down);
  CHECK(monitors.rows[id].open_incidents.size() == 1);
  CHECK(monitors.rows[id].runtime.sequence == view(id).runtime.sequence); // what was seen meanwhile is noted now
}

TEST_CASE_METHOD(world, "acknowledging is written once and resolving by hand closes the incident") {
  auto id = add(http_monitor());
  answer(verdict::down, reason::connect_refused);
  advance(30s);
  auto open = view(id).runtime.open_incident;
  REQUIRE(open);
  auto acked = handle(id, *open, incident_verb::acknowledge);
  REQUIRE(acked);
  CHECK(acked->state == incident_state::acknowledged);
  auto steps = monitors.steps.size();
  CHECK(handle(id, *open, incident_verb::acknowledge));
  CHECK(monitors.steps.size() == steps);
  auto resolved = handle(id, *open, incident_verb::resolve);
  REQUIRE(resolved);
  CHECK(resolved->resolved_by == "token:test");
  CHECK(handle(id, *open, incident_verb::resolve).error().code == errc::conflict);
  advance(5min, 1s);
  CHECK_FALSE(view(id).runtime.open_incident); // still down, but that incident is dealt with
  CHECK(view(id).runtime.state.status == monitor_status::down);
}

TEST_CASE_METHOD(world, "a pause stops rounds, resolves what is open, and resuming starts afresh") {
  auto id = add(http_monitor());
  answer(verdict::down, reason::connect_refused);
  advance(30s);
  REQUIRE(view(id).runtime.open_incident);
  auto paused = edit(id, [](auto& s) { s.paused = true; });
  REQUIRE(paused);
  CHECK(paused->record.version == 2);
  CHECK(paused->runtime.state.status == monitor_status::paused);
  CHECK(monitors.steps.back().incidents.at(0).state == incident_state::resolved);
  auto asked = probes.asked;
  advance(10min, 1s);
  CHECK(probes.asked == asked);
  CHECK(ask<check_result>(run_monitor{org, id, {}, false, {}}).error().code == errc::conflict);
  auto resumed = edit(id, [](auto& s) { s.paused = false; });
  REQUIRE(resumed);
  CHECK(resumed->runtime.state.status == monitor_status::pending);
  answer(verdict::up);
  advance(30s);
  CHECK(probes.asked == asked + 1);
}

TEST_CASE_METHOD(world, "an edit of another version is stale and changes nothing") {
  auto id = add(http_monitor());
  edit_monitor m{org, id, 7, [](const monitor_spec& s) -> result<monitor_spec> { return s; }, {}, {}};
  CHECK(ask<monitor_view>(m).error().code == errc::stale);
  CHECK(view(id).record.version == 1);
}

TEST_CASE_METHOD(world, "an edit that changes nothing keeps the version") {
  auto id = add(http_monitor());
  CHECK(edit(id, [](auto&) {})->record.version == 1);
}

TEST_CASE_METHOD(world, "a run asks at once and answers with the result") {
  auto id = add(http_monitor());
  answer(verdict::up);
  auto ran = ask<check_result>(run_monitor{org, id, {}, false, {}});
  REQUIRE(ran);
  CHECK(ran->trigger == check_trigger::manual);
  CHECK(view(id).runtime.state.status == monitor_status::up);
}

TEST_CASE_METHOD(world, "another organisation finds nothing") {
  auto id = add(http_monitor());
  auto other = org_id::make(timestamp{2s});
  CHECK(ask<monitor_view>(get_monitor{other, id, {}}).error().code == errc::not_found);
  CHECK(ask<check_result>(run_monitor{other, id, {}, false, {}}).error().code == errc::not_found);
  CHECK(ask<void>(remove_monitor{other, id, {}, {}, {}}).error().code == errc::not_found);
  CHECK(view(id).record.id == id);
}

TEST_CASE_METHOD(world, "a deleted monitor resolves its incident, ends and is gone") {
  auto id = add(http_monitor());
  answer(verdict::down, reason::connect_refused);
  advance(30s);
  CHECK(ask<void>(remove_monitor{org, id, {}, {}, {}}));
  CHECK(monitors.steps.back().incidents.at(0).state == incident_state::resolved);
  CHECK(ask<monitor_view>(get_monitor{org, id, {}}).error().code == errc::not_found);
  auto asked = probes.asked;
  advance(5min, 1s);
  CHECK(probes.asked == asked);
}
