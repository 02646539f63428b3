#include <future>
#include <thread>

#include "storage/housekeeping/forgetting.hpp"
#include "store_world.hpp"

using namespace gochron;
using namespace std::chrono_literals;

namespace {

struct feed_world : test::store_world {
  event_page read(event_query q, std::optional<org_id> of = {}) {
    auto page = ask<event_page>([&](auto done) { store->events().list(of.value_or(org), q, done); });
    REQUIRE(page);
    return *page;
  }
  event_page read(std::int64_t after = 0, std::uint32_t limit = 200) { return read({{}, {}, {}, after, limit}); }

  /// An event of no incident, by the connection of those who wait.
  event apart(const std::string& body = "{}") {
    event e;
    e.id = event_id::make(clock.now());
    e.org = org;
    e.type = event_type::channel_test;
    e.at = clock.now();
    e.body = std::make_shared<const std::string>(body);
    return e;
  }
  status enqueue(const event& e) {
    return ask<void>([&](auto done) { store->channels().enqueue(e, {}, done); });
  }
  std::future<status> commit_later(const transition& t) {
    auto promise = std::make_shared<std::promise<status>>();
    store->monitors().commit(t, reply_to<void>{[promise](status s) { promise->set_value(std::move(s)); }});
    return promise->get_future();
  }
  /// About a monitor, as events of incidents are.
  static std::string body_about(const monitor_record& m, const std::string& type, const std::string& tags) {
    return R"({"data":{"monitor":{"id":")" + m.id.str() + R"(","type":")" + type + R"(","tags":)" + tags + "}}}";
  }
};

std::vector<event_id> ids_of(const event_page& page) {
  std::vector<event_id> ids;
  for (const auto& x : page.rows)
    ids.push_back(x.id);
  return ids;
}

} // namespace

TEST_CASE_METHOD(feed_world, "nobody sees an event while one before it may still come") {
  auto m = monitor();
  REQUIRE(create(m));
  auto step = opening(m, 1, {});
  auto somebody = sql();
  REQUIRE(somebody->execute("BEGIN; SELECT FROM monitor_state WHERE monitor_id = '" + to_string(m.id.value) +
                            "' FOR UPDATE"));
  auto held = commit_later(step);
  auto later = apart();
  REQUIRE(enqueue(later));
  REQUIRE(number("SELECT count(*) FROM events") == 1); // it is there
  CHECK(read().rows.empty());
  REQUIRE(somebody->execute("ROLLBACK"));
  REQUIRE(held.get());
  CHECK(ids_of(read()) == std::vector{step.events.front().id, later.id});
}

TEST_CASE_METHOD(feed_world, "who pages while many write sees every event once and in order") {
  options.writers = 2;
  open();
  constexpr int threads = 6, each = 60;
  std::vector<monitor_record> monitors;
  for (int i = 0; i < threads; ++i)
    REQUIRE(create(monitors.emplace_back(monitor("m" + std::to_string(i)))));
  std::atomic<int> writing{threads}, failed{0};
  std::vector<std::thread> writers;
  for (int i = 0; i < threads; ++i)
    writers.emplace_back([&, i] {
      for (int k = 0; k < each; ++k) {
        auto one = i % 2 == 0 ? commit(opening(monitors[static_cast<std::size_t>(i)], i * each + k + 1, {}))
                              : enqueue(apart());
        failed += one ? 0 : 1;
      }
      --writing;
    });
  std::vector<event> seen;
  for (std::int64_t after = 0; writing > 0 || static_cast<int>(seen.size()) < threads * each;) {
    bool over = writing == 0; // before the page is read, or it may be an older one
    auto page = read(after, 7);
    REQUIRE(page.reached >= after);
    for (auto& x : page.rows)
      seen.push_back(x);
    after = page.reached;
    if (over && page.rows.empty() && !page.more)
      break;
  }
  for (auto& w : writers)
    w.join();
  CHECK(failed == 0);
  CHECK(seen.size() == threads * each);
  CHECK(std::is_sorted(seen.begin(), seen.end(), [](auto& a, auto& b) { return a.position < b.position; }));
  auto all = read(0, 1000);
  CHECK(all.rows.size() == threads * each);
  for (std::size_t i = 0; i < std::min(all.rows.size(), seen.size()); ++i)
    CHECK(all.rows[i].id == seen[i].id);
}

