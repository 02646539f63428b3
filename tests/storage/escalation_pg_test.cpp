#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

struct ladders : store_world {
  channel_record hook = channel();

  ladders() { REQUIRE(create(hook)); }

  escalation_policy_record policy(const std::string& name = "Night") {
    escalation_policy_record x;
    x.id = policy_id::make(clock.now());
    x.org = org;
    x.created_at = x.updated_at = clock.now();
    x.spec.name = name;
    x.spec.steps = {{"one", 0s, {{escalation_target_type::channel, hook.id}}, step_strategy::all}};
    return x;
  }

  result<escalation_policy_record> save(const escalation_policy_record& x) {
    return ask<escalation_policy_record>([&](auto done) { store->policies().create(x, {}, done); });
  }
  result<escalation_policy_record> change(const escalation_policy_record& x) {
    return ask<escalation_policy_record>([&](auto done) { store->policies().update(x, {}, done); });
  }
  status remove(const escalation_policy_record& x) {
    return ask<void>([&](auto done) { store->policies().remove(org, x.id, {}, done); });
  }
  std::vector<escalation> live(policy_id id) {
    auto x = ask<std::vector<escalation>>([&](auto done) { store->policies().live(id, done); });
    REQUIRE(x);
    return *x;
  }

  /// Opens an incident that climbs the policy.
  transition climbing(const monitor_record& m, const escalation_policy_record& p, bool snapshot = true) {
    auto t = opening(m, 1, {});
    escalation e;
    e.id = escalation_id::make(clock.now());
    e.org = org;
    e.incident = t.incidents[0].id;
    e.monitor = m.id;
    e.policy = p.id;
    e.next = escalation_place{0, "one", 0};
    e.due_at = clock.now() + 5min;
    e.moved_at = clock.now();
    e.turn = 7;
    if (snapshot)
      e.snapshot = std::make_shared<const escalation_policy_spec>(p.spec);
    t.incidents[0].escalations = {e};
    return t;
  }

  /// The same incident with its ladder changed.
  transition after(const transition& t, std::int64_t version, escalation_state state) {
    auto x = t;
    x.change.reset();
    x.timeline.clear();
    x.events.clear();
    x.runtime.sequence += version;
    x.incidents[0].sequence += version;
    auto& e = x.incidents[0].escalations[0];
    e.version = version;
    e.state = state;
    e.last = e.next;
    if (state != escalation_state::running)
      e.due_at.reset();
    return x;
  }
};

} // namespace

TEST_CASE_METHOD(ladders, "a policy comes back as it was written, by id and in lists, and to its organisation alone") {
  auto p = policy();
  p.spec.key = "night";
  p.spec.description = "For the night.";
  p.spec.repeat = {std::nullopt, 60s};
  p.spec.ack_timeout = 30min;
  p.spec.on_no_one = on_no_one::wait;
  p.spec.in_flight = in_flight::live;
  REQUIRE(save(p));
  auto found = ask<escalation_policy_record>([&](auto done) { store->policies().load(p.id, done); });
  REQUIRE(found);
  CHECK(found->spec == p.spec);
  auto list = [&](org_id of, policy_query q) {
    auto x = ask<page<escalation_policy_record>>([&](auto done) { store->queries().policies(of, q, {}, done); });
    REQUIRE(x);
    return x->rows.size();
  };
  policy_query by_text;
  by_text.q = "THE NIGHT";
  CHECK(list(org, {}) == 1);
  CHECK(list(org, by_text) == 1);
  CHECK(list(stranger, {}) == 0);
  auto keys = ask<std::vector<uuid>>([&](auto done) {
    store->queries().ids_by_key(org, keyed_noun::escalation_policy, {"night", "day"}, done);
  });
  REQUIRE(keys);
  CHECK((*keys)[0] == p.id.value);
  CHECK((*keys)[1].is_nil());
}

TEST_CASE_METHOD(ladders, "a target that is not there is named by its place, and nothing is written") {
  auto p = policy();
  p.spec.steps.push_back(
      {"two",
       60s,
       {{escalation_target_type::channel, hook.id}, {escalation_target_type::channel, channel_id::make(clock.now())}},
       step_strategy::all});
  auto refused = save(p);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::invalid);
  REQUIRE(refused.error().violations.size() == 1);
  CHECK(refused.error().violations[0].pointer == "/steps/1/targets/1/id");
  CHECK(number("SELECT count(*) FROM escalation_policies") == 0);
}

TEST_CASE_METHOD(ladders, "a channel that a policy names cannot be deleted, until the policy names it no more") {
  auto p = policy();
  REQUIRE(save(p));
  auto remove_hook = [&] { return ask<void>([&](auto done) { store->channels().remove(org, hook.id, {}, done); }); };
  auto blocked = remove_hook();
  REQUIRE_FALSE(blocked);
  CHECK(blocked.error().blocked_by == std::vector{p.id.str()});
  auto other = channel("other");
  REQUIRE(create(other));
  p.spec.steps[0].targets[0].id = other.id.value;
  ++p.version;
  REQUIRE(change(p));
  CHECK(remove_hook());
  CHECK(change(p).error().code == errc::stale);
}

