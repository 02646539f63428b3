#include <date/date.h>

#include "actors/maintenance_registry.hpp"
#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

struct fake_window_store final : maintenance_store {
  std::map<window_id, maintenance_window_record> rows;
  std::vector<maintenance_step> steps;
  bool away = false;

  void create(maintenance_window_record x, write_note, reply_to<maintenance_window_record> done) override {
    rows[x.id] = x;
    done(x);
  }
  void update(maintenance_window_record x, write_note, reply_to<maintenance_window_record> done) override {
    REQUIRE(rows.at(x.id).version == x.version - 1);
    rows[x.id] = x;
    done(x);
  }
  void remove(maintenance_step step, write_note, reply_to<void> done) override {
    rows.erase(step.window);
    steps.push_back(std::move(step));
    const status removed;
    done(removed);
  }
  void record(maintenance_step step, write_note, reply_to<void> done) override {
    if (away)
      return done(try_later(errc::unavailable, "The database is away."));
    if (step.ended_until)
      rows.at(step.window).ended_until = step.ended_until;
    steps.push_back(std::move(step));
    done({});
  }
  void load(window_id id, reply_to<loaded_window> done) override { done(loaded_window{rows.at(id), open_of(id)}); }

  std::vector<maintenance_stretch> history() const {
    std::map<uuid, maintenance_stretch> last;
    std::vector<uuid> order;
    for (const auto& step : steps)
      for (const auto& x : step.stretches) {
        if (!last.contains(x.id))
          order.push_back(x.id);
        last[x.id] = x;
      }
    std::vector<maintenance_stretch> all;
    for (const auto& id : order)
      all.push_back(last.at(id));
    return all;
  }
  std::vector<maintenance_stretch> open_of(window_id id) const {
    auto all = history();
    std::erase_if(all, [&](const auto& x) { return !x.open || x.window != id; });
    return all;
  }
  std::vector<event_type> events() const {
    std::vector<event_type> all;
    for (const auto& step : steps)
      for (const auto& e : step.events)
        all.push_back(e.type);
    return all;
  }
};

/// A monitor under a rule, and windows.
struct planned : world {
  fake_window_store windows;
  actors::maintenance_registry known;
  channel_id pager = add_channel("pager");
  rule_id rule = add_rule({pager});
  std::vector<event_type> told;

  planned() {
    deps.maintenance = {&windows, &known, [this](org_id o, const std::vector<monitor_id>& ids) {
                          for (auto id : ids)
                            caf::anon_send(shard, actors::rules_changed{o, id});
                          if (ids.empty())
                            caf::anon_send(shard, actors::maintenance_changed{o});
                        }};
    monitors.committed = [this](const transition& x) {
      for (const auto& d : x.deliveries)
        told.push_back(d.event.type);
    };
  }

  ~planned() {
    caf::anon_send_exit(shard, caf::exit_reason::user_shutdown);
    settle(); // while there is what its leaves look into
  }

  window_id plan(maintenance_window_spec spec) {
    actors::new_window m;
    m.record.id = window_id::make(clock.t);
    m.record.org = org;
    m.record.created_at = m.record.updated_at = clock.t;
    spec.name = "upgrade";
    m.record.spec = std::move(spec);
    auto made = ask<maintenance_window_view>(std::move(m));
    REQUIRE(made);
    return made->record.id;
  }
  window_id once(milliseconds from, milliseconds to, maintenance_mode mode = maintenance_mode::pause_checks) {
    maintenance_window_spec x;
    x.mode = mode;
    x.one_off = one_off_maintenance{clock.t + from, clock.t + to};
    return plan(std::move(x));
  }
  result<maintenance_window_view> change(window_id id, std::function<void(maintenance_window_spec&)> how) {
    edit_window m;
    m.org = org;
    m.id = id;
    m.edit = [how](const maintenance_window_spec& now) -> result<maintenance_window_spec> {
      auto next = now;
      how(next);
      return next;
    };
    return ask<maintenance_window_view>(std::move(m));
  }
  monitor_id up() {
    auto id = add(http_monitor());
    answer(verdict::up);
    advance(30s);
    REQUIRE(status_of(id) == monitor_status::up);
    return id;
  }
  monitor_status status_of(monitor_id id) { return view(id).runtime.state.status; }
  /// When the monitor came to this status.
  std::vector<timestamp> came_to(monitor_status x) const {
    std::vector<timestamp> all;
    for (const auto& step : monitors.steps)
      if (step.change && step.change->to == x)
        all.push_back(step.change->at);
    return all;
  }
};

