#include <algorithm>
#include <tuple>

#include "storage/housekeeping/housekeeping.hpp"
#include "storage/result/packing.hpp"
#include "store_world.hpp"

using namespace gochron;
using namespace std::chrono_literals;

namespace {

/// Some days of results of a few monitors, with a clock that stands well after them.
struct packing_world : test::store_world {
  static constexpr timestamp first_day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};
  std::vector<monitor_record> monitors{monitor("a"), monitor("b")};

  packing_world() {
    options.engine = false; // the tests keep house themselves
    open();
    for (auto& m : monitors)
      REQUIRE(create(m));
  }

  void note(const check_result& x) { REQUIRE(store->monitors().note(x)); }

  check_result plain(const monitor_record& m, timestamp at, verdict v = verdict::up) {
    auto x = result_of(m.id, at, v, 30ms + milliseconds{at.time_since_epoch().count() / 7000 % 40});
    x.lag = 2ms;
    x.outcome.started_at = at + 2ms;
    x.outcome.timings = {{}, 3ms, {}, 20ms, 1ms};
    x.outcome.remote_ip = "192.0.2.1";
    x.outcome.remote_port = 443;
    x.outcome.http = http_observation{200, "1.1", {}, {}};
    return x;
  }

  // Everything that a result can be, at its own instants: retries, failures with evidence, pings with raw bodies.
  void write_days(int days) {
    for (auto& m : monitors)
      for (auto at = first_day; at < first_day + days * 24h; at += 20min)
        note(plain(m, at));
    for (auto& m : monitors) {
      auto bad = plain(m, first_day + 3h + 1s, verdict::down);
      bad.attempt = 2;
      bad.scheduled_at = bad.round_at + 5s;
      bad.outcome.message = "It answered 503.";
      bad.outcome.http = http_observation{503, "2", {{"Server", "x"}}, "sorry"};
      note(bad);
      for (int i = 0; i < 2; ++i) { // two in one millisecond
        auto ping = plain(m, first_day + 4h + 2s);
        ping.trigger = check_trigger::ping;
        ping.ping_kind = "fail";
        ping.ping_body = std::string("\0raw\xff", 5);
        ping.outcome.http.reset();
        ping.outcome.timings = {};
        note(ping);
      }
    }
    REQUIRE(store->flush(30s));
  }

  using line = std::tuple<timestamp, timestamp, timestamp, int, int, int, int, std::int64_t, std::int64_t, std::string,
                          int, std::string, std::string, std::string, int, std::string, std::size_t>;
  static line line_of(const check_result& x) {
    auto& o = x.outcome;
    auto& h = o.http;
    return {x.round_at,
            x.scheduled_at,
            o.started_at,
            x.attempt,
            static_cast<int>(x.trigger),
            static_cast<int>(o.verdict),
            static_cast<int>(o.reason),
            o.response_time.count(),
            o.timings.first_byte.value_or(-1ms).count() * 1000 + o.timings.connect.value_or(-1ms).count(),
            o.remote_ip,
            o.remote_port,
            o.message,
            x.ping_kind,
            x.ping_body,
            h ? h->status : -1,
            h ? h->version + h->body_excerpt : "none",
            h ? h->headers.size() : 0};
  }

  std::vector<line> all(const monitor_record& m, result_query q = {}, std::uint32_t limit = 7) {
    q.monitor = m.id;
    std::vector<line> lines;
    page_request p{limit, {}};
    for (int pages = 0; pages < 200; ++pages) {
      auto x = ask<page<check_result>>([&](auto done) { store->queries().results(org, q, p, done); });
      REQUIRE(x);
      for (auto& r : x->rows)
        lines.push_back(line_of(r));
      p.after = x->next;
      if (!p.after)
        return lines;
    }
    FAIL("the pages do not end");
    return lines;
  }

  // A round packs a day; days without results are there, too.
  void keep_house(timestamp now) {
    for (int rounds = 0; rounds < 4; ++rounds)
      REQUIRE(storage::run_once(*sql(), now, {}));
  }
  void pack(timestamp now) {
    for (int most = 0; most < 5; ++most) {
      auto packed = storage::pack_next(*sql(), now, {});
      REQUIRE(packed);
      if (!*packed)
        return;
    }
  }
  std::int64_t singles() { return number("SELECT count(*) FROM check_results"); }
  std::int64_t packs() { return number("SELECT count(*) FROM result_packs"); }
};

} // namespace

