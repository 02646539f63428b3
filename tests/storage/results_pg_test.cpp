#include <future>
#include <map>
#include <thread>

#include "storage/housekeeping/engine_run.hpp"
#include "storage/result/partitions.hpp"
#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

result<page<check_result>> list(store_world& w, const result_query& q, page_request p = {}) {
  return w.ask<page<check_result>>([&](auto done) { w.store->queries().results(w.org, q, p, done); });
}

storage::sql_status keep_house(store_world& w, timestamp now, storage::housekeeping_options options = {}) {
  return storage::run_once(*w.sql(), now, options);
}

bool eventually(const std::function<bool()>& done) {
  for (int i = 0; i < 1000 && !done(); ++i)
    std::this_thread::sleep_for(10ms);
  return done();
}

struct bucket {
  std::int64_t checks = 0, up = 0, degraded = 0, down = 0, errors = 0, sum = 0, max = 0;
  std::map<int, std::int64_t> bins;
  bool operator==(const bucket&) const = default;
};

using buckets = std::map<std::pair<timestamp, monitor_id>, bucket>;

// What the roll-ups should say, computed plainly.
buckets recompute(const std::vector<check_result>& xs, std::chrono::minutes size) {
  buckets all;
  for (const auto& x : xs) {
    timestamp at{x.round_at.time_since_epoch() - x.round_at.time_since_epoch() % milliseconds{size}};
    auto& b = all[{at, x.monitor}];
    auto v = x.outcome.verdict;
    ++b.checks;
    b.up += v == verdict::up;
    b.degraded += v == verdict::degraded;
    b.down += v == verdict::down;
    b.errors += v == verdict::error;
    if (v == verdict::up || v == verdict::degraded) {
      auto ms = x.outcome.response_time.count();
      b.sum += ms;
      b.max = std::max<std::int64_t>(b.max, ms);
      ++b.bins[storage::latency_bin(ms)];
    }
  }
  return all;
}

buckets stored(store_world& w, const std::string& grain) {
  static std::map<std::string, storage::statement> statements;
  auto& s = statements[grain];
  s = {grain == "hour" ? "t_hour" : "t_day",
       "SELECT bucket, monitor_id, checks, up, degraded, down, errors, latency_sum_ms, latency_max_ms, "
       "latency_bins::text[], latency_counts::text[] FROM result_rollups_" +
           grain};
  auto found = w.sql()->run(s);
  REQUIRE(found);
  buckets all;
  for (int i = 0; i < found->size(); ++i) {
    timestamp at;
    monitor_id m;
    bucket b;
    std::vector<std::string> bins, counts;
    storage::row_reader{*found, i} >> at >> m >> b.checks >> b.up >> b.degraded >> b.down >> b.errors >> b.sum >>
        b.max >> bins >> counts;
    for (std::size_t k = 0; k < bins.size(); ++k)
      b.bins[std::stoi(bins[k])] = std::stoll(counts[k]);
    all[{at, m}] = b;
  }
  return all;
}

} // namespace

TEST_CASE_METHOD(store_world, "a result comes back whole, across days, newest first, page by page") {
  auto m = monitor();
  REQUIRE(create(m));
  std::vector<check_result> written;
  for (int i = 0; i < 30; ++i) {
    auto x = result_of(m.id, start + i * 2h, i % 5 == 0 ? verdict::down : verdict::up, 10ms * i);
    x.attempt = static_cast<std::uint8_t>(1 + i % 2);
    x.outcome.timings = {1ms, 2ms, {}, 4ms, 5ms};
    x.outcome.remote_ip = "192.0.2.7";
    x.outcome.remote_port = 443;
    x.ping_body = std::string("\0raw", 4);
    x.ping_kind = "fail";
    x.outcome.http = http_observation{503, "1.1", {{"A", "b\xff"}}, "body \"quoted\""};
    written.push_back(x);
    REQUIRE(store->monitors().note(x));
  }
  REQUIRE(store->flush(20s));
  std::size_t seen = 0;
  page_request p{7, {}};
  for (int pages = 0; pages < 10; ++pages) {
    auto got = list(*this, {m.id, {}, {}, {}}, p);
    REQUIRE(got);
    for (const auto& x : got->rows) {
      const auto& y = written[written.size() - 1 - seen++];
      CHECK(x.round_at == y.round_at);
      CHECK(result_id_of(x) == result_id_of(y));
      CHECK(x.outcome.verdict == y.outcome.verdict);
      CHECK(x.outcome.timings == y.outcome.timings);
      CHECK(x.outcome.remote_port == 443);
      CHECK(x.ping_body == y.ping_body);
      REQUIRE(x.outcome.http);
      CHECK(x.outcome.http->status == 503);
      CHECK(x.outcome.http->headers.at(0).second == "b\xef\xbf\xbd");
      CHECK(x.outcome.http->body_excerpt == "body \"quoted\"");
    }
    p.after = got->next;
    if (!got->next)
      break;
  }
  CHECK(seen == 30);
  CHECK(list(*this, {m.id, {}, {}, {verdict::down}})->rows.size() == 6);
  CHECK(list(*this, {m.id, start + 2h, start + 6h, {}})->rows.size() == 2);
}

