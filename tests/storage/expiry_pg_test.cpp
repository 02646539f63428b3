#include "core/alert_matching.hpp"
#include "core/audit_entries.hpp"
#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

struct expiry_world : store_world {
  using rules = std::vector<alert_rule_record>;

  /// As they will be without the monitor.
  static rules without(rules all, const monitor_record& m, timestamp at) {
    for (auto& x : all)
      x = core::without(x, m.id, at);
    return all;
  }
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

  result<expiry> expire(org_id of, const monitor_record& m, rules named = {}) {
    write_note note;
    for (auto& x : named)
      note.consequences.push_back(core::entry_of({}, audit_action::update, clock.now(), &x, &x));
    auto forgetful = without(named, m, clock.now());
    return ask<expiry>([&](auto done) { store->monitors().expire(of, m.id, last_step(m), forgetful, note, done); });
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
  auto expired = expire(org, brief, {both, alone});
  REQUIRE(expired);
  CHECK(expired->done);
  CHECK(number("SELECT count(*) FROM audit_log WHERE resource_type = 'alert_rule'") == 2);
  CHECK(number("SELECT count(*) FROM events WHERE position > 0") == 1); // it has its place in the feed
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

TEST_CASE_METHOD(expiry_world, "where other rules name the monitor than was said nothing is done, and they are told") {
  auto brief = monitor("brief"), other = monitor("other");
  REQUIRE(create(brief));
  REQUIRE(create(other));
  auto named = rule({}, {brief.id}), elsewhere = rule({}, {other.id});
  REQUIRE(create(named));
  REQUIRE(create(elsewhere));
  auto older = named;
  --older.version;
  for (auto& said : {rules{}, rules{elsewhere}, rules{older}, rules{named, elsewhere}}) {
    auto x = expire(org, brief, said);
    REQUIRE(x);
    CHECK_FALSE(x->done);
    REQUIRE(x->named_by.size() == 1);
    CHECK(x->named_by[0].id == named.id);
    CHECK(x->named_by[0].spec == named.spec);
  }
  CHECK(load(brief.id));
  CHECK(stored(named.id).version == 1);
  CHECK(stored(elsewhere.id).version == 1);
  CHECK(number("SELECT count(*) FROM events") + number("SELECT count(*) FROM audit_log") == 0);
  CHECK(expire(org, brief, {named})->done);
}

TEST_CASE_METHOD(expiry_world, "a rule that is edited meanwhile keeps the edit") {
  auto brief = monitor("brief"), other = monitor("other");
  REQUIRE(create(brief));
  REQUIRE(create(other));
  auto r = rule({}, {brief.id, other.id});
  REQUIRE(create(r));
  auto somebody = sql();
  REQUIRE(somebody->execute("BEGIN; UPDATE alert_rules SET version = 2, spec = spec || '{\"name\": \"edited\"}'"));
  auto waiting = std::make_shared<std::promise<result<expiry>>>();
  auto answer = waiting->get_future();
  store->monitors().expire(org, brief.id, last_step(brief), without({r}, brief, clock.now()), {},
                           reply_to<expiry>{[waiting](result<expiry> x) { waiting->set_value(std::move(x)); }});
  CHECK(answer.wait_for(150ms) == std::future_status::timeout);
  REQUIRE(somebody->execute("COMMIT"));
  auto refused = answer.get();
  REQUIRE(refused);
  CHECK_FALSE(refused->done);
  REQUIRE(refused->named_by.size() == 1);
  CHECK(refused->named_by[0].version == 2); // as it is, not as it was when the statement began
  CHECK(refused->named_by[0].spec.name == "edited");
  CHECK(expire(org, brief, refused->named_by)->done);
  CHECK(stored(r.id).version == 3);
  CHECK(stored(r.id).spec.name == "edited");
  CHECK(stored(r.id).spec.monitor_ids == std::vector{other.id});
}
