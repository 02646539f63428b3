#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

struct ephemeral_world : world {
  monitor_spec lasting(milliseconds length) {
    auto spec = http_monitor();
    spec.expires_at = clock.t + length;
    return spec;
  }
  bool is_gone(monitor_id id) {
    auto x = ask<monitor_view>(get_monitor{org, id, {}});
    return !x && x.error().code == errc::not_found;
  }
  /// A rule that names only this monitor.
  alert_rule_record naming(monitor_id id) {
    auto x = *alerts.rule(org, rule_for({}, incident_events()));
    x.spec.monitor_ids = {id};
    alerts.put(x);
    return x;
  }
  rule_id rule_for(std::vector<channel_id> to, std::vector<event_type> events) {
    alert_rule_record x;
    x.id = rule_id::make(clock.t);
    x.org = org;
    x.spec.name = "ends";
    x.spec.channel_ids = std::move(to);
    x.spec.events = std::move(events);
    alerts.put(x);
    return x.id;
  }
};

} // namespace

TEST_CASE_METHOD(ephemeral_world, "an ephemeral monitor deletes itself at its instant, and says so") {
  auto told = add_channel("told"), other = add_channel("other");
  rule_for({told}, {event_type::monitor_expired});
  rule_for({other}, incident_events());
  auto id = add(lasting(90s));
  answer(verdict::up);
  advance(89'990ms);
  CHECK_FALSE(is_gone(id));
  advance(20ms);
  CHECK(is_gone(id));
  CHECK_FALSE(monitors.rows.contains(id));
  auto last = monitors.steps.back();
  REQUIRE(last.events.size() == 1);
  CHECK(last.events[0].type == event_type::monitor_expired);
  CHECK_FALSE(last.events[0].incident);
  CHECK(last.events[0].body->find(id.str()) != std::string::npos);
  REQUIRE(last.deliveries.size() == 1);
  CHECK(last.deliveries[0].channel == told);
  CHECK(monitors.notes.back().entry->action == audit_action::expire);
  CHECK(monitors.notes.back().entry->actor == "system");
  advance(10ms);
  CHECK(counts.monitors == 0); // as after any other removal
  auto asked = probes.asked;
  advance(5min, 1s);
  CHECK(probes.asked == asked);
}

TEST_CASE_METHOD(ephemeral_world, "an expiry resolves the open incident first, in the same step") {
  auto channel = add_channel("pager");
  add_rule({channel});
  auto id = add(lasting(2min));
  answer(verdict::down, reason::connect_refused);
  advance(60s);
  auto open = view(id).runtime.open_incident;
  REQUIRE(open);
  advance(60s);
  REQUIRE(is_gone(id));
  auto& last = monitors.steps.back();
  REQUIRE(last.incidents.size() == 1);
  CHECK(last.incidents[0].id == *open);
  CHECK(last.incidents[0].state == incident_state::resolved);
  CHECK(last.incidents[0].resolved_by == "system");
  REQUIRE(last.events.size() == 2);
  CHECK(last.events[0].type == event_type::incident_resolved);
  CHECK(last.events[1].type == event_type::monitor_expired);
}

TEST_CASE_METHOD(ephemeral_world, "a monitor whose time was over while nobody ran goes at the start") {
  auto id = monitor_id::make(clock.t);
  actors::adopt loaded;
  loaded.monitors.emplace_back();
  auto& x = loaded.monitors.front();
  x.record.id = id;
  x.record.org = org;
  x.record.spec = lasting(-1h);
  monitors.rows[id] = x;
  caf::anon_send(shard, std::move(loaded));
  settle();
  advance(20ms);
  CHECK(is_gone(id));
  CHECK(monitors.steps.back().events.at(0).type == event_type::monitor_expired);
}

TEST_CASE_METHOD(ephemeral_world, "an edit moves the end, and clearing it lets the monitor live") {
  auto id = add(lasting(60s));
  answer(verdict::up);
  advance(30s);
  auto later = clock.t + 2min;
  CHECK(edit(id, [&](auto& s) { s.expires_at = later; })->record.version == 2);
  advance(119s);
  CHECK_FALSE(is_gone(id));
  CHECK(edit(id, [](auto& s) { s.expires_at.reset(); }));
  advance(10min, 1s);
  CHECK_FALSE(is_gone(id));
  auto sooner = clock.t + 5s;
  CHECK(edit(id, [&](auto& s) { s.expires_at = sooner; }));
  advance(4990ms);
  CHECK_FALSE(is_gone(id));
  advance(20ms);
  CHECK(is_gone(id));
}

TEST_CASE_METHOD(ephemeral_world, "an end that is months away comes in its time") {
  auto spec = lasting(24h * 40);
  spec.paused = true;
  auto id = add(spec);
  advance(24h * 39, 1h);
  advance(24h - 1s, 1min);
  CHECK_FALSE(is_gone(id));
  advance(1s);
  CHECK(is_gone(id));
}

TEST_CASE_METHOD(ephemeral_world, "while the database takes nothing the monitor stays, and then it goes") {
  auto id = add(lasting(30s));
  answer(verdict::down, reason::connect_refused);
  advance(29s);
  monitors.refuses_expiry = true;
  advance(10s);
  CHECK_FALSE(is_gone(id));
  monitors.refuses_expiry = false;
  advance(1100ms);
  CHECK(is_gone(id));
}

TEST_CASE_METHOD(ephemeral_world,
                 "rules that have forgotten the monitor are known in their new form, and it is noted") {
  auto id = add(lasting(30s));
  answer(verdict::up);
  auto named = naming(id);
  advance(31s);
  REQUIRE(is_gone(id));
  auto now = *alerts.rule(org, named.id);
  CHECK(now.version == 2);
  CHECK(now.spec.monitor_ids.empty());
  CHECK_FALSE(now.spec.enabled);
  REQUIRE(monitors.forgetful.size() == 1);
  CHECK(monitors.forgetful[0].spec == now.spec);
  auto& noted = monitors.notes.back().consequences;
  REQUIRE(noted.size() == 1);
  CHECK(noted[0].resource == named.id.str());
  CHECK(noted[0].action == audit_action::update);
  CHECK(noted[0].actor == "system");
  CHECK(noted[0].version_from == 1);
  CHECK(noted[0].version_to == 2);
  CHECK(noted[0].patch.find("/enabled") != std::string::npos);
  CHECK(noted[0].patch.find("/monitor_ids") != std::string::npos);
  alerts.put(named); // late news of an older form
  CHECK_FALSE(alerts.rule(org, named.id)->spec.enabled);
}

TEST_CASE_METHOD(ephemeral_world, "a rule that was edited a moment ago forgets the monitor as it is then") {
  auto id = add(lasting(30s));
  answer(verdict::up);
  auto edited = naming(id);
  edited.version = 5;
  edited.spec.name = "edited";
  monitors.named_by = {edited}; // committed, and not told of yet
  advance(31s);
  REQUIRE(is_gone(id));
  CHECK(alerts.rule(org, edited.id)->version == 6);
  CHECK(alerts.rule(org, edited.id)->spec.name == "edited");
  CHECK(monitors.notes.back().consequences.at(0).version_from == 5);
}

TEST_CASE_METHOD(ephemeral_world, "a quarantined monitor goes in its time as well") {
  auto id = add(lasting(10min));
  probes.crash = true;
  advance(9min, 100ms);
  REQUIRE(counts.quarantined == 1);
  probes.crash = false;
  advance(2min, 100ms);
  CHECK(is_gone(id));
}

TEST_CASE_METHOD(ephemeral_world, "a paused one, and a job that waits for pings, end like any other") {
  auto spec = heartbeat_monitor(60s, 60s);
  spec.expires_at = clock.t + 30s;
  auto job = add(spec);
  auto paused = lasting(30s);
  paused.paused = true;
  auto id = add(paused);
  advance(31s);
  CHECK(is_gone(job));
  CHECK(is_gone(id));
}

TEST_CASE_METHOD(world, "a reset resolves what is open and begins again from pending") {
  auto id = add(http_monitor());
  answer(verdict::down, reason::connect_refused);
  advance(30s);
  auto open = view(id).runtime.open_incident;
  REQUIRE(open);
  auto reset = ask<monitor_view>(reset_monitor{org, id, {}, by<monitor_view>(), {}});
  REQUIRE(reset);
  CHECK(reset->runtime.state.status == monitor_status::pending);
  CHECK_FALSE(reset->runtime.open_incident);
  CHECK(reset->record.version == 1);
  CHECK(monitors.steps.back().incidents.at(0).resolved_by == "token:test");
  CHECK(monitors.rows[id].runtime.state.status == monitor_status::pending);
  answer(verdict::up);
  advance(30s);
  CHECK(view(id).runtime.state.status == monitor_status::up);
  CHECK(ask<monitor_view>(reset_monitor{org, id, 7, by<monitor_view>(), {}}).error().code == errc::stale);
  REQUIRE(edit(id, [](auto& s) { s.paused = true; }));
  CHECK(ask<monitor_view>(reset_monitor{org, id, {}, by<monitor_view>(), {}}).error().code == errc::conflict);
}

TEST_CASE_METHOD(world, "a reset heartbeat waits for its next ping, however late the last one is") {
  auto id = add(heartbeat_monitor(60s, 10s));
  CHECK(ping(id, ping_kind::success));
  advance(71s);
  REQUIRE(view(id).runtime.state.status == monitor_status::down);
  REQUIRE(ask<monitor_view>(reset_monitor{org, id, {}, by<monitor_view>(), {}}));
  advance(10min, 1s);
  CHECK(view(id).runtime.state.status == monitor_status::pending);
  CHECK(ping(id, ping_kind::success));
  CHECK(view(id).runtime.state.status == monitor_status::up);
}
