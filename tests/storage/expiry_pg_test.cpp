#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

struct expiry_world : store_world {
  using rules = std::vector<alert_rule_record>;

  transition last_step(const monitor_record& m) {
    transition t;
    t.org = m.org;
    t.monitor = m.id;
    t.events.push_back({event_id::make(clock.now()),
                        m.org,
                        event_type::monitor_expired,
                        {},
                        0,
                        clock.now(),
                        std::make_shared<const std::string>("{}")});
    return t;
  }

  result<rules> expire(org_id of, const monitor_record& m) {
    return ask<rules>([&](auto done) { store->monitors().expire(of, m.id, last_step(m), {}, done); });
  }

  alert_rule_record stored(rule_id id) {
    rule_query wanted;
    wanted.ids = {id};
    auto found = ask<page<alert_rule_record>>([&](auto done) { store->queries().rules(org, wanted, {}, done); });
    REQUIRE(found);
    REQUIRE(found->rows.size() == 1);
    return found->rows.front();
  }
};

} // namespace

TEST_CASE_METHOD(expiry_world, "an end that was configured comes back as it was written") {
  auto m = monitor("brief");
  m.spec.expires_at = clock.now() + 90min + 7ms;
  REQUIRE(create(m));
  auto found = load(m.id);
  REQUIRE(found);
  CHECK(found->record.spec == m.spec);
  CHECK(*found->record.spec.expires_at == clock.now() + 90min + 7ms);
}

TEST_CASE_METHOD(expiry_world, "an expired monitor goes with its event, and no rule is in the way") {
  auto brief = monitor("brief"), other = monitor("other");
  REQUIRE(create(brief));
  REQUIRE(create(other));
  auto alone = rule({}, {brief.id}), both = rule({}, {brief.id, other.id}), elsewhere = rule({}, {other.id});
  for (auto* x : {&alone, &both, &elsewhere})
    REQUIRE(create(*x));
  clock.advance(1min);
  auto changed = expire(org, brief);
  REQUIRE(changed);
  REQUIRE(changed->size() == 2);
  CHECK(load(brief.id).error().code == errc::not_found);
  CHECK(number("SELECT count(*) FROM monitor_state") == 1);
  CHECK(number("SELECT count(*) FROM monitor_purges") == 1);
  CHECK(number("SELECT count(*) FROM events WHERE type = 'monitor.expired'") == 1);
  CHECK(number("SELECT count(*) FROM alert_rule_monitors") == 2);

  auto left = stored(both.id);
  CHECK(left.spec.monitor_ids == std::vector{other.id});
  CHECK(left.spec.enabled);
  CHECK(left.version == 2);
  CHECK(left.updated_at == clock.now());
  auto off = stored(alone.id);
  CHECK(off.spec.monitor_ids.empty());
  CHECK_FALSE(off.spec.enabled); // in force it would now be about every monitor
  CHECK(stored(elsewhere.id).version == 1);
  for (auto& x : *changed)
    CHECK(x.spec == stored(x.id).spec);
  CHECK(number("SELECT count(*) FROM alert_rules WHERE enabled") == 2);

  CHECK(expire(org, brief).error().code == errc::not_found);
  CHECK(number("SELECT count(*) FROM events") == 1);
}

TEST_CASE_METHOD(expiry_world, "nobody lets a monitor of another organisation expire") {
  auto m = monitor("brief");
  REQUIRE(create(m));
  auto r = rule({}, {m.id});
  REQUIRE(create(r));
  CHECK(expire(stranger, m).error().code == errc::not_found);
  CHECK(load(m.id));
  CHECK(stored(r.id).version == 1);
  CHECK(number("SELECT count(*) FROM events") == 0);
}

TEST_CASE_METHOD(expiry_world, "a rule that is edited meanwhile keeps the edit") {
  auto brief = monitor("brief"), other = monitor("other");
  REQUIRE(create(brief));
  REQUIRE(create(other));
  auto r = rule({}, {brief.id, other.id});
  REQUIRE(create(r));
  auto somebody = sql();
  REQUIRE(somebody->execute("BEGIN; UPDATE alert_rules SET version = 2, spec = spec || '{\"name\": \"edited\"}'"));
  auto waiting = std::make_shared<std::promise<result<rules>>>();
  auto answer = waiting->get_future();
  store->monitors().expire(org, brief.id, last_step(brief), {},
                           reply_to<rules>{[waiting](result<rules> x) { waiting->set_value(std::move(x)); }});
  CHECK(answer.wait_for(150ms) == std::future_status::timeout);
  REQUIRE(somebody->execute("COMMIT"));
  auto changed = answer.get();
  REQUIRE(changed);
  REQUIRE(changed->size() == 1);
  CHECK(changed->front().version == 3);
  CHECK(changed->front().spec.name == "edited");
  CHECK(changed->front().spec.monitor_ids == std::vector{other.id});
}