using events = std::vector<event_type>;
constexpr auto opened = event_type::incident_opened;
constexpr auto resolved = event_type::incident_resolved;
constexpr auto started = event_type::maintenance_started;
constexpr auto ended = event_type::maintenance_ended;
constexpr auto quiet = maintenance_mode::suppress_alerts;

} // namespace

TEST_CASE_METHOD(planned, "checks pause from the beginning of a window to its end, to the millisecond") {
  auto id = up();
  auto t = clock.t;
  once(65s, 305s);
  advance(64s, 10ms);
  CHECK(status_of(id) == monitor_status::up);
  advance(1s + 10ms, 10ms);
  CHECK(status_of(id) == monitor_status::maintenance);
  auto asked = probes.asked;
  CHECK_FALSE(view(id).next_check_at);
  advance(239s, 10ms);
  CHECK(probes.asked == asked);
  CHECK(status_of(id) == monitor_status::maintenance);
  advance(1s, 10ms);
  CHECK(status_of(id) == monitor_status::pending);
  CHECK(view(id).next_check_at);
  advance(30s, 10ms);
  CHECK(status_of(id) == monitor_status::up);
  CHECK(came_to(monitor_status::maintenance) == std::vector{t + 65s});
  CHECK(came_to(monitor_status::pending) == std::vector{t + 305s});
  REQUIRE(windows.history().size() == 1);
  CHECK(windows.history()[0].from == t + 65s);
  CHECK(windows.history()[0].to == t + 305s);
  CHECK_FALSE(windows.history()[0].open);
  CHECK(windows.events() == events{started, ended});
  CHECK(told.empty());
}

TEST_CASE_METHOD(planned, "an incident that is open stays so, and the round after the window decides") {
  auto recovers = GENERATE(true, false);
  auto id = up();
  answer(verdict::down, reason::connect_refused);
  advance(30s);
  REQUIRE(told == events{opened});
  auto incident = view(id).runtime.open_incident;
  once(10s, 200s);
  advance(100s);
  CHECK(status_of(id) == monitor_status::maintenance);
  CHECK(view(id).runtime.open_incident == incident);
  answer(recovers ? verdict::up : verdict::down, reason::connect_refused);
  advance(101s, 10ms);
  CHECK(status_of(id) == monitor_status::down);
  advance(60s);
  CHECK(view(id).runtime.open_incident == (recovers ? std::nullopt : incident));
  CHECK(told == (recovers ? events{opened, resolved} : events{opened}));
}

TEST_CASE_METHOD(planned, "what fails in the quiet is told when it ends, and not before") {
  auto id = up();
  auto end = clock.t + 300s;
  once(-1s, 300s, quiet);
  answer(verdict::down, reason::connect_refused);
  advance(60s);
  CHECK(status_of(id) == monitor_status::down);
  auto& lines = monitors.steps.back().timeline;
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].kind == timeline_kind::muted);
  CHECK(lines[1].message.find("maintenance window upgrade until") != std::string::npos);
  advance(end - clock.t - 10ms, 10ms);
  CHECK(told.empty());
  advance(20ms, 10ms);
  CHECK(told == events{opened});
  answer(verdict::up);
  advance(60s);
  CHECK(told == events{opened, resolved});
}

TEST_CASE_METHOD(planned, "what is over before the quiet ends is told to nobody") {
  auto id = up();
  once(-1s, 3600s, quiet);
  answer(verdict::down, reason::connect_refused);
  advance(60s);
  answer(verdict::up);
  advance(3600s);
  CHECK(status_of(id) == monitor_status::up);
  CHECK(told.empty());
}

TEST_CASE_METHOD(planned, "a weekly window keeps its hour over a change of clocks") {
  using namespace date::literals;
  clock.t = timestamp{date::sys_days{2020_y / 3 / 20} + 12h};
  up();
  maintenance_window_spec x;
  x.time_zone = "Europe/Paris";
  x.weekly = weekly_maintenance{{weekday::sunday}, 150min, 3600s};
  plan(std::move(x));
  advance(std::chrono::hours{24 * 17}, 30s);
  // Half past two is not shown on the 29th.
  std::vector<timestamp> begun, over;
  for (const auto& h : windows.history()) {
    begun.push_back(h.from);
    over.push_back(h.to);
  }
  std::vector<timestamp> expected{date::sys_days{2020_y / 3 / 22} + 90min, date::sys_days{2020_y / 3 / 29} + 60min,
                                  date::sys_days{2020_y / 4 / 5} + 30min};
  CHECK(begun == expected);
  CHECK(came_to(monitor_status::maintenance) == expected);
  for (auto& t : expected)
    t += 1h;
  CHECK(over == expected);
  CHECK(came_to(monitor_status::pending) == expected);
  CHECK(windows.events() == events{started, ended, started, ended, started, ended});
}

