#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

struct plans : store_world {
  maintenance_window_record window(const std::string& name = "upgrade") {
    maintenance_window_record x;
    x.id = window_id::make(clock.now());
    x.org = org;
    x.created_at = x.updated_at = clock.now();
    x.spec.name = name;
    x.spec.rrule = rrule_maintenance{"FREQ=MONTHLY;BYDAY=-1SU", local_seconds{1'772'000'000s}, 3600s, {}};
    return x;
  }
  result<maintenance_window_record> save(const maintenance_window_record& x) {
    return ask<maintenance_window_record>([&](auto done) { store->windows().create(x, {}, done); });
  }
  result<maintenance_window_record> change(const maintenance_window_record& x) {
    return ask<maintenance_window_record>([&](auto done) { store->windows().update(x, {}, done); });
  }
  status record(const maintenance_step& x) {
    return ask<void>([&](auto done) { store->windows().record(x, {}, done); });
  }
  status remove(const maintenance_step& x) {
    return ask<void>([&](auto done) { store->windows().remove(x, {}, done); });
  }
  status remove(const monitor_record& x) {
    return ask<void>([&](auto done) { store->monitors().remove(org, x.id, std::nullopt, {}, done); });
  }
  loaded_window load(window_id id) {
    auto x = ask<loaded_window>([&](auto done) { store->windows().load(id, done); });
    REQUIRE(x);
    return *x;
  }
  maintenance_stretch stretch(const maintenance_window_record& w, milliseconds from, milliseconds to) {
    maintenance_stretch x;
    x.id = make_uuid(clock.now());
    x.org = org;
    x.window = w.id;
    x.name = w.spec.name;
    x.from = clock.now() + from;
    x.to = clock.now() + to;
    return x;
  }
  maintenance_step step(const maintenance_window_record& w, std::vector<maintenance_stretch> xs) {
    return {org, w.id, std::move(xs), {}, {}};
  }
  std::vector<observation_gap> planned(const monitor_record& m) {
    auto x = ask<status_history>(
        [&](auto done) { store->queries().history(org, m.id, clock.now() - 24h, clock.now() + 24h, done); });
    REQUIRE(x);
    return x->planned;
  }
  std::size_t planned_count(const monitor_record& m) { return planned(m).size(); }
};

} // namespace

TEST_CASE_METHOD(plans, "a window comes back as it was written, by id and in lists, and to its organisation alone") {
  auto w = window();
  w.spec.key = "upgrade";
  w.spec.description = "Version 16.";
  w.spec.selector.tags = {"env:prod"};
  w.spec.mode = maintenance_mode::suppress_alerts;
  w.spec.exclude_from_uptime = false;
  w.spec.time_zone = "Europe/Paris";
  w.spec.rrule->exclude = {w.spec.rrule->start};
  REQUIRE(save(w));
  CHECK(load(w.id).record.spec == w.spec);
  auto list = [&](org_id of, window_query q) {
    auto x = ask<page<maintenance_window_record>>([&](auto done) { store->queries().windows(of, q, {}, done); });
    REQUIRE(x);
    return x->rows.size();
  };
  CHECK(list(org, {}) == 1);
  CHECK(list(stranger, {}) == 0);
  window_query paused;
  paused.modes = {maintenance_mode::pause_checks};
  CHECK(list(org, paused) == 0);
  window_query text;
  text.q = "VERSION";
  text.enabled = true;
  CHECK(list(org, text) == 1);
  auto twin = window("twin");
  twin.spec.key = "upgrade";
  auto refused = save(twin);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::conflict);
}

TEST_CASE_METHOD(plans, "monitors that are named must exist, and stay while they are") {
  auto m = monitor();
  REQUIRE(create(m));
  auto w = window();
  w.spec.monitor_ids = {m.id, monitor_id::make(clock.now())};
  auto refused = save(w);
  REQUIRE_FALSE(refused);
  REQUIRE(refused.error().violations.size() == 1);
  CHECK(refused.error().violations[0].pointer == "/monitor_ids/1");
  w.spec.monitor_ids = {m.id};
  REQUIRE(save(w));
  auto kept = remove(m);
  REQUIRE_FALSE(kept);
  CHECK(kept.error().blocked_by == std::vector{w.id.str()});
  ++w.version;
  w.spec.monitor_ids = {};
  REQUIRE(change(w));
  CHECK(remove(m));
}

