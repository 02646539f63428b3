#include "core/opening_hold.hpp"

#include <map>

#include <catch2/catch.hpp>

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

monitor_id mon(std::uint8_t n) {
  monitor_id x;
  x.value.bytes[15] = n;
  return x;
}

constexpr timestamp t0{std::chrono::hours{24 * 365 * 50}};

/// Monitor 1, every minute, depends on 2 unless said otherwise. What is known of the others is in `facts`.
struct family {
  monitor_spec child;
  std::map<monitor_id, parent_facts> facts;
  std::optional<timestamp> failing_at = t0;
  bool recovering = false;
  int looked_up = 0;

  family() { depends_on({mon(2)}); }
  void depends_on(std::vector<monitor_id> ids) { child.depends_on = std::move(ids); }

  parent_facts& well(std::uint8_t n, timestamp seen_at) {
    return facts[mon(n)] = {mon(n), "parent " + std::to_string(n), true, false, seen_at, t0 - 24h, 70s, {}};
  }
  parent_facts& failing(std::uint8_t n) {
    auto& x = well(n, t0);
    x.failing = true;
    return x;
  }
  std::optional<opening_hold> at(timestamp now) {
    looked_up = 0;
    dependent_incident x{child, t0, failing_at, recovering, now};
    return held_by_parents(x, [&](const monitor_id& id) {
      ++looked_up;
      auto it = facts.find(id);
      return it == facts.end() ? nullptr : std::make_shared<const parent_facts>(it->second);
    });
  }
};

void check(const std::optional<opening_hold>& x, hold_reason why, std::uint8_t parent, std::optional<timestamp> until) {
  REQUIRE(x);
  CHECK(x->why == why);
  CHECK(x->parent == mon(parent));
  CHECK(x->until == until);
}

} // namespace

TEST_CASE_METHOD(family, "a monitor that depends on nothing is told at once") {
  child.depends_on = {};
  failing(2);
  CHECK_FALSE(at(t0));
}

TEST_CASE_METHOD(family, "a failing parent forbids, whenever it began to fail and however long it lasts") {
  for (auto seen : {t0 - 1h, t0, t0 + 1h}) {
    failing(2).seen_at = seen;
    check(at(t0), hold_reason::parent_failing, 2, std::nullopt);
    check(at(t0 + 24h), hold_reason::parent_failing, 2, std::nullopt);
  }
}

TEST_CASE_METHOD(family, "a parent that was seen well since the failure began does not forbid") {
  well(2, t0);
  CHECK_FALSE(at(t0));
  well(2, t0 + 1ms);
  CHECK_FALSE(at(t0 + 1ms));
}

TEST_CASE_METHOD(family, "a parent that was not looked at since is waited for, as long as a look takes from t0") {
  well(2, t0 - 1ms);
  check(at(t0), hold_reason::parent_unknown, 2, t0 + 70s);
  check(at(t0 + 69999ms), hold_reason::parent_unknown, 2, t0 + 70s);
  CHECK_FALSE(at(t0 + 70s));
  facts[mon(2)].seen_at.reset();
  check(at(t0), hold_reason::parent_unknown, 2, t0 + 70s);
}

TEST_CASE_METHOD(family, "of a parent that has not said anything yet something is still to come") {
  check(at(t0 + 1h), hold_reason::parent_unknown, 2, t0 + 1h + 1s);
}

TEST_CASE_METHOD(family, "a parent that nobody watches explains nothing, and is not waited for") {
  auto& parent = failing(2);
  parent.watched = parent.failing = false;
  parent.well_since = t0 + 10s;
  CHECK_FALSE(at(t0 + 10s));
}

TEST_CASE_METHOD(family, "a heartbeat's silence is judged at its deadline: it is not waited for") {
  well(2, t0 - 1h).patience = 0s;
  CHECK_FALSE(at(t0));
}

TEST_CASE_METHOD(family, "any of several parents forbids, and the first to look at says when to look again") {
  depends_on({mon(2), mon(3), mon(4)});
  well(2, t0);
  well(3, t0 - 1s).patience = 90s;
  well(4, t0 - 1s).patience = 30s;
  check(at(t0), hold_reason::parent_unknown, 4, t0 + 30s);
  check(at(t0 + 30s), hold_reason::parent_unknown, 3, t0 + 90s);
  failing(4);
  check(at(t0), hold_reason::parent_failing, 4, std::nullopt);
}