TEST_CASE_METHOD(planned, "edits are in force at once, and cut what is written of the occurrence") {
  auto id = up();
  auto other = up();
  auto t = clock.t;
  auto window = once(-10s, 3600s);
  settle();
  CHECK(status_of(id) == monitor_status::maintenance);
  advance(100s);
  CHECK(change(window, [&](auto& x) { x.monitor_ids = {other}; }));
  settle();
  CHECK(status_of(id) == monitor_status::pending);
  CHECK(status_of(other) == monitor_status::maintenance);
  advance(100s);
  CHECK(change(window, [&](auto& x) { x.exclude_from_uptime = false; }));
  advance(100s);
  CHECK(change(window, [&](auto& x) { x.enabled = false; }));
  settle();
  CHECK(status_of(other) == monitor_status::pending);
  auto history = windows.history();
  REQUIRE(history.size() == 3);
  CHECK(history[0].from == t); // not before it was made
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(history[i].to == t + 100s * (i + 1));
    CHECK_FALSE(history[i].open);
  }
  CHECK(history[0].monitor_ids.empty());
  CHECK(history[1].monitor_ids == std::vector{other});
  CHECK_FALSE(history[2].exclude_from_uptime);
  CHECK(windows.events() == events{started, ended});
}

TEST_CASE_METHOD(planned, "an occurrence that is ended stays ended until its schedule changes") {
  auto id = up();
  auto window = once(-10s, 3600s);
  settle();
  auto over = ask<maintenance_window_view>(end_window{org, window, {}, {}, {}});
  REQUIRE(over);
  CHECK(over->state == maintenance_state::past);
  advance(60s);
  CHECK(status_of(id) == monitor_status::up);
  CHECK_FALSE(ask<maintenance_window_view>(end_window{org, window, {}, {}, {}}));
  CHECK(change(window, [](auto& x) { x.description = "done"; }));
  settle();
  CHECK(status_of(id) == monitor_status::up);
  CHECK(change(window, [](auto& x) { x.one_off->end_at += 1s; }));
  settle();
  CHECK(status_of(id) == monitor_status::maintenance);
  CHECK(windows.events() == events{started, ended, started});
}

TEST_CASE_METHOD(planned, "a window begins without the database, which hears of it afterwards") {
  auto id = up();
  windows.away = true;
  once(10s, 200s);
  advance(100s);
  CHECK(status_of(id) == monitor_status::maintenance);
  advance(150s);
  CHECK(status_of(id) == monitor_status::up);
  CHECK(windows.steps.empty());
  windows.away = false;
  advance(5s);
  CHECK(windows.events() == events{started, ended});
  REQUIRE(windows.history().size() == 1);
  CHECK_FALSE(windows.history()[0].open);
}

TEST_CASE_METHOD(planned, "a round that is under way when a window begins is given up") {
  auto id = up();
  once(31s, 600s);
  probes.silent = true;
  answer(verdict::down, reason::connect_refused);
  advance(30s);
  REQUIRE(probes.late.size() == 1);
  advance(2s);
  CHECK(status_of(id) == monitor_status::maintenance);
  probes.late.front()();
  settle();
  CHECK(status_of(id) == monitor_status::maintenance);
  CHECK_FALSE(view(id).runtime.open_incident);
  CHECK(told.empty());
}

TEST_CASE_METHOD(planned, "a job is not late for the time of a window") {
  auto id = add(heartbeat_monitor(600s, 60s));
  REQUIRE(ping(id, ping_kind::success));
  once(60s, 3600s);
  advance(3600s - 10ms, 10s);
  CHECK(status_of(id) == monitor_status::maintenance);
  advance(10ms + 599s, 1s); // sixty of its 660 seconds had passed
  CHECK(status_of(id) == monitor_status::pending);
  advance(2s, 1s);
  CHECK(status_of(id) == monitor_status::down);
  CHECK(told == events{opened});
}

TEST_CASE_METHOD(planned, "the clock jumps into a window and out of it") {
  auto id = up();
  auto t = clock.t;
  once(3600s, 7200s);
  jump(3700s);
  CHECK(status_of(id) == monitor_status::maintenance);
  jump(4000s);
  advance(60s);
  CHECK(status_of(id) == monitor_status::up);
  CHECK(came_to(monitor_status::maintenance) == std::vector{t + 3600s});
  CHECK(came_to(monitor_status::pending) == std::vector{t + 7200s});
}
