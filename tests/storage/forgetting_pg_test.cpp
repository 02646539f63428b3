#include "storage/housekeeping/forgetting.hpp"
#include "store_world.hpp"

using namespace gochron;
using namespace std::chrono_literals;

namespace {

constexpr auto days = [](int n) { return std::chrono::days{n}; };

/// Two monitors with an incident each, told to one channel, and the attempts at that.
struct forgetting_world : test::store_world {
  monitor_record first = monitor("first"), second = monitor("second");
  channel_record hook = channel();
  transition one = opening(first, 1, {hook.id}), two = opening(second, 2, {hook.id});

  forgetting_world() {
    REQUIRE(create(first));
    REQUIRE(create(second));
    REQUIRE(create(hook));
    REQUIRE(commit(one));
    REQUIRE(commit(two));
  }

  void deliver() {
    for (auto& d : due(hook.id))
      REQUIRE(record(outcome(d, 1, 200)));
  }
  void resolve(const transition& x) {
    auto step = x;
    step.incidents[0].state = incident_state::resolved;
    step.incidents[0].resolved_at = clock.now();
    step.incidents[0].resolved_by = "system";
    step.runtime.sequence += 1;
    step.change.reset();
    step.timeline.clear();
    step.events.clear();
    step.deliveries.clear();
    REQUIRE(commit(step));
  }
  void forget(timestamp now, storage::retention kept = {}) { REQUIRE(storage::forget(*sql(), now, kept)); }
  std::int64_t count(const std::string& table) { return number("SELECT count(*) FROM " + table); }
};

} // namespace

TEST_CASE_METHOD(forgetting_world, "an incident resolved long ago goes, with all that belongs to it and nothing else") {
  deliver();
  resolve(one);
  forget(start + days(400));
  CHECK(count("incidents") == 2);
  forget(start + days(401));
  CHECK(count("incidents") == 1);
  CHECK(count("incident_timeline") == 1);
  CHECK(count("events") == 1);
  CHECK(count("deliveries") == 1);
  CHECK(number("SELECT count(*) FROM events e JOIN incidents i ON i.id = e.incident_id WHERE i.number = 2") == 1);
  CHECK(number("SELECT count(*) FROM deliveries d JOIN incidents i ON i.id = d.incident_id WHERE i.number = 2") == 1);
  forget(start + days(4000)); // the other one is open
  CHECK(count("incidents") == 1);
}

TEST_CASE_METHOD(forgetting_world, "an incident stays while somebody is still to be told of it") {
  resolve(one);
  forget(start + days(500));
  CHECK(count("incidents") == 2);
  CHECK(count("deliveries") == 2);
  deliver();
  forget(start + days(500));
  CHECK(count("incidents") == 1);
}

TEST_CASE_METHOD(forgetting_world, "what is owed to a channel that is gone keeps no incident") {
  REQUIRE(ask<void>([&](auto done) { store->channels().remove(org, hook.id, {}, done); }));
  auto late = one; // decided before that
  late.change.reset();
  late.timeline.clear();
  late.events.clear();
  late.deliveries[0].id = delivery_id::make(clock.now());
  REQUIRE(commit(late));
  CHECK(number("SELECT count(*) FROM deliveries WHERE state = 'pending'") == 1);
  resolve(one);
  forget(start + days(500));
  CHECK(count("incidents") == 1);
}

TEST_CASE_METHOD(forgetting_world, "numbers of incidents are not given twice, whatever is forgotten") {
  deliver();
  resolve(one);
  resolve(two);
  forget(start + days(500));
  CHECK(count("incidents") == 1);
  std::int64_t last = 0;
  startup_visitor visit;
  visit.last_incident_number = [&](org_id, std::int64_t n) { last = n; };
  REQUIRE(store->load(visit));
  CHECK(last == 2);
}

TEST_CASE_METHOD(forgetting_world, "attempts go sooner than their delivery, those of a pending one do not") {
  auto owed = due(hook.id);
  REQUIRE(owed.size() == 2);
  REQUIRE(record(outcome(owed[0], 1, 200)));
  REQUIRE(record(outcome(owed[1], 1, 503)));
  forget(start + days(90));
  CHECK(count("delivery_attempts") == 2);
  forget(start + days(91));
  CHECK(count("delivery_attempts") == 1);
  CHECK(count("deliveries") == 2);
}

TEST_CASE_METHOD(forgetting_world, "events of no incident go by their own time") {
  event test{
      event_id::make(start), org, event_type::channel_test, {}, 0, start, std::make_shared<const std::string>("{}")};
  delivery d;
  d.id = delivery_id::make(start);
  d.org = org;
  d.channel = hook.id;
  d.event = test;
  d.created_at = start;
  d.next_attempt_at = start;
  REQUIRE(ask<void>([&](auto done) { store->channels().enqueue(test, {d}, done); }));
  forget(start + days(401));
  CHECK(count("events") == 3);
  deliver();
  forget(start + days(401));
  CHECK(count("events") == 2);
  CHECK(count("deliveries") == 2);
}

TEST_CASE_METHOD(forgetting_world, "a long past is forgotten in pieces, each round some of it") {
  REQUIRE(sql()->execute(R"(
    INSERT INTO incidents SELECT gen_random_uuid(), org_id, 100 + g, title, 'resolved', severity, monitor_id,
      monitor_name, cause_code, cause_message, started_at, opened_at, NULL, '', NULL, opened_at, 'system', 2, '{}'
    FROM incidents, generate_series(1, 20500) g WHERE number = 1)"));
  forget(start + days(401));
  CHECK(count("incidents") == 502);
  forget(start + days(401));
  CHECK(count("incidents") == 3); // the open ones, and the one with the highest number
}

TEST_CASE_METHOD(forgetting_world, "a plan may keep less than the installation, and never more") {
  deliver();
  resolve(one);
  forget(start + days(61));
  CHECK(count("incidents") == 2);
  REQUIRE(sql()->execute("UPDATE organizations SET plan = 'free'"));
  forget(start + days(60));
  CHECK(count("incidents") == 2);
  forget(start + days(61));
  CHECK(count("incidents") == 1);
  CHECK(count("events") == 1);
  REQUIRE(sql()->execute("UPDATE plans SET history_days = 4000"));
  resolve(two);
  forget(start + days(401));
  CHECK(count("incidents") == 1); // the highest number stays, whatever its age
}