TEST_CASE_METHOD(store_world, "a result of a monitor that is gone does not trouble the others") {
  auto m = monitor();
  REQUIRE(create(m));
  store->monitors().note(result_of(monitor_id::make(start), start, verdict::up));
  store->monitors().note(result_of(m.id, start, verdict::up));
  monitor_runtime newer;
  newer.sequence = 3;
  store->monitors().note(monitor_id::make(start), org, newer);
  REQUIRE(store->flush(10s));
  CHECK(list(*this, {m.id, {}, {}, {}})->rows.size() == 1);
  CHECK(store->stats().results_refused == 0);
}

TEST_CASE_METHOD(store_world, "roll-ups agree with a plain recomputation, also when results come late") {
  std::vector<check_result> all;
  std::vector<monitor_id> monitors{monitor_id::make(start), monitor_id::make(start)};
  auto note = [&](timestamp at, int i) {
    auto x = result_of(monitors[static_cast<std::size_t>(i) % 2], at, static_cast<verdict>(i % 4), 7ms * (i % 90));
    all.push_back(x);
    store->monitors().note(x);
  };
  for (int i = 0; i < 3000; ++i)
    note(start + i * 61s, i); // some two days
  REQUIRE(store->flush(30s));
  auto end = start + 72h;
  REQUIRE(keep_house(*this, end));
  CHECK(stored(*this, "hour") == recompute(all, 60min));
  CHECK(stored(*this, "day") == recompute(all, 1440min));
  for (int i = 0; i < 50; ++i)
    note(start + i * 3001s, i);
  REQUIRE(store->flush(30s));
  CHECK(stored(*this, "hour") != recompute(all, 60min));
  REQUIRE(keep_house(*this, end + 1min));
  CHECK(stored(*this, "hour") == recompute(all, 60min));
  CHECK(stored(*this, "day") == recompute(all, 1440min));
}

TEST_CASE_METHOD(store_world, "an hour that is not over is not rolled up") {
  auto hour = std::chrono::floor<std::chrono::hours>(start);
  store->monitors().note(result_of(monitor_id::make(start), start, verdict::up));
  REQUIRE(store->flush(10s));
  REQUIRE(keep_house(*this, hour + 61min));
  CHECK(stored(*this, "hour").empty());
  REQUIRE(keep_house(*this, hour + 62min));
  CHECK(stored(*this, "hour").size() == 1);
}

TEST_CASE_METHOD(store_world, "a result that comes while its hour is rolled up is not left out") {
  auto hour = std::chrono::floor<std::chrono::hours>(start);
  auto m = monitor_id::make(start);
  auto note = [&](timestamp at) {
    store->monitors().note(result_of(m, at, verdict::up));
    REQUIRE(store->flush(10s));
  };
  auto rolled_up = [&] { return number("SELECT sum(checks)::bigint FROM result_rollups_hour"); };
  note(hour);
  REQUIRE(keep_house(*this, hour + 2h));
  note(hour + 1min);
  // The roll-up has read the results when it comes to the row that is held here.
  auto holder = sql();
  REQUIRE(holder->execute("BEGIN; SELECT FROM result_rollups_hour FOR UPDATE"));
  auto keeper = std::async(std::launch::async, [&, db = sql()] { return storage::run_once(*db, hour + 2h, {}); });
  REQUIRE(eventually([&] { return number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0; }));
  note(hour + 2min);
  REQUIRE(holder->execute("COMMIT"));
  REQUIRE(keeper.get());
  CHECK(rolled_up() == 2);
  REQUIRE(keep_house(*this, hour + 2h));
  CHECK(rolled_up() == 3);
  CHECK(number("SELECT count(*) FROM rollup_dirty") == 0);
}

TEST_CASE_METHOD(store_world, "a clock that leaps by months makes nothing forgotten before a day has passed") {
  auto m = monitor();
  REQUIRE(create(m));
  store->monitors().note(result_of(m.id, start, verdict::up));
  REQUIRE(store->flush(20s));
  auto leapt = start + std::chrono::days{200};
  REQUIRE(storage::add_gap(*sql(), {start + 1h, leapt}));
  REQUIRE(keep_house(*this, leapt + 23h));
  CHECK(list(*this, {m.id, {}, {}, {}})->rows.size() == 1);
  REQUIRE(keep_house(*this, leapt + 25h));
  CHECK(list(*this, {m.id, {}, {}, {}})->rows.empty());
}

