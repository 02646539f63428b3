#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

/// A monitor that is down, with an incident beside the one of its failure: as a start finds it.
struct two_open : world {
  monitor_id id = add(http_monitor());
  incident_id own, other;

  two_open() {
    answer(verdict::down, reason::connect_refused);
    advance(30s);
    own = *view(id).runtime.open_incident;
    auto& rows = monitors.rows.at(id).open_incidents;
    auto beside = rows.at(0);
    beside.id = other = incident_id::make(clock.t);
    beside.number = 99;
    beside.title = "beside it";
    rows.push_back(beside);
    probes.crash = true; // its next life begins with both
    advance(60s);
    probes.crash = false;
    REQUIRE(counts.restarts >= 1);
  }

  bool is_open(const incident_id& x) {
    const auto& rows = monitors.rows.at(id).open_incidents;
    return std::ranges::find(rows, x, &incident::id) != rows.end();
  }
};

} // namespace

TEST_CASE_METHOD(two_open, "each open incident of a monitor is dealt with by itself") {
  auto acked = handle(id, other, incident_verb::acknowledge);
  REQUIRE(acked);
  CHECK(acked->number == 99);
  CHECK(acked->state == incident_state::acknowledged);
  REQUIRE(handle(id, other, incident_verb::resolve));
  CHECK_FALSE(is_open(other));
  CHECK(is_open(own));
  CHECK(view(id).runtime.open_incident == own); // what its status tells is open still
  CHECK(handle(id, other, incident_verb::acknowledge).error().code == errc::conflict);
}

TEST_CASE_METHOD(two_open, "a recovery resolves the incident of the failure and no other") {
  answer(verdict::up);
  advance(120s);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  CHECK_FALSE(is_open(own));
  CHECK(is_open(other));
}

TEST_CASE_METHOD(two_open, "a pause resolves all of them in one transaction") {
  REQUIRE(edit(id, [](auto& s) { s.paused = true; }));
  const auto& step = monitors.steps.back();
  REQUIRE(step.incidents.size() == 2);
  REQUIRE(step.change);
  CHECK(step.change->incident == own);
  CHECK(step.events.size() == 2);
  for (const auto& x : step.incidents)
    CHECK(x.state == incident_state::resolved);
  CHECK(monitors.rows.at(id).open_incidents.empty());
  CHECK(handle(id, other, incident_verb::resolve).error().code == errc::conflict);
}

TEST_CASE_METHOD(two_open, "a reset and a deletion resolve all of them, too") {
  SECTION("reset") {
    REQUIRE(ask<monitor_view>(reset_monitor{org, id, {}, by<monitor_view>(), {}}));
    CHECK(monitors.rows.at(id).open_incidents.empty());
  }
  SECTION("deletion") {
    REQUIRE(ask<void>(remove_monitor{org, id, {}, by<void>(), {}}));
    CHECK(monitors.steps.back().incidents.size() == 2);
  }
}