TEST_CASE_METHOD(family, "behind a parent that is not known to be well its own parents forbid") {
  struct row {
    const char* what;
    bool watched;
    timestamp seen_at;
    bool forbids;
  };
  const row table[] = {{"seen well since: it vouches for what is behind it", true, t0, false},
                       {"not looked at since", true, t0 - 1s, true},
                       {"paused", false, t0, true}};
  for (const auto& x : table) {
    INFO(x.what);
    auto& parent = well(2, x.seen_at);
    parent.watched = x.watched;
    parent.parents = {mon(3)};
    failing(3);
    auto held = at(t0);
    CHECK(held.has_value() == x.forbids);
    if (held)
      check(held, hold_reason::parent_failing, 3, std::nullopt);
  }
}

TEST_CASE_METHOD(family, "after a parent's recovery it takes one more failing round of our own") {
  well(2, t0 + 10min).well_since = t0 + 10min;
  failing_at = t0 + 9min + 59s;
  check(at(t0 + 10min), hold_reason::parent_recovered, 2, t0 + 10min + 130s);
  failing_at = t0 + 10min;
  CHECK_FALSE(at(t0 + 10min));
  failing_at.reset(); // we have started since: our last round is forgotten
  check(at(t0 + 10min), hold_reason::parent_recovered, 2, t0 + 10min + 130s);
  CHECK_FALSE(at(t0 + 10min + 130s)); // no round came of it
}

TEST_CASE_METHOD(family, "who is confirming its own recovery behind a recovered parent has time for that") {
  child.success_threshold = 3;
  child.recovery = 100s;
  well(2, t0 + 10min).well_since = t0 + 10min;
  failing_at = t0 + 10min;
  recovering = true;
  check(at(t0 + 11min), hold_reason::parent_recovered, 2, t0 + 10min + 130s + 100s + 120s);
  CHECK_FALSE(at(t0 + 10min + 350s));
  recovering = false; // a bad round
  CHECK_FALSE(at(t0 + 11min));
}

TEST_CASE_METHOD(family, "a parent that recovered before the failure began is no reason to wait") {
  well(2, t0).well_since = t0;
  failing_at.reset();
  CHECK_FALSE(at(t0));
}

TEST_CASE_METHOD(family, "each ancestor is looked up once, even in a circle, and not without end") {
  auto& a = well(2, t0 - 1h);
  a.parents = {mon(3), mon(4)};
  auto& b = well(3, t0 - 1h);
  b.parents = {mon(4), mon(2)};
  auto& c = well(4, t0 - 1h);
  c.parents = {mon(2)};
  at(t0);
  CHECK(looked_up == 3);

  facts.clear();
  std::vector<monitor_id> many(5000);
  for (std::size_t i = 0; i < many.size(); ++i) {
    many[i].value.bytes[14] = static_cast<std::uint8_t>(i >> 8);
    many[i].value.bytes[15] = static_cast<std::uint8_t>(i);
    many[i].value.bytes[0] = 1;
  }
  well(2, t0 - 1h).parents = many;
  CHECK(at(t0));
  CHECK(looked_up <= 5001);
}

TEST_CASE("a look takes an interval and a round with all its attempts, between one minute and five") {
  monitor_spec x;
  CHECK(patience_of(x) == 70s);
  x.retry = {2, 5s};
  CHECK(patience_of(x) == 100s);
  x.interval = 86400s;
  CHECK(patience_of(x) == 5min);
  x.interval = 1s;
  x.retry = {};
  CHECK(patience_of(x) == 1min);
  x.check = heartbeat_check{};
  CHECK(patience_of(x) == 0s);
}