TEST_CASE_METHOD(store_world, "partitions are made ahead and dropped after the retention") {
  auto m = monitor();
  REQUIRE(create(m));
  for (auto age : {100, 91, 90, 0})
    store->monitors().note(result_of(m.id, start - std::chrono::days{age}, verdict::up));
  REQUIRE(store->flush(20s));
  REQUIRE(keep_house(*this, start));
  auto days = storage::partition_days(*sql());
  auto packed = storage::partition_days(*sql(), storage::packed_results);
  REQUIRE(days);
  REQUIRE(packed);
  auto today = storage::day_of(start);
  CHECK(days->back() >= today + std::chrono::days{2});
  // Of the days that are over the store packs one a round, in its own time.
  packed->insert(packed->end(), days->begin(), days->end());
  CHECK(*std::min_element(packed->begin(), packed->end()) == today - std::chrono::days{90});
  CHECK(list(*this, {m.id, {}, {}, {}})->rows.size() == 2);
  // A result older than the retention makes its partition anew, until the next round.
  store->monitors().note(result_of(m.id, start - std::chrono::days{100}, verdict::up));
  REQUIRE(store->flush(20s));
  CHECK(list(*this, {m.id, {}, {}, {}})->rows.size() == 3);
}

TEST_CASE_METHOD(store_world, "what a removed monitor leaves behind is deleted in the background") {
  auto m = monitor();
  REQUIRE(create(m));
  store->monitors().note(result_of(m.id, start, verdict::up));
  REQUIRE(commit(opening(m, 1, {})));
  REQUIRE(store->flush(10s));
  REQUIRE(ask<void>([&](auto done) { store->monitors().remove(org, m.id, {}, {}, done); }));
  REQUIRE(keep_house(*this, start + 10min));
  CHECK(number("SELECT count(*) FROM check_results") == 0);
  CHECK(number("SELECT count(*) FROM status_changes") == 0);
  CHECK(number("SELECT count(*) FROM result_rollups_hour") == 0);
  CHECK(number("SELECT count(*) FROM monitor_purges") == 0);
  CHECK(number("SELECT count(*) FROM incidents") == 1);
}

TEST_CASE_METHOD(store_world, "a new life of the engine records the time in which nobody watched") {
  store->stop();
  REQUIRE(storage::begin_run(*sql(), start + 1h));
  auto run = storage::begin_run(*sql(), start + 2h);
  REQUIRE(run);
  REQUIRE(storage::see(*sql(), *run, start + 3h));
  clock.advance(5h);
  open();
  std::vector<observation_gap> gaps;
  startup_visitor visit;
  visit.gap = [&](observation_gap g) { gaps.push_back(g); };
  REQUIRE(store->load(visit));
  REQUIRE(gaps.size() == 3);
  CHECK(gaps.back().from == start + 3h);
  CHECK(gaps.back().to == start + 5h);
}

TEST_CASE_METHOD(store_world, "everything is there again after a restart") {
  auto m = monitor();
  auto c = channel();
  REQUIRE(create(m));
  REQUIRE(create(c));
  auto r = rule({c.id});
  REQUIRE(create(r));
  auto step = opening(m, 41, {c.id});
  REQUIRE(commit(step));
  open();
  std::vector<std::string> order;
  startup_visitor visit;
  visit.last_incident_number = [&](org_id, std::int64_t n) { order.push_back(std::to_string(n)); };
  visit.rule = [&](const alert_rule_record& x) { order.push_back(x.id.str()); };
  visit.channel = [&](const channel_record& x) { order.push_back(x.id.str()); };
  visit.monitor = [&](const loaded_monitor& x) {
    order.push_back(x.record.id.str());
    CHECK(x.open_incidents.at(0).id == step.incidents[0].id);
    CHECK(x.last_24h.size() == 1);
    CHECK(x.runtime.sequence == step.runtime.sequence);
  };
  REQUIRE(store->load(visit));
  CHECK(order == std::vector<std::string>{"41", r.id.str(), c.id.str(), m.id.str()});
}

TEST_CASE_METHOD(store_world, "a history knows the status before it and the changes inside") {
  auto m = monitor();
  REQUIRE(create(m));
  for (int i = 1; i <= 5; ++i) {
    clock.advance(1h);
    auto step = opening(m, i, {});
    step.change->from = i % 2 ? monitor_status::up : monitor_status::down;
    step.change->to = i % 2 ? monitor_status::down : monitor_status::up;
    REQUIRE(commit(step));
  }
  auto between = [&](timestamp from, timestamp to) {
    auto x = ask<status_history>([&](auto done) { store->queries().history(org, m.id, from, to, done); });
    REQUIRE(x);
    return *x;
  };
  auto inner = between(start + 150min, start + 4h);
  CHECK(inner.before == monitor_status::up);
  CHECK(inner.changes.size() == 2);
  CHECK(between(start - 1h, start).before == monitor_status::pending);
  page_request p{2, {}};
  std::vector<timestamp> seen;
  for (int pages = 0; pages < 5; ++pages) {
    auto x = ask<page<status_change>>([&](auto done) { store->queries().status_changes(org, m.id, {}, {}, p, done); });
    REQUIRE(x);
    for (const auto& c : x->rows)
      seen.push_back(c.at);
    p.after = x->next;
    if (!p.after)
      break;
  }
  CHECK(seen.size() == 5);
  CHECK(std::is_sorted(seen.rbegin(), seen.rend()));
}
