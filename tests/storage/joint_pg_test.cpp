#include <atomic>

#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

struct owner {
  std::shared_ptr<std::promise<status>> promise = std::make_shared<std::promise<status>>();
  std::future<status> answer = promise->get_future();

  template <class T>
  reply_to<T> reply() {
    return reply_to<T>{[p = promise](const result<T>& x) { p->set_value(x ? status{} : status{fail(x.error())}); }};
  }
  status get() {
    REQUIRE(answer.wait_for(30s) == std::future_status::ready);
    return answer.get();
  }
};

} // namespace

TEST_CASE_METHOD(store_world, "writes of several owners take effect together") {
  auto old = monitor("old");
  REQUIRE(create(old));
  auto edited = old;
  edited.version = 2;
  edited.spec.name = "renamed";
  auto fresh = monitor("fresh", "fresh.key");
  auto hook = channel();
  auto named = rule({hook.id}, {fresh.id}); // of what the same transaction makes
  auto joint = store->together().join(4);
  owner owners[4];
  std::atomic<int> arrived{0};
  auto part = [&](std::size_t n) { return joint->part(n, [&] { ++arrived; }); };
  part(3)->rules().create(named, {}, owners[3].reply<alert_rule_record>());
  part(0)->channels().create(hook, {}, owners[0].reply<channel_record>());
  part(1)->monitors().create(fresh, {}, owners[1].reply<monitor_record>());
  part(2)->monitors().update(edited, std::nullopt, {}, owners[2].reply<monitor_record>());
  CHECK(arrived == 4);
  CHECK(number("SELECT count(*) FROM channels") == 0);

  SECTION("when all guards are met") {
    joint->write(false);
    for (auto& x : owners)
      CHECK(x.get());
    CHECK(number("SELECT count(*) FROM channels") == 1);
    CHECK(number("SELECT count(*) FROM monitors WHERE version = 2 AND name = 'renamed'") == 1);
    CHECK(number("SELECT count(*) FROM alert_rule_monitors") == 1);
  }
  SECTION("or not at all when one guard is not met, and only its owner hears why") {
    auto meanwhile = edited;
    meanwhile.spec.name = "meanwhile";
    REQUIRE(ask<monitor_record>([&](auto done) { store->monitors().update(meanwhile, std::nullopt, {}, done); }));
    joint->write(false);
    CHECK(owners[2].get().error().code == errc::stale);
    for (auto n : {0, 1, 3})
      CHECK(is_not_applied(owners[n].get().error()));
    CHECK(number("SELECT count(*) FROM channels") == 0);
    CHECK(number("SELECT count(*) FROM monitors") == 1);
    CHECK(number("SELECT count(*) FROM monitors WHERE name = 'meanwhile'") == 1);
  }
  SECTION("or as if, when it is a rehearsal") {
    joint->write(true);
    for (auto& x : owners)
      CHECK(x.get());
    CHECK(number("SELECT count(*) FROM monitors WHERE name = 'old'") == 1);
    CHECK(number("SELECT count(*) FROM monitors") == 1);
    CHECK(number("SELECT count(*) FROM channels") == 0);
  }
  SECTION("or never, once given up, and whoever comes late hears it too") {
    joint->abandon({errc::unavailable, "Too late.", {}, 1s, {}});
    for (auto& x : owners)
      CHECK(x.get().error().code == errc::unavailable);
    owner late;
    part(0)->channels().create(hook, {}, late.reply<channel_record>());
    CHECK(late.get().error().code == errc::unavailable);
    CHECK(number("SELECT count(*) FROM channels") == 0);
  }
}

TEST_CASE_METHOD(store_world, "a write that is refused whole costs its neighbours in the batch nothing") {
  auto taken = monitor("taken", "the.key");
  REQUIRE(create(taken));
  std::vector<owner> single(50);
  auto joint = store->together().join(2);
  owner first, second;
  joint->part(0, [] {})->monitors().create(monitor("a", "free"), {}, first.reply<monitor_record>());
  joint->part(1, [] {})->monitors().create(monitor("b", "the.key"), {}, second.reply<monitor_record>());
  for (std::size_t i = 0; i < single.size(); ++i) {
    if (i == 25)
      joint->write(false);
    store->monitors().create(monitor("single"), {}, single[i].reply<monitor_record>());
  }
  CHECK(is_not_applied(first.get().error()));
  CHECK(second.get().error().code == errc::conflict);
  for (auto& x : single)
    CHECK(x.get());
  CHECK(number("SELECT count(*) FROM monitors") == 51);
}

TEST_CASE_METHOD(store_world, "what nobody wrote or gave up is let go with the last reference") {
  owner held;
  auto joint = store->together().join(1);
  joint->part(0, [] {})->monitors().create(monitor("a"), {}, held.reply<monitor_record>());
  joint.reset();
  CHECK(held.get().error().code == errc::unavailable);
}

TEST_CASE_METHOD(store_world, "everything configured is read as of one moment") {
  auto m = monitor("shop", "shop");
  auto c = channel();
  REQUIRE(create(m));
  REQUIRE(create(c));
  REQUIRE(create(rule({c.id}, {m.id})));
  auto all = ask<configuration>([&](auto done) { store->queries().configured(org, done); });
  REQUIRE(all);
  CHECK(all->monitors.size() == 1);
  CHECK(all->monitors.front().spec == m.spec);
  CHECK(all->channels.front().spec == c.spec);
  CHECK(all->alert_rules.size() == 1);
  auto none = ask<configuration>([&](auto done) { store->queries().configured(stranger, done); });
  CHECK((none && none->monitors.empty() && none->channels.empty() && none->alert_rules.empty()));
}

TEST_CASE_METHOD(store_world, "keys lead to ids within one organisation") {
  auto m = monitor("shop", "shop");
  REQUIRE(create(m));
  auto find = [&](org_id of, std::vector<std::string> keys) {
    return *ask<std::vector<uuid>>(
        [&](auto done) { store->queries().ids_by_key(of, keyed_noun::monitor, keys, done); });
  };
  CHECK(find(org, {"none", "shop", "none"}) == std::vector<uuid>{{}, m.id.value, {}});
  CHECK(find(stranger, {"shop"}) == std::vector<uuid>{{}});
}