TEST_CASE_METHOD(feed_world, "a write that is refused leaves a hole and holds up nobody") {
  auto stranger_to_us = monitor("never made");
  CHECK_FALSE(commit(opening(stranger_to_us, 1, {})));
  auto e = apart();
  REQUIRE(enqueue(e));
  CHECK(ids_of(read()) == std::vector{e.id});
}

TEST_CASE_METHOD(feed_world, "the order goes on after a restart, also behind events that are forgotten") {
  auto first = apart();
  REQUIRE(enqueue(first));
  auto place = read().rows.front().position;
  CHECK(place >= std::chrono::microseconds{start.time_since_epoch()}.count());
  REQUIRE(storage::forget(*sql(), start + std::chrono::days{500}, {}));
  CHECK(number("SELECT count(*) FROM events") == 0);
  open();
  CHECK(store->events().visible(org) == place);
  auto second = apart();
  REQUIRE(enqueue(second));
  auto page = read(place - 1);
  REQUIRE(page.rows.size() == 1);
  CHECK(page.rows.front().position > place);
  CHECK(page.forgotten == place); // who had not seen the first has missed it
}

TEST_CASE_METHOD(feed_world, "the feed is filtered by what happened, when, and to which monitor") {
  auto shop = monitor("shop"), mail = monitor("mail");
  auto one = apart(body_about(shop, "http", R"(["shop","team:a"])"));
  auto two = apart(body_about(mail, "tcp", R"(["team:a"])"));
  auto three = apart();
  three.at += 1h;
  for (auto& e : {one, two, three})
    REQUIRE(enqueue(e));
  auto only = [&](auto change) {
    event_query q;
    change(q);
    return ids_of(read(q));
  };
  CHECK(only([&](auto& q) { q.only.monitors = {shop.id}; }) == std::vector{one.id});
  CHECK(only([&](auto& q) { q.only.monitor_types = {monitor_type::tcp}; }) == std::vector{two.id});
  CHECK(only([&](auto& q) { q.only.tags = {"team:a"}; }) == std::vector{one.id, two.id});
  CHECK(only([&](auto& q) { q.only.tags = {"team:a", "shop"}; }) == std::vector{one.id});
  CHECK(only([&](auto& q) { q.from = three.at; }) == std::vector{three.id});
  CHECK(only([&](auto& q) { q.to = three.at; }) == std::vector{one.id, two.id});
  CHECK(only([&](auto& q) { q.only.types = {event_type::incident_opened}; }).empty());
  CHECK(only([&](auto& q) { q.only.incident = incident_id::make(start); }).empty());
  event_query q;
  q.limit = 1;
  q.only.tags = {"team:a"};
  auto page = read(q);
  CHECK(ids_of(page) == std::vector{one.id});
  CHECK(page.more);
  q.after = page.reached;
  page = read(q);
  CHECK(ids_of(page) == std::vector{two.id});
  CHECK_FALSE(page.more);
  CHECK(page.reached == store->events().visible(org));
}

TEST_CASE_METHOD(feed_world, "a page of rare events ends after a bounded look, and the next goes on") {
  REQUIRE(sql()->execute(R"(
    INSERT INTO events SELECT gen_random_uuid(), o.id, 'channel.test', NULL, 0, '2026-03-01', '{}', g
    FROM organizations o, generate_series(1, 6000) g)"));
  auto last = apart(body_about(monitor(), "http", R"(["rare"])"));
  REQUIRE(enqueue(last));
  event_query q;
  q.only.tags = {"rare"};
  auto page = read(q);
  CHECK(page.rows.empty());
  CHECK(page.more);
  CHECK(page.reached == 5000);
  q.after = page.reached;
  page = read(q);
  CHECK(ids_of(page) == std::vector{last.id});
  CHECK_FALSE(page.more);
}

TEST_CASE_METHOD(feed_world, "another organisation sees nothing") {
  REQUIRE(enqueue(apart()));
  CHECK(read(event_query{}, stranger).rows.empty());
}
