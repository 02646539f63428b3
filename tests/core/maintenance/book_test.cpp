#include "core/maintenance/book.hpp"

#include <catch2/catch.hpp>

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

constexpr timestamp t0{std::chrono::hours{24 * 365 * 56}};

struct shelf {
  maintenance_book book;
  monitor_id id = monitor_id::make(t0);
  monitor_spec monitor;

  maintenance_window_record& put(seconds from, seconds to, maintenance_mode mode) {
    auto x = std::make_shared<maintenance_window_record>();
    x->id = window_id::make(t0);
    x->spec.name = "w" + std::to_string(book.windows.size());
    x->spec.mode = mode;
    x->spec.one_off = one_off_maintenance{t0 + from, t0 + to};
    auto& kept = *x;
    book.windows.push_back({std::move(x), occurrence_at_or_after(kept, t0)});
    return kept;
  }
  monitor_maintenance at(seconds t) const { return maintenance_of(book, id, monitor, t0 + t); }
};

constexpr auto pauses = maintenance_mode::pause_checks;
constexpr auto hushes = maintenance_mode::suppress_alerts;

} // namespace

TEST_CASE("of several windows the one that ends last counts, of each effect") {
  shelf s;
  s.put(0s, 100s, pauses);
  s.put(50s, 200s, hushes);
  CHECK(s.at(0s).pause->name == "w0");
  CHECK(s.at(0s).quiet->to == t0 + 100s);
  CHECK(s.at(60s).pause->to == t0 + 100s);
  CHECK(s.at(60s).quiet->name == "w1");
  CHECK_FALSE(s.at(100s).pause);
  CHECK(s.at(199s).quiet);
  CHECK_FALSE(s.at(200s).quiet);
}

TEST_CASE("a window is for whom it names, for what it selects, or for all") {
  shelf s;
  auto& w = s.put(0s, 100s, pauses);
  s.monitor.tags = {"env:prod"};
  CHECK(s.at(0s).pause);
  w.spec.selector.tags = {"env:test"};
  CHECK_FALSE(s.at(0s).pause);
  w.spec.selector.tags = {"env:prod"};
  CHECK(s.at(0s).pause);
  w.spec.selector.tags = {};
  w.spec.monitor_ids = {monitor_id::make(t0)};
  CHECK_FALSE(s.at(0s).pause);
  w.spec.monitor_ids = {s.id};
  CHECK(s.at(0s).pause);
}

TEST_CASE("a window that is ended or not enabled does nothing, and says so") {
  maintenance_window_record w;
  w.spec.one_off = one_off_maintenance{t0, t0 + 100s};
  CHECK(view_of(w, t0 - 1s).state == maintenance_state::upcoming);
  CHECK(view_of(w, t0).state == maintenance_state::active);
  CHECK(view_of(w, t0).current == maintenance_occurrence{t0, t0 + 100s});
  CHECK_FALSE(view_of(w, t0).next);
  CHECK(view_of(w, t0 + 100s).state == maintenance_state::past);
  w.ended_until = t0 + 100s;
  CHECK(view_of(w, t0 + 1s).state == maintenance_state::past);
  w.ended_until.reset();
  w.spec.enabled = false;
  CHECK(view_of(w, t0).state == maintenance_state::disabled);
  CHECK_FALSE(occurrence_at_or_after(w, t0));
}

TEST_CASE("what was is told by what is written of it") {
  shelf s;
  maintenance_window_record w;
  w.spec.exclude_from_uptime = true;
  s.book.recent.push_back(stretch_of(w, {t0, t0 + 50s}, t0));
  w.spec.exclude_from_uptime = false;
  s.book.recent.push_back(stretch_of(w, {t0 + 60s, t0 + 70s}, t0));
  w.spec.monitor_ids = {monitor_id::make(t0)};
  s.book.recent.push_back(stretch_of(w, {t0 + 80s, t0 + 90s}, t0));
  auto planned = planned_for(s.book, s.id, s.monitor);
  REQUIRE(planned.size() == 1);
  CHECK(planned[0].from == t0);
  CHECK(planned[0].to == t0 + 50s);
  CHECK(last_pause_end(s.book, s.id, s.monitor, t0 + 100s) == t0 + 70s);
  CHECK(last_pause_end(s.book, s.id, s.monitor, t0 + 65s) == t0 + 50s);
  CHECK_FALSE(last_pause_end(s.book, s.id, s.monitor, t0));
}

TEST_CASE("an occurrence that was ended early is shown as it was") {
  shelf s;
  auto& w = s.put(0s, 100s, pauses);
  auto planned = std::vector<maintenance_occurrence>{{t0, t0 + 100s}, {t0 + 200s, t0 + 300s}};
  auto stretch = stretch_of(w, planned.front(), t0);
  auto shown = [&](std::optional<timestamp> ended, seconds from, seconds now) {
    return as_they_were(planned, {stretch}, ended, t0 + from, t0 + now);
  };
  CHECK(shown({}, 0s, 50s) == planned); // it is under way
  stretch.to = t0 + 40s;
  stretch.open = false;
  auto ended = planned;
  ended.front().to = t0 + 40s;
  CHECK(shown(t0 + 100s, 0s, 50s) == ended);
  CHECK(shown(t0 + 100s, 45s, 50s) == std::vector{planned.back()}); // over before anybody asked
  CHECK(shown({}, 0s, 150s) == ended);                              // long ago, whatever was ended since
  CHECK(shown(t0 + 100s, 0s, 250s).back() == planned.back());       // one that nothing is known of stays as planned
}

TEST_CASE("the last stretch of an occurrence counts") {
  shelf s;
  auto& w = s.put(0s, 100s, pauses);
  std::vector<maintenance_occurrence> planned{{t0, t0 + 100s}};
  auto first = stretch_of(w, {t0, t0 + 20s}, t0), second = stretch_of(w, {t0 + 20s, t0 + 60s}, t0);
  first.open = second.open = false;
  CHECK(as_they_were(planned, {first, second}, {}, t0, t0 + 500s).front().to == t0 + 60s);
}

TEST_CASE("an occurrence is past, active or upcoming") {
  maintenance_occurrence x{t0 + 10s, t0 + 20s};
  CHECK(state_of(x, t0) == maintenance_state::upcoming);
  CHECK(state_of(x, t0 + 10s) == maintenance_state::active);
  CHECK(state_of(x, t0 + 20s) == maintenance_state::past);
}
