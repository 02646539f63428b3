#include <algorithm>
#include <set>

#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

result<page<monitor_id>> list(store_world& w, org_id org, monitor_query q = {}, page_request p = {}) {
  return w.ask<page<monitor_id>>([&](auto done) { w.store->queries().monitors(org, q, p, done); });
}

result<monitor_record> update(store_world& w, monitor_record x, std::optional<transition> step = {}) {
  return w.ask<monitor_record>([&](auto done) { w.store->monitors().update(x, step, {}, done); });
}

status remove(store_world& w, org_id org, monitor_id id, std::optional<transition> step = {}) {
  return w.ask<void>([&](auto done) { w.store->monitors().remove(org, id, step, {}, done); });
}

} // namespace

TEST_CASE_METHOD(store_world,
                 "a monitor comes back as it was written, and its secret is not readable in the database") {
  auto x = monitor("shop", "shop-1");
  x.spec.tags = {"env:prod", "team \"a\", {b}"};
  x.spec.description = "line\nbreak, Ünïcode, \\ and '";
  REQUIRE(create(x));
  auto found = load(x.id);
  REQUIRE(found);
  CHECK(found->record.spec == x.spec);
  CHECK(found->record.created_at == x.created_at);
  CHECK(found->record.version == 1);
  CHECK(found->runtime.state.status == monitor_status::pending);
  CHECK(number("SELECT count(*) FROM monitors WHERE spec::text LIKE '%very secret%' "
               "OR encode(sealed, 'escape') LIKE '%very secret%'") == 0);
}

TEST_CASE_METHOD(store_world, "an edit takes effect only on the version it was made from") {
  auto x = monitor();
  REQUIRE(create(x));
  x.version = 2;
  x.spec.name = "renamed";
  REQUIRE(update(*this, x));
  x.spec.name = "too late";
  auto stale = update(*this, x);
  REQUIRE_FALSE(stale);
  CHECK(stale.error().code == errc::stale);
  CHECK(load(x.id)->record.spec.name == "renamed");
  auto unknown = update(*this, monitor("nobody"));
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == errc::not_found);
}

TEST_CASE_METHOD(store_world, "a stale edit changes nothing of the step that came with it") {
  auto x = monitor();
  REQUIRE(create(x));
  auto step = opening(x, 1, {});
  x.version = 5;
  auto stale = update(*this, x, step);
  REQUIRE_FALSE(stale);
  CHECK(stale.error().code == errc::stale);
  CHECK(load(x.id)->runtime.sequence == 0);
  CHECK(number("SELECT count(*) FROM incidents") == 0);
  x.version = 2;
  REQUIRE(update(*this, x, step));
  CHECK(load(x.id)->runtime.state.status == monitor_status::down);
  CHECK(number("SELECT count(*) FROM incidents") == 1);
}

TEST_CASE_METHOD(store_world, "a taken key is a conflict inside a busy batch, and its neighbours are written") {
  REQUIRE(create(monitor("first", "key")));
  std::vector<std::future<result<monitor_record>>> answers;
  for (int i = 0; i < 50; ++i) {
    auto promise = std::make_shared<std::promise<result<monitor_record>>>();
    answers.push_back(promise->get_future());
    auto x = monitor("m", i == 25 ? std::optional<std::string>{"key"} : std::nullopt);
    store->monitors().create(x, {}, reply_to<monitor_record>{[promise](auto y) { promise->set_value(std::move(y)); }});
  }
  for (std::size_t i = 0; i < answers.size(); ++i) {
    auto y = answers[i].get();
    CHECK(y.has_value() == (i != 25));
    if (!y)
      CHECK(y.error().code == errc::conflict);
  }
  auto other = monitor("other");
  REQUIRE(create(other));
  other.version = 2;
  other.spec.key = "key";
  auto taken = update(*this, other);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == errc::conflict);
}

