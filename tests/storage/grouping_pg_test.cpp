#include <algorithm>

#include <catch2/catch.hpp>

#include "store_world.hpp"

using namespace gochron;
using namespace gochron::test;

namespace {

/// A monitor and a channel, and incidents whose deliveries wait for their group.
struct outbox : store_world {
  monitor_record m = monitor();
  channel_record c = channel();
  std::int64_t count = 0;

  outbox() {
    REQUIRE(create(m));
    REQUIRE(create(c));
  }
  /// An incident whose delivery is of `group` and due after `wait`.
  delivery owe(const std::string& group, milliseconds wait) {
    auto t = opening(m, ++count, {c.id});
    t.deliveries[0].group = group;
    t.deliveries[0].next_attempt_at = clock.now() + wait;
    REQUIRE(commit(t));
    return t.deliveries[0];
  }
  /// The next event of the same incident.
  delivery follow(const delivery& first, const std::string& group, milliseconds wait) {
    auto t = opening(m, ++count, {c.id});
    t.change.reset();
    t.events[0].incident = first.event.incident;
    t.events[0].sequence = 2;
    t.deliveries[0].event = t.events[0];
    t.deliveries[0].group = group;
    t.deliveries[0].next_attempt_at = clock.now() + wait;
    REQUIRE(commit(t));
    return t.deliveries[0];
  }
  std::vector<delivery_id> ids(const std::vector<delivery_id>& except = {}) {
    std::vector<delivery_id> all;
    for (auto& d : due(c.id, except))
      all.push_back(d.id);
    return all;
  }
};

using list = std::vector<delivery_id>;

} // namespace

TEST_CASE_METHOD(outbox, "when the first of a group is due all of it is, in the order in which it was made") {
  auto a = owe("g", 30s);
  clock.advance(1s);
  auto b = owe("g", 30s);
  auto other = owe("h", 30s);
  auto alone = owe("", 0s);
  CHECK(ids() == list{alone.id});
  clock.advance(29s);
  auto found = due(c.id);
  REQUIRE(found.size() == 3);
  CHECK(found[0].id == alone.id);
  CHECK(found[1].id == a.id);
  CHECK(found[1].group == "g");
  CHECK(found[2].id == b.id);
  auto later = ask<due_deliveries>([&](auto done) {
    store->channels().due(org, c.id, clock.now(), 9, {alone.id, a.id, b.id}, done);
  });
  REQUIRE(later);
  CHECK(later->rows.empty());
  CHECK(later->next_due == other.next_attempt_at);
}

TEST_CASE_METHOD(outbox, "an incident's events go together in their order, or not at all") {
  auto first = owe("g", 10s);
  clock.advance(1s);
  auto over = follow(first, "g", 10s);
  auto apart = owe("", 60s);
  clock.advance(1s);
  auto behind = follow(apart, "g", 10s); // its opening is not of the group, and has not gone
  clock.advance(8s);
  CHECK(ids() == list{first.id, over.id});
  CHECK(ids({first.id}).empty()); // in flight: what follows waits
  clock.advance(60s);
  auto all = ids();
  CHECK(std::ranges::find(all, behind.id) == all.end());
  CHECK(std::ranges::find(all, apart.id) != all.end());
}

TEST_CASE_METHOD(outbox, "a page cuts the wait of its opening short, and of what goes with that") {
  auto first = owe("g", 60s);
  clock.advance(1s);
  auto alike = owe("g", 60s);
  auto apart = owe("h", 60s);
  CHECK(ids().empty());
  clock.advance(1s);
  auto page = follow(first, "", 0s);
  CHECK(ids() == list{first.id, alike.id});
  CHECK(ids({first.id, alike.id}).empty()); // in its order still
  auto later = ask<due_deliveries>([&](auto done) {
    store->channels().due(org, c.id, clock.now(), 9, {first.id, alike.id}, done);
  });
  REQUIRE(later);
  CHECK(later->next_due == apart.next_attempt_at);
}

TEST_CASE_METHOD(outbox, "what has failed goes again when it is due, and not before since others are") {
  auto tried = owe("g", 0s);
  auto failed = outcome(tried, 1, 500);
  failed.next_attempt_at = clock.now() + 5min;
  REQUIRE(record(failed));
  clock.advance(1s);
  auto fresh = owe("g", 10s);
  clock.advance(10s);
  CHECK(ids() == list{fresh.id});
  clock.advance(5min);
  CHECK(ids() == list{tried.id, fresh.id});
}

TEST_CASE_METHOD(outbox, "the incident of a rule comes back with its rule") {
  auto t = opening(m, ++count, {c.id});
  auto rule = rule_id::make(clock.now());
  t.incidents.at(0).rule = rule;
  t.incidents.at(0).cause.code = reason::rule_condition;
  REQUIRE(commit(t));
  auto found = load(m.id);
  REQUIRE(found->open_incidents.size() == 1);
  CHECK(found->open_incidents[0].rule == rule);
  CHECK(found->open_incidents[0].cause.code == reason::rule_condition);
}
