#include <random>
#include <set>

#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

page<channel_record> list(store_world& w, const channel_query& q, const page_request& p) {
  auto x = w.ask<page<channel_record>>([&](auto done) { w.store->queries().channels(w.org, q, p, done); });
  REQUIRE(x);
  return std::move(*x);
}

channel_record named(store_world& w, int number) {
  w.clock.advance(1ms);
  return w.channel("hook " + std::to_string(number));
}

} // namespace

TEST_CASE_METHOD(store_world, "in every order, what survives is seen exactly once while rows come and go") {
  auto sort = static_cast<list_sort>(GENERATE(range(0, 6)));
  std::mt19937 dice{static_cast<std::uint32_t>(sort)};
  std::vector<channel_record> alive;
  for (int i = 0; i < 20; ++i) {
    alive.push_back(named(*this, static_cast<int>(dice() % 10))); // names twice, too
    REQUIRE(create(alive.back()));
  }
  std::set<channel_id> survivors;
  for (const auto& x : alive)
    survivors.insert(x.id);
  std::vector<channel_id> seen;
  channel_query q;
  q.sort = sort;
  page_request p{3, {}};
  for (int step = 0; step < 100; ++step) {
    auto found = list(*this, q, p);
    for (const auto& x : found.rows)
      seen.push_back(x.id);
    if (!found.next)
      break;
    p.after = found.next;
    if (step >= 5)
      continue;
    auto victim = dice() % alive.size();
    REQUIRE(ask<void>([&](auto done) { store->channels().remove(org, alive[victim].id, {}, done); }));
    survivors.erase(alive[victim].id);
    alive.erase(alive.begin() + static_cast<std::ptrdiff_t>(victim));
    REQUIRE(create(named(*this, static_cast<int>(dice() % 10))));
  }
  std::set<channel_id> once(seen.begin(), seen.end());
  CHECK(once.size() == seen.size());
  CHECK(std::ranges::includes(once, survivors));
}

TEST_CASE_METHOD(store_world, "lists of channels and rules know text, key, state and time") {
  auto first = channel("First"), second = channel("Second 100%");
  first.spec.key = "first";
  second.spec.enabled = false;
  clock.advance(1h);
  second.updated_at = clock.now();
  REQUIRE(create(first));
  REQUIRE(create(second));
  auto ids = [&](const channel_query& q) {
    std::vector<channel_id> found;
    for (const auto& x : list(*this, q, {}).rows)
      found.push_back(x.id);
    return found;
  };
  using ids_of = std::vector<channel_id>;
  CHECK(ids({{{}, "FIRST", {}, {}, {}}, {}, {}}) == ids_of{first.id});
  CHECK(ids({{{}, "hooks.example", {}, {}, {}}, {}, {}}).size() == 2);
  CHECK(ids({{{}, "0%", {}, {}, {}}, {}, {}}) == ids_of{second.id});
  CHECK(ids({{{}, {}, "first", {}, {}}, {}, {}}) == ids_of{first.id});
  CHECK(ids({{{}, {}, {}, clock.now(), {}}, {}, {}}) == ids_of{second.id});
  CHECK(ids({{{}, {}, {}, {}, list_sort::name_desc}, {channel_type::webhook}, {}}) == ids_of{second.id, first.id});
  CHECK(ids({{{}, {}, {}, {}, {}}, {}, true}) == ids_of{first.id});
  auto wake = rule({first.id});
  wake.spec.key = "wake";
  REQUIRE(create(wake));
  rule_query by_key;
  by_key.key = "wake";
  by_key.q = "SOMEONE";
  by_key.enabled = true;
  auto rules = ask<page<alert_rule_record>>([&](auto done) { store->queries().rules(org, by_key, {}, done); });
  REQUIRE(rules->rows.size() == 1);
  CHECK(rules->rows[0].spec.key == "wake");
}

TEST_CASE_METHOD(store_world, "a key belongs to one channel and one rule of an organisation") {
  auto owner = channel("owner"), other = channel("other");
  owner.spec.key = other.spec.key = "the.key";
  REQUIRE(create(owner));
  auto taken = create(other);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == errc::conflict);
  CHECK(taken.error().violations.front().pointer == "/key");
  other.spec.key.reset();
  REQUIRE(create(other));
  other.spec.key = "the.key";
  ++other.version;
  auto update = ask<channel_record>([&](auto done) { store->channels().update(other, {}, done); });
  CHECK(update.error().code == errc::conflict);
  auto first = rule({}), second = rule({});
  first.spec.key = second.spec.key = "the.key"; // another noun's
  REQUIRE(create(first));
  CHECK(create(second).error().code == errc::conflict);
  second.spec.key = "free";
  REQUIRE(create(second));
  second.spec.key = "the.key";
  ++second.version;
  auto moved = ask<alert_rule_record>([&](auto done) { store->rules().update(second, {}, done); });
  CHECK(moved.error().code == errc::conflict);
}
