#include <thread>

#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

struct dependencies_world : store_world {
  monitor_record child_of(const std::string& name, std::vector<monitor_id> parents) {
    auto x = monitor(name);
    if (!parents.empty())
      x.spec.depends_on = std::move(parents);
    return x;
  }
  monitor_record made(const std::string& name, std::vector<monitor_id> parents = {}) {
    clock.advance(1ms); // so that ids are in the order of making
    auto x = child_of(name, std::move(parents));
    REQUIRE(create(x));
    return x;
  }
  result<monitor_record> update(const monitor_record& x, bool dry = false) {
    write_note note;
    note.dry = dry;
    return ask<monitor_record>([&](auto done) { store->monitors().update(x, std::nullopt, note, done); });
  }
  /// The next version of it.
  static monitor_record with(monitor_record x, std::vector<monitor_id> parents) {
    x.spec.depends_on = parents.empty() ? boxed<std::vector<monitor_id>>{} : boxed<std::vector<monitor_id>>{parents};
    ++x.version;
    return x;
  }
  status remove(const monitor_record& x) {
    return ask<void>([&](auto done) { store->monitors().remove(x.org, x.id, std::nullopt, {}, done); });
  }
  result<expiry> expire(const monitor_record& x) {
    transition t;
    t.org = x.org;
    t.monitor = x.id;
    return ask<expiry>([&](auto done) { store->monitors().expire(x.org, x.id, t, {}, {}, done); });
  }
  std::int64_t edges() { return number("SELECT count(*) FROM monitor_dependencies"); }
};

using violations = std::vector<std::pair<std::string, std::string>>;

template <class T>
violations violations_of(const result<T>& x) {
  REQUIRE_FALSE(x);
  CHECK(x.error().code == errc::invalid);
  violations all;
  for (const auto& v : x.error().violations)
    all.emplace_back(v.pointer, v.code);
  return all;
}

} // namespace

TEST_CASE_METHOD(dependencies_world, "what a monitor depends on comes back as it was written") {
  auto a = made("a"), b = made("b");
  auto c = made("c", {a.id, b.id});
  CHECK(load(c.id)->record.spec == c.spec);
  CHECK(edges() == 2);
  auto only_b = with(c, {b.id});
  REQUIRE(update(only_b));
  CHECK(load(c.id)->record.spec == only_b.spec);
  CHECK(edges() == 1);
  auto none = with(only_b, {});
  REQUIRE(update(none));
  CHECK(edges() == 0);
  CHECK_FALSE(load(c.id)->record.spec.depends_on);
}

TEST_CASE_METHOD(dependencies_world, "what it names must be there, in its own organisation; all is told at once") {
  auto a = made("a");
  auto theirs = monitor("theirs");
  theirs.org = stranger;
  number("INSERT INTO organizations (id, name, plan, created_at) VALUES ('" + to_string(stranger.value) +
         "', 'x', 'self_hosted', '2026-01-01') RETURNING 1");
  REQUIRE(create(theirs));
  auto nobody = monitor_id::make(clock.now());
  auto wanted = child_of("c", {theirs.id, a.id, nobody});
  violations expected{{"/depends_on/0", "unknown_id"}, {"/depends_on/2", "unknown_id"}};
  CHECK(violations_of(create(wanted)) == expected);
  CHECK(load(wanted.id).error().code == errc::not_found);
  auto c = made("c");
  CHECK(violations_of(update(with(c, {theirs.id, a.id, nobody}))) == expected);
  CHECK(load(c.id)->record.version == 1);
  CHECK(edges() == 0);
}

TEST_CASE_METHOD(dependencies_world, "a circle is refused where it would close, at whatever length") {
  auto a = made("a");
  CHECK(violations_of(update(with(a, {a.id}))) == violations{{"/depends_on/0", "cycle"}});
  auto b = made("b", {a.id}), c = made("c", {b.id}), d = made("d", {c.id}), other = made("other");
  CHECK(violations_of(update(with(a, {other.id, d.id}))) == violations{{"/depends_on/1", "cycle"}});
  CHECK(violations_of(update(with(a, {b.id}), true)) == violations{{"/depends_on/0", "cycle"}});
  REQUIRE(update(with(b, {other.id}))); // opens what would have been the circle
  REQUIRE(update(with(a, {d.id})));
  CHECK(edges() == 4);
}

TEST_CASE_METHOD(dependencies_world, "of two edits at once that would close a circle together one is refused") {
  for (int i = 0; i < 20; ++i) {
    auto a = made("a"), b = made("b");
    result<monitor_record> first = a, second = b;
    {
      std::jthread one{[&] { first = update(with(a, {b.id})); }};
      std::jthread two{[&] { second = update(with(b, {a.id})); }};
    }
    CHECK(first.has_value() != second.has_value());
    CHECK(violations_of(first ? second : first) == violations{{"/depends_on/0", "cycle"}});
  }
}

TEST_CASE_METHOD(dependencies_world, "a rehearsal changes nothing") {
  auto a = made("a"), b = made("b");
  REQUIRE(update(with(b, {a.id}), true));
  CHECK(edges() == 0);
  CHECK(load(b.id)->record.version == 1);
}

TEST_CASE_METHOD(dependencies_world, "an edit that is too late is stale, whatever it names") {
  auto a = made("a");
  auto late = with(with(a, {a.id}), {monitor_id::make(clock.now())});
  CHECK(update(late).error().code == errc::stale);
  a.org = stranger;
  CHECK(update(with(a, {a.id})).error().code == errc::not_found);
}

TEST_CASE_METHOD(dependencies_world, "what others depend on stays until they do no longer") {
  auto a = made("a"), b = made("b", {a.id}), c = made("c", {a.id});
  auto refused = remove(a);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::conflict);
  CHECK(refused.error().blocked_by == std::vector{b.id.str(), c.id.str()});
  auto expired = expire(a);
  REQUIRE(expired);
  CHECK_FALSE(expired->done);
  CHECK(expired->dependents == std::vector{b.id, c.id});
  CHECK(load(a.id));
  REQUIRE(remove(b)); // which takes its own along
  REQUIRE(update(with(c, {})));
  expired = expire(a);
  REQUIRE(expired);
  CHECK(expired->done);
  CHECK(expired->dependents.empty());
  CHECK(load(a.id).error().code == errc::not_found);
}

TEST_CASE_METHOD(dependencies_world, "why nobody is told stays with the incident") {
  auto a = made("a"), b = made("b", {a.id});
  auto step = opening(b, 1, {});
  step.incidents.front().suppressed_by = a.id;
  REQUIRE(ask<void>([&](auto done) { store->monitors().commit(step, done); }));
  CHECK(load(b.id)->open_incidents.front().suppressed_by == a.id);
  step.incidents.front().suppressed_by.reset();
  ++step.incidents.front().sequence;
  ++step.runtime.sequence;
  REQUIRE(ask<void>([&](auto done) { store->monitors().commit(step, done); }));
  CHECK_FALSE(load(b.id)->open_incidents.front().suppressed_by);
}