TEST_CASE_METHOD(packing_world, "days that are over are packed, and no list can tell") {
  write_days(2);
  auto a = all(monitors[0]), b = all(monitors[1]);
  result_query bad, some;
  bad.verdicts = {verdict::down};
  some.from = first_day + 150min;
  some.to = first_day + 27h;
  auto a_bad = all(monitors[0], bad), a_some = all(monitors[0], some);
  REQUIRE(a.size() == 147);
  REQUIRE(a_bad.size() == 1);
  keep_house(first_day + 25h); // the first day is over, but may still be written to
  CHECK(packs() == 0);
  keep_house(first_day + 26h);
  CHECK(packs() == 2);
  CHECK(singles() == 144);
  CHECK(all(monitors[0]) == a); // across the border between both kinds
  keep_house(first_day + 60h);
  CHECK(singles() == 0);
  auto left = storage::partition_days(*sql());
  REQUIRE(left);
  CHECK(std::count(left->begin(), left->end(), storage::day_of(first_day)) == 0);
  CHECK(all(monitors[0]) == a);
  CHECK(all(monitors[1]) == b);
  CHECK(all(monitors[0], bad) == a_bad);
  CHECK(all(monitors[0], some) == a_some);
  CHECK(all(monitors[0], some, 1000) == a_some);
}

TEST_CASE_METHOD(packing_world, "a result that comes for a packed day is listed and rolled up with the others") {
  write_days(1);
  keep_house(first_day + 30h);
  REQUIRE(singles() == 0);
  auto before = number("SELECT sum(checks)::bigint FROM result_rollups_day");
  auto late = plain(monitors[0], first_day + 20min + 1s, verdict::down);
  note(late);
  REQUIRE(store->flush(10s));
  auto lines = all(monitors[0]);
  CHECK(lines.size() == 76);
  CHECK(std::is_sorted(lines.rbegin(), lines.rend()));
  keep_house(first_day + 30h + 1min);
  CHECK(number("SELECT sum(checks)::bigint FROM result_rollups_day") == before + 1);
  CHECK(number("SELECT sum(down)::bigint FROM result_rollups_hour") ==
        number("SELECT sum(down)::bigint FROM result_rollups_day"));
  CHECK(all(monitors[0]) == lines);
  keep_house(first_day + 30h + 2min);
  CHECK(singles() == 0);
  CHECK(packs() == 2);
  CHECK(all(monitors[0]) == lines);
  CHECK(number("SELECT sum(checks)::bigint FROM result_rollups_day") == before + 1);
}

TEST_CASE_METHOD(packing_world, "a day is not packed before all of it is rolled up") {
  write_days(1);
  pack(first_day + 30h);
  CHECK(packs() == 0);
  auto now = first_day + 30h;
  REQUIRE(sql()->execute(R"(
    INSERT INTO rollup_watermarks VALUES ('hour', '2026-03-03T06:00:00Z')
    ON CONFLICT (grain) DO UPDATE SET upto = excluded.upto)"));
  note(plain(monitors[0], first_day + 1s)); // its hour is to be done again first
  REQUIRE(store->flush(10s));
  pack(now);
  CHECK(packs() == 0);
  keep_house(now);
  CHECK(singles() == 0);
  CHECK(all(monitors[0]).size() == 76);
}

TEST_CASE_METHOD(packing_world, "a pack is small, however many checks a day has") {
  for (auto at = first_day; at < first_day + 24h; at += 10s)
    note(plain(monitors[0], at));
  REQUIRE(store->flush(30s));
  auto open = number("SELECT pg_total_relation_size('check_results_20260302')");
  keep_house(first_day + 30h);
  CHECK(packs() == 5);
  CHECK(number("SELECT max(checks) FROM result_packs") == 2048);
  auto packed = number("SELECT pg_total_relation_size('result_packs_20260302')");
  CHECK(packed * 4 < open);
  CHECK(packed / 8640 < 60);
  CHECK(all(monitors[0], {}, 900).size() == 8640);
}

TEST_CASE_METHOD(packing_world, "packed days are dropped after the retention, and with their monitor") {
  write_days(2);
  keep_house(first_day + 60h);
  keep_house(first_day + 60h);
  REQUIRE(packs() == 4);
  clock.advance(first_day + 60h - clock.now());
  REQUIRE(ask<void>([&](auto done) { store->monitors().remove(org, monitors[1].id, {}, {}, done); }));
  keep_house(first_day + 61h);
  CHECK(packs() == 2);
  keep_house(first_day + 24h * 91);
  CHECK(packs() == 1);
  CHECK(storage::partition_days(*sql(), storage::packed_results)->front() ==
        storage::day_of(first_day) + std::chrono::days{1});
}