TEST_CASE_METHOD(plans, "a monitor whose time is over leaves, and its window can be edited nevertheless") {
  auto m = monitor();
  REQUIRE(create(m));
  auto w = window();
  w.spec.monitor_ids = {m.id};
  REQUIRE(save(w));
  transition last;
  last.org = org;
  last.monitor = m.id;
  auto gone = ask<expiry>([&](auto done) { store->monitors().expire(org, m.id, last, {}, {}, done); });
  REQUIRE(gone);
  CHECK(gone->done);
  ++w.version;
  w.spec.name = "renamed";
  CHECK(change(w));
  ++w.version;
  w.spec.monitor_ids.push_back(monitor_id::make(clock.now()));
  auto refused = change(w);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().violations[0].pointer == "/monitor_ids/1");
}

TEST_CASE_METHOD(plans, "what happened is written once, replaced by its id, and outlives the window") {
  auto m = monitor();
  REQUIRE(create(m));
  auto w = window();
  REQUIRE(save(w));
  auto one = stretch(w, -60s, 60s);
  REQUIRE(record(step(w, {one})));
  REQUIRE(record(step(w, {one})));
  REQUIRE(load(w.id).open.size() == 1);
  CHECK(load(w.id).open[0] == one);
  one.open = false;
  one.to = clock.now();
  auto two = stretch(w, 0s, 60s);
  REQUIRE(record(step(w, {one, two})));
  CHECK(load(w.id).open == std::vector{two});
  two.open = false;
  REQUIRE(remove(step(w, {two})));
  auto found = planned(m);
  REQUIRE(found.size() == 2);
  CHECK(found[0].from == one.from);
  CHECK(found[0].to == one.to);
  auto missing = record(step(w, {}));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == errc::not_found);
}

TEST_CASE_METHOD(plans, "what was planned is for whom it was planned") {
  auto m = monitor();
  m.spec.tags = {"env:prod", "web"};
  REQUIRE(create(m));
  auto w = window();
  REQUIRE(save(w));
  auto count = [&](std::function<void(maintenance_stretch&)> how) {
    auto before = planned_count(m);
    auto x = stretch(w, 60s, 120s);
    x.open = false;
    how(x);
    REQUIRE(record(step(w, {x})));
    return planned_count(m) - before;
  };
  CHECK(count([](auto&) {}) == 1);
  CHECK(count([&](auto& x) { x.monitor_ids = {m.id}; }) == 1);
  CHECK(count([&](auto& x) { x.monitor_ids = {monitor_id::make(clock.now())}; }) == 0);
  CHECK(count([](auto& x) { x.selector.tags = {"web"}; }) == 1);
  CHECK(count([](auto& x) { x.selector.tags = {"web", "other"}; }) == 0);
  CHECK(count([](auto& x) { x.selector.types = {monitor_type::http}; }) == 1);
  CHECK(count([](auto& x) { x.selector.types = {monitor_type::tcp}; }) == 0);
  CHECK(count([](auto& x) { x.exclude_from_uptime = false; }) == 0);
  CHECK(count([&](auto& x) {
          x.to = clock.now() - 25h;
          x.from = x.to - 1h;
        }) == 0);
}

TEST_CASE_METHOD(plans, "the start finds windows with what they have under way, and what has just ended") {
  auto w = window();
  REQUIRE(save(w));
  auto over = stretch(w, -120s, -60s);
  over.open = false;
  auto open = stretch(w, -30s, 60s);
  auto step_of_both = step(w, {over, open});
  step_of_both.ended_until = clock.now() + 1h;
  REQUIRE(record(step_of_both));
  startup_visitor visit;
  std::vector<loaded_window> windows;
  std::vector<maintenance_stretch> last;
  visit.window = [&](loaded_window x) { windows.push_back(std::move(x)); };
  visit.stretch = [&](maintenance_stretch x) { last.push_back(std::move(x)); };
  REQUIRE(store->load(visit));
  REQUIRE(windows.size() == 1);
  CHECK(windows[0].record.ended_until == clock.now() + 1h);
  CHECK(windows[0].open == std::vector{open});
  CHECK(last == std::vector{over});
}