TEST_CASE_METHOD(ladders, "a rule names a policy that is there, which stays as long as it does") {
  auto p = policy();
  auto r = rule({hook.id});
  r.spec.escalation_policy_id = p.id;
  auto refused = create(r);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().violations.at(0).pointer == "/escalation_policy_id");
  REQUIRE(save(p));
  REQUIRE(create(r));
  auto blocked = remove(p);
  REQUIRE_FALSE(blocked);
  CHECK(blocked.error().code == errc::conflict);
  CHECK(blocked.error().blocked_by == std::vector{r.id.str()});
  r.spec.escalation_policy_id.reset();
  ++r.version;
  REQUIRE(ask<alert_rule_record>([&](auto done) { store->rules().update(r, {}, done); }));
  CHECK(remove(p));
  CHECK(remove(p).error().code == errc::not_found);
}

TEST_CASE_METHOD(ladders, "an escalation is written with its incident, comes back with the monitor and to its policy") {
  auto m = monitor();
  auto p = policy();
  REQUIRE(create(m));
  REQUIRE(save(p));
  auto t = climbing(m, p);
  REQUIRE(commit(t));
  auto mine = live(p.id);
  REQUIRE(mine.size() == 1);
  const auto& wanted = t.incidents[0].escalations[0];
  CHECK(mine[0].id == wanted.id);
  CHECK(mine[0].due_at == wanted.due_at);
  CHECK(mine[0].next == wanted.next);
  CHECK_FALSE(mine[0].last);
  CHECK(mine[0].turn == 7);
  REQUIRE(mine[0].snapshot);
  CHECK(*mine[0].snapshot == p.spec);
  auto loaded = load(m.id);
  REQUIRE(loaded);
  REQUIRE(loaded->open_incidents.size() == 1);
  REQUIRE(loaded->open_incidents.at(0).escalations.size() == 1);
  CHECK(loaded->open_incidents.at(0).escalations[0].next == wanted.next);
  incident_query q;
  auto shown = ask<page<incident>>([&](auto done) { store->queries().incidents(org, q, {}, done); });
  REQUIRE(shown);
  CHECK(shown->rows.at(0).escalations.size() == 1);
}

TEST_CASE_METHOD(ladders, "an escalation changes only to a higher version, however often a step is written") {
  auto m = monitor();
  auto p = policy();
  REQUIRE(create(m));
  REQUIRE(save(p));
  auto t = climbing(m, p, false);
  REQUIRE(commit(t));
  auto told = after(t, 2, escalation_state::running);
  auto over = after(t, 3, escalation_state::ended);
  REQUIRE(commit(told));
  REQUIRE(commit(over));
  REQUIRE(commit(told)); // in doubt, and written once more
  REQUIRE(commit(t));
  CHECK(live(p.id).empty());
  CHECK(number("SELECT version FROM escalations") == 3);
  CHECK(number("SELECT count(*) FROM escalations WHERE state = 'ended' AND last_key = 'one' AND snapshot IS NULL") ==
        1);
}

TEST_CASE_METHOD(ladders, "one that is begun again comes back with the steps, the rule and the urgency of then") {
  auto m = monitor();
  REQUIRE(create(m));
  auto p = policy();
  REQUIRE(save(p));
  auto t = climbing(m, p);
  REQUIRE(commit(t));
  REQUIRE(commit(after(t, 2, escalation_state::ended)));
  auto again = after(t, 3, escalation_state::running);
  auto& row = again.incidents[0].escalations[0];
  auto steps = p.spec;
  steps.steps[0].key = "other";
  row.snapshot = std::make_shared<const escalation_policy_spec>(steps);
  row.rule = rule_id::make(clock.now());
  row.turn = 8;
  row.urgency = urgency::low;
  REQUIRE(commit(again));
  auto found = live(p.id);
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].snapshot);
  CHECK(*found[0].snapshot == steps);
  CHECK(found[0].rule == row.rule);
  CHECK(found[0].turn == 8);
  CHECK(found[0].urgency == urgency::low);
}

TEST_CASE_METHOD(ladders, "a policy that an open incident climbs cannot be deleted") {
  auto m = monitor();
  auto p = policy();
  REQUIRE(create(m));
  REQUIRE(save(p));
  auto t = climbing(m, p);
  REQUIRE(commit(t));
  auto blocked = remove(p);
  REQUIRE_FALSE(blocked);
  CHECK(blocked.error().blocked_by == std::vector{t.incidents[0].id.str()});
  REQUIRE(commit(after(t, 2, escalation_state::ended)));
  CHECK(remove(p));
}

TEST_CASE_METHOD(ladders, "a start brings policies with their turns, before any monitor") {
  auto m = monitor();
  auto p = policy();
  REQUIRE(create(m));
  REQUIRE(save(p));
  REQUIRE(commit(climbing(m, p)));
  std::vector<std::string> seen;
  startup_visitor v;
  v.policy = [&](escalation_policy_record x, std::int64_t turn) {
    CHECK(x.spec == p.spec);
    seen.push_back("policy " + std::to_string(turn));
  };
  v.monitor = [&](loaded_monitor x) {
    seen.push_back("monitor " + std::to_string(x.open_incidents.at(0).escalations.size()));
  };
  REQUIRE(store->load(v));
  CHECK(seen == std::vector<std::string>{"policy 7", "monitor 1"});
}

TEST_CASE_METHOD(ladders, "the configuration has policies beside the rest") {
  auto p = policy();
  REQUIRE(save(p));
  auto all = ask<configuration>([&](auto done) { store->queries().configured(org, done); });
  REQUIRE(all);
  CHECK(all->escalation_policies.size() == 1);
  CHECK(
      ask<configuration>([&](auto done) { store->queries().configured(stranger, done); })->escalation_policies.empty());
}