TEST_CASE_METHOD(store_world,
                 "edits of many monitors at once keep to their own, and one of two gets a key they both want") {
  std::vector<monitor_record> all;
  for (int i = 0; i < 40; ++i)
    REQUIRE(create(all.emplace_back(monitor("m" + std::to_string(i)))));
  std::vector<std::future<result<monitor_record>>> answers;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto& x = all[i];
    x.version = i == 7 ? 9 : 2; // the eighth is stale
    x.spec.name = "edited " + std::to_string(i);
    if (i == 3 || i == 30)
      x.spec.key = "wanted";
    auto promise = std::make_shared<std::promise<result<monitor_record>>>();
    answers.push_back(promise->get_future());
    auto step = i == 20 ? std::optional{opening(x, 1, {})} : std::nullopt;
    store->monitors().update(x, step, {},
                             reply_to<monitor_record>{[promise](auto y) { promise->set_value(std::move(y)); }});
  }
  std::vector<bool> good;
  for (auto& x : answers)
    good.push_back(x.get().has_value());
  CHECK(std::count(good.begin(), good.end(), true) == 38);
  CHECK(good[3] != good[30]);
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto found = load(all[i].id);
    CHECK(found->record.spec.name == (good[i] ? "edited " + std::to_string(i) : "m" + std::to_string(i)));
    CHECK(found->record.version == (good[i] ? 2 : 1));
    CHECK(found->runtime.open_incident.has_value() == (i == 20));
  }
}

TEST_CASE_METHOD(store_world, "a transition writes everything once, however often it is repeated") {
  auto m = monitor();
  auto c = channel();
  REQUIRE(create(m));
  REQUIRE(create(c));
  auto step = opening(m, 7, {c.id});
  REQUIRE(commit(step));
  REQUIRE(commit(step));
  CHECK(number("SELECT count(*) FROM incidents") == 1);
  CHECK(number("SELECT count(*) FROM status_changes") == 1);
  CHECK(number("SELECT count(*) FROM incident_timeline") == 1);
  CHECK(number("SELECT count(*) FROM deliveries") == 1);
  auto owed = due(c.id);
  REQUIRE(owed.size() == 1);
  CHECK(*owed[0].event.body == *step.events[0].body);
  auto found = load(m.id);
  REQUIRE(found->open_incidents.size() == 1);
  CHECK(found->open_incidents.at(0).number == 7);
  CHECK(found->open_incidents.at(0).told == std::vector{c.id});
  CHECK(found->last_24h.size() == 1);
  CHECK(found->runtime.open_incident == step.incidents[0].id);
}

TEST_CASE_METHOD(store_world, "a monitor starts from all of its open incidents, and one step may change several") {
  auto m = monitor();
  auto other = monitor();
  REQUIRE(create(m));
  REQUIRE(create(other));
  auto first = opening(m, 7, {});
  auto second = opening(m, 8, {});
  second.incidents[0].opened_at += 1s;
  second.runtime.sequence += 1000;
  REQUIRE(commit(first));
  REQUIRE(commit(second));
  REQUIRE(commit(opening(other, 9, {})));
  auto found = load(m.id);
  REQUIRE(found->open_incidents.size() == 2);
  CHECK(found->open_incidents[0].number == 7);
  CHECK(found->open_incidents[1].number == 8);

  auto step = second;
  step.runtime.sequence += 1;
  step.runtime.open_incident.reset();
  step.incidents = {first.incidents[0], second.incidents[0]};
  for (auto& x : step.incidents) {
    x.state = incident_state::resolved;
    x.resolved_at = clock.now();
    x.sequence = 2;
  }
  REQUIRE(commit(step));
  CHECK(load(m.id)->open_incidents.empty());
  CHECK(number("SELECT count(*) FROM incidents WHERE state = 'resolved'") == 2);
  CHECK(load(other.id)->open_incidents.size() == 1);
}