TEST_CASE("what a monitor's state says to those who depend on it") {
  struct row {
    monitor_status status;
    transition_kind transition;
    bool watched, failing;
  };
  using s = monitor_status;
  using t = transition_kind;
  const row table[] = {{s::up, t::none, true, false},       {s::up, t::confirming_down, true, true},
                       {s::pending, t::none, true, false},  {s::pending, t::confirming_down, true, true},
                       {s::down, t::none, true, true},      {s::down, t::confirming_up, true, true},
                       {s::degraded, t::none, true, false}, {s::unknown, t::none, true, false},
                       {s::paused, t::none, false, false},  {s::maintenance, t::none, false, false}};
  monitor_spec spec;
  spec.name = "router";
  spec.depends_on = std::vector{mon(9)};
  for (const auto& x : table) {
    check_state state;
    state.status = x.status;
    state.transition = x.transition;
    auto facts = facts_of(mon(1), spec, state, t0, t0 - 1h);
    INFO(static_cast<int>(x.status) << ' ' << static_cast<int>(x.transition));
    CHECK(facts == parent_facts{mon(1), "router", x.watched, x.failing, t0, t0 - 1h, 70s, {mon(9)}});
  }
}

TEST_CASE("those who wait are freed by news, and not by the same failure seen again") {
  parent_facts well{mon(1), "x", true, false, t0, t0 - 1h, 70s, {}};
  auto failing = well, later = well, paused = well, still = well, renamed = well;
  failing.failing = still.failing = true;
  still.seen_at = t0 + 1min;
  later.seen_at = t0 + 1min;
  paused.watched = false;
  renamed.name = "y";
  CHECK(frees(well, failing));
  CHECK(frees(failing, well));
  CHECK(frees(well, later));
  CHECK(frees(failing, paused));
  CHECK_FALSE(frees(failing, still));
  CHECK_FALSE(frees(well, well));
  CHECK_FALSE(frees(well, renamed));
}

TEST_CASE("an opening is held when there were more changes than are told, and until it has lasted") {
  monitor_spec x;
  const auto opened = t0 + 5s;
  auto change = [](timestamp at, monitor_status from, monitor_status to) { return status_step{at, from, to}; };
  constexpr auto up = monitor_status::up, down = monitor_status::down, paused = monitor_status::paused;
  std::vector<status_step> calm{}, once{change(t0 - 10min, up, down), change(t0 - 9min, down, up)};
  std::vector<status_step> old{change(t0 - 70min, up, down), change(t0 - 69min, down, up)};
  std::vector<status_step> by_hand{change(t0 - 10min, down, paused),
                                   change(t0 - 9min, paused, monitor_status::pending)};
  auto after = once;
  after.push_back(change(t0, up, down));                      // the opening itself, once it is committed
  CHECK_FALSE(held_by_flapping(x, once, t0, opened, opened)); // not asked for
  x.flap = flap_policy{2, 1h, 5min};
  CHECK_FALSE(held_by_flapping(x, calm, t0, opened, opened));
  CHECK_FALSE(held_by_flapping(x, old, t0, opened, opened));
  CHECK_FALSE(held_by_flapping(x, by_hand, t0, opened, opened));
  opening_hold held{hold_reason::flapping, std::nullopt, {}, opened + 5min};
  CHECK(held_by_flapping(x, once, t0, opened, opened) == held);
  CHECK(held_by_flapping(x, after, t0, opened, opened + 4min + 59s) == held);
  CHECK_FALSE(held_by_flapping(x, after, t0, opened, opened + 5min));
  x.flap->changes = 3;
  CHECK_FALSE(held_by_flapping(x, after, t0, opened, opened));
}

TEST_CASE("the timeline says why nobody is told") {
  CHECK(held_message({hold_reason::parent_failing, mon(2), "Core router", std::nullopt}) ==
        "Nobody is told: it depends on Core router, which fails.");
  CHECK(held_message({hold_reason::parent_unknown, mon(2), "Core router", t0}) ==
        "It depends on Core router, which is looked at before anybody is told.");
  CHECK(held_message({hold_reason::parent_unknown, mon(2), {}, t0}) ==
        "It depends on " + mon(2).str() + ", which is looked at before anybody is told.");
  CHECK(held_message({hold_reason::flapping, std::nullopt, {}, timestamp{1772366400000ms}}) ==
        "Flapping: told when it has been down until 2026-03-01T12:00:00.000Z.");
}