TEST_CASE_METHOD(store_world, "an older runtime never overwrites a newer one") {
  auto m = monitor();
  REQUIRE(create(m));
  monitor_runtime newer;
  newer.sequence = 50;
  newer.state.status = monitor_status::up;
  newer.heartbeat = {clock.now(), clock.now() - 3s, "run", 3000ms};
  REQUIRE(store->monitors().note(m.id, org, newer));
  REQUIRE(store->flush(10s));
  REQUIRE(commit(opening(m, 1, {}))); // sequence 10
  monitor_runtime older = newer;
  older.sequence = 49;
  older.state.status = monitor_status::degraded;
  REQUIRE(store->monitors().note(m.id, org, older));
  REQUIRE(store->flush(10s));
  auto found = load(m.id);
  CHECK(found->runtime.sequence == 50);
  CHECK(found->runtime.state.status == monitor_status::up);
  CHECK(found->runtime.heartbeat == newer.heartbeat);
  CHECK(number("SELECT count(*) FROM incidents") == 1);
}

TEST_CASE_METHOD(store_world, "removing a monitor resolves its incident and is refused while a rule names it") {
  auto m = monitor();
  auto c = channel();
  REQUIRE(create(m));
  REQUIRE(create(c));
  auto r = rule({c.id}, {m.id});
  REQUIRE(create(r));
  auto step = opening(m, 1, {});
  REQUIRE(commit(step));
  auto blocked = remove(*this, org, m.id);
  REQUIRE_FALSE(blocked);
  CHECK(blocked.error().code == errc::conflict);
  CHECK(blocked.error().blocked_by == std::vector{r.id.str()});
  auto gone = [&](std::optional<std::int64_t> if_version) {
    return ask<void>([&](auto done) { store->rules().remove(org, r.id, if_version, {}, done); });
  };
  CHECK(gone(99).error().code == errc::stale);
  REQUIRE(gone({}));
  CHECK(gone({}).error().code == errc::not_found);
  step.incidents[0].state = incident_state::resolved;
  step.incidents[0].resolved_at = clock.now();
  step.incidents[0].sequence = 2;
  step.runtime.sequence = 11;
  REQUIRE(remove(*this, org, m.id, step));
  CHECK(load(m.id).error().code == errc::not_found);
  CHECK(number("SELECT count(*) FROM incidents WHERE state = 'resolved'") == 1);
  CHECK(number("SELECT count(*) FROM monitor_state") == 0);
  CHECK(remove(*this, org, m.id).error().code == errc::not_found);
  CHECK(commit(step).error().code == errc::not_found);
}

TEST_CASE_METHOD(store_world, "a list walks every monitor once in each order and filters by what it is asked for") {
  for (int i = 0; i < 23; ++i) {
    clock.advance(i % 3 == 0 ? 0ms : 1ms); // equal times are told apart by id
    auto x = monitor("m" + std::to_string(i % 7));
    x.spec.paused = i % 2 == 0;
    x.spec.tags = i < 5 ? std::vector<std::string>{"a", "b"} : std::vector<std::string>{"b"};
    REQUIRE(create(x));
  }
  for (int order = 0; order < 6; ++order) {
    std::set<monitor_id> seen;
    page_request p{5, {}};
    monitor_query q;
    q.sort = static_cast<list_sort>(order);
    for (int pages = 0; pages < 10; ++pages) {
      auto x = list(*this, org, q, p);
      REQUIRE(x);
      for (const auto& id : x->rows)
        CHECK(seen.insert(id).second);
      p.after = x->next;
      if (!x->next)
        break;
    }
    CHECK(seen.size() == 23);
  }
  monitor_query q;
  q.tags = {"a", "b"};
  CHECK(list(*this, org, q)->rows.size() == 5);
  q = {};
  q.paused = true;
  CHECK(list(*this, org, q)->rows.size() == 12);
  q = {};
  q.q = "M3.EXAMPLE";
  CHECK(list(*this, org, q)->rows.size() == 3);
  for (auto wildcard : {"m_.example", "m%", "\\"}) { // text like any other
    q.q = wildcard;
    CHECK(list(*this, org, q)->rows.empty());
  }
  q = {};
  q.statuses = {monitor_status::up};
  CHECK(list(*this, org, q)->rows.empty());
  q.statuses = {monitor_status::pending};
  CHECK(list(*this, org, q)->rows.size() == 23);
  q = {};
  q.types = {monitor_type::http};
  CHECK(list(*this, org, q)->rows.size() == 23);
  auto counts = ask<monitor_summary>([&](auto done) { store->queries().summary(org, done); });
  CHECK(counts->total == 23);
}

TEST_CASE_METHOD(store_world, "another organisation sees and changes nothing") {
  auto m = monitor();
  REQUIRE(create(m));
  CHECK(list(*this, stranger)->rows.empty());
  for (auto& [asker, found] : {std::pair{org, 1U}, {stranger, 0U}}) {
    auto rows = ask<std::vector<monitor_view>>([&, who = asker](auto done) {
      store->queries().monitor_rows(who, {m.id, monitor_id::make(start)}, done);
    });
    CHECK(rows->size() == found);
  }
  CHECK(remove(*this, stranger, m.id).error().code == errc::not_found);
  auto theirs = m;
  theirs.org = stranger;
  theirs.version = 2;
  CHECK(update(*this, theirs).error().code == errc::not_found);
  auto step = opening(theirs, 1, {});
  CHECK(commit(step).error().code == errc::not_found);
  CHECK(number("SELECT count(*) FROM incidents") == 0);
  auto history =
      ask<status_history>([&](auto done) { store->queries().history(stranger, m.id, start - 1h, start + 1h, done); });
  CHECK(history.error().code == errc::not_found);
  auto results = ask<page<check_result>>([&](auto done) {
    store->queries().results(stranger, {m.id, {}, {}, {}}, {}, done);
  });
  CHECK(results.error().code == errc::not_found);
}

TEST_CASE_METHOD(store_world, "a step that needs another incident open is written only while that is") {
  auto x = monitor("a"), other = monitor("b");
  REQUIRE(create(x));
  REQUIRE(create(other));
  auto first = opening(x, 1, {}), second = opening(other, 2, {});
  REQUIRE(commit(first));
  REQUIRE(commit(second));
  auto into = second.incidents.front();
  auto merge = [&](const transition& step, incident_id open) {
    return ask<void>([&](auto done) { store->monitors().commit_if_open(step, open, done); });
  };
  auto step = first;
  step.change.reset();
  step.timeline.clear();
  step.events.clear();
  step.deliveries.clear();
  ++step.runtime.sequence;
  step.incidents.front().state = incident_state::resolved;
  step.incidents.front().sequence += 1;
  step.incidents.front().merged_into = into.id;
  auto closed = second;
  closed.change.reset();
  closed.timeline.clear();
  closed.events.clear();
  closed.deliveries.clear();
  ++closed.runtime.sequence;
  closed.incidents.front().state = incident_state::resolved;
  closed.incidents.front().sequence += 1;
  CHECK(merge(step, incident_id::make(clock.now())).error().code == errc::conflict);
  auto foreign = step;
  foreign.org = stranger;
  CHECK_FALSE(merge(foreign, into.id)); // of another organisation
  CHECK(number("SELECT count(*) FROM incidents WHERE state = 'resolved'") == 0);
  SECTION("it is open") {
    REQUIRE(merge(step, into.id));
    CHECK(number("SELECT count(*) FROM incidents WHERE merged_into IS NOT NULL AND state = 'resolved'") == 1);
  }
  SECTION("it was closed a moment ago, and nothing is written") {
    REQUIRE(commit(closed));
    CHECK(merge(step, into.id).error().code == errc::conflict);
    CHECK(number("SELECT count(*) FROM incidents WHERE merged_into IS NOT NULL") == 0);
    CHECK(load(x.id)->open_incidents.size() == 1);
  }
}

TEST_CASE_METHOD(store_world, "a capability that was replaced is kept until the next one is") {
  auto x = monitor("job");
  x.ping_token = "first";
  REQUIRE(create(x));
  x.retired = retired_token{"first", clock.now() + 60s};
  x.ping_token = "second";
  ++x.version;
  REQUIRE(update(*this, x));
  auto found = load(x.id);
  CHECK(found->record.ping_token == "second");
  CHECK(found->record.retired == x.retired);
  x.retired.reset();
  x.ping_token = "third";
  ++x.version;
  REQUIRE(update(*this, x));
  CHECK_FALSE(load(x.id)->record.retired);
}
