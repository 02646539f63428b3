#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "bench/harness/database.hpp"
#include "bench/harness/lag.hpp"
#include "bench/harness/seed.hpp"
#include "bench/peers/target.hpp"
#include "bench/questions/questions.hpp"

namespace gochron::bench {
namespace {

using clock = std::chrono::steady_clock;

/// A paced reader of the API on a thread of its own, second by second, from its begin to its end.
class reader {
public:
  reader(endpoint to, std::string request, double rate)
    : thread_{[this, to, request = std::move(request), rate] {
        while (!ending_) {
          load_plan plan{.to = to, .connections = 4, .seconds = 1, .rate = rate};
          plan.request = [&](std::uint64_t) { return request; };
          auto x = bench::run(plan);
          seen_.ms.add(x.ms);
          seen_.done += x.done;
          seen_.failed += x.failed + x.lost;
        }
      }} {}
  ~reader() { end(); }

  load_result& end() {
    ending_ = true;
    if (thread_.joinable())
      thread_.join();
    return seen_;
  }

private:
  std::atomic<bool> ending_{false};
  load_result seen_;
  std::thread thread_;
};

/// One of the two halves: everything falls, or everything rises again.
struct half {
  double told = 0;      ///< when every monitor had committed its step; zero: never
  double delivered = 0; ///< when every event of it was received and on record; zero: not in this half
};

std::string when(double seconds) {
  return seconds > 0 ? figure(seconds) : "not within this half";
}

class storm_bench {
public:
  storm_bench(const server_options& where, const storm_options& what, report& out)
    : what_(what), out_(out), target_(target_options{}), receiver_(target_options{}), server_(checked(where)) {}

  void run() {
    seed();
    before_ = server_.spent();
    idle_rss_ = usage_of(server_.engine_pid()).rss_bytes;
    reader single{server_.at(), request_text("GET", "/api/monitors/" + some_id_, server_.token()), what_.api_rate};
    reader listing{server_.at(), request_text("GET", "/api/incidents?limit=20", server_.token()), what_.api_rate};
    auto down = turn(500, "gochron_incidents_opened_total", 1);
    auto up = turn(200, "gochron_incidents_resolved_total", 2);
    auto& one = single.end();
    auto& list = listing.end();
    describe(down, up, one, list);
    count_rows();
  }

private:
  static const server_options& checked(const server_options& x) {
    if (x.binary.empty())
      throw std::runtime_error("storm needs a server of its own: say --server BINARY");
    return x;
  }

  void seed() {
    for (int i = 0; i < what_.channels; ++i) {
      auto channel = server_.must("POST", "/api/channels",
                                  fmt::format(R"({{"name":"storm {0}","type":"webhook","webhook":{{"url":"{1}"}}}})", i,
                                              receiver_.url(static_cast<std::uint64_t>(i))));
      server_.must("POST", "/api/alert-rules",
                   fmt::format(R"({{"name":"storm {0}","channel_ids":["{1}"],"selector":{{"tags":["group-{0}"]}}}})", i,
                               channel["id"].GetString()));
    }
    some_id_ =
        server_
            .must("POST", "/api/monitors",
                  fmt::format(
                      R"({{"name":"storm","tags":["group-0"],"type":"http","interval_seconds":{},"timeout_ms":{},)"
                      R"("http":{{"url":"{}"}}}})",
                      what_.interval, std::min(what_.interval * 1000, 10'000), target_.url(0)))["id"]
            .GetString();
    progress(fmt::format("{} monitors: seeding", what_.monitors));
    server_.stop();
    {
      database db{server_.data_dir()};
      multiply(db, {"storm", what_.monitors - 1, what_.channels});
      if (what_.behind_one)
        put_behind_one(db);
    }
    server_.start();
    progress("a quiet start");
    std::this_thread::sleep_for(std::chrono::seconds{8});
  }

  // All but the one that was copied depend on it.
  void put_behind_one(const database& db) {
    db.run(fmt::format("UPDATE monitors SET spec = spec || jsonb_build_object('depends_on', jsonb_build_array('{}')) "
                       "WHERE name <> 'storm'",
                       some_id_));
    db.run("INSERT INTO monitor_dependencies SELECT m.id, p.id, m.org_id FROM monitors m, monitors p "
           "WHERE p.name = 'storm' AND m.name <> 'storm'");
  }

  /// How many of them are told when all of them fail.
  std::uint64_t paging() const { return what_.behind_one ? 1 : what_.monitors; }

  static constexpr double patience = 150; ///< seconds for each half, so that the question ends

  // Every target answers `status` from now on; waits until all is committed and all is delivered.
  half turn(int status, const char* committed, int times) {
    progress(fmt::format("targets answer {}", status));
    target_.board().status = status;
    auto began = clock::now();
    half x;
    auto due = static_cast<double>(what_.monitors);
    for (auto since = 0.0; since < patience && x.delivered == 0;) {
      std::this_thread::sleep_for(std::chrono::milliseconds{250});
      since = std::chrono::duration<double>(clock::now() - began).count();
      auto now = server_.spent();
      if (x.told == 0 && now.metric(committed) >= due)
        x.told = since;
      auto got = static_cast<double>(receiver_.board().requests.load());
      if (x.told > 0 && std::min(got, now.metric(R"(gochron_deliveries_total{outcome="succeeded"})")) >=
                            static_cast<double>(paging()) * times)
        x.delivered = since;
      // The next interval begins on time, whether the deliveries of this one are done or not.
      if (times == 1 && x.told > 0 && since >= what_.interval)
        break;
    }
    return x;
  }

  void describe(const half& down, const half& up, load_result& one, load_result& list) {
    auto after = server_.spent();
    auto lag = lag_histogram{after.metrics} - lag_histogram{before_.metrics};
    auto use = usage_of(server_.engine_pid());
    auto changes = 2 * static_cast<double>(what_.monitors);
    table t{
        fmt::format("Storm: {} monitors of {} s{} fail, then recover", what_.monitors, what_.interval,
                    what_.behind_one ? ", all behind one of them," : ""),
        {"what", "figure"},
        {{"all incidents opened, s", when(down.told)},
         {"all told of it, s", when(down.delivered)},
         {"all incidents resolved, s after recovery began", when(up.told)},
         {"all told of it, s after recovery began", when(up.delivered)},
         {"engine us a change, deliveries included", figure((after.engine_cpu - before_.engine_cpu) / changes * 1e6)},
         {"postgres us a change", figure((after.postgres_cpu - before_.postgres_cpu) / changes * 1e6)},
         {"engine RSS before", bytes(idle_rss_)},
         {"engine RSS peak", bytes(use.peak_rss_bytes)},
         {"lag p99 ms", figure(lag.quantile(0.99))},
         {"lag max ms", figure(lag.quantile(1))},
         {"skipped slots", figure(after.metric("gochron_skipped_slots_total"))},
         {"GET a monitor: p50 ms", figure(one.ms.median())},
         {"GET a monitor: p99 ms", figure(one.ms.quantile(0.99))},
         {"GET a page of incidents: p50 ms", figure(list.ms.median())},
         {"GET a page of incidents: p99 ms", figure(list.ms.quantile(0.99))},
         {"GETs not answered 2xx", figure(static_cast<double>(one.failed + list.failed))}},
        {}};
    t.notes = {fmt::format("seconds from the instant at which every target changes its answer; {} channels, a rule "
                           "each, one receiver; {} GETs a second of each kind meanwhile",
                           what_.channels, figure(what_.api_rate)),
               "engine and Postgres share one core; targets, receiver and reader the other"};
    out_.add(std::move(t));
  }

  void count_rows() {
    progress("counting");
    // The receiver has a POST before its outcome is committed.
    database db{server_.data_dir()};
    eventually(60, [&] { return db.number("SELECT count(*) FROM deliveries WHERE state = 'pending'") == 0; });
    auto n = std::to_string(what_.monitors);
    auto two = std::to_string(2 * what_.monitors);
    auto pages = std::to_string(2 * paging());
    auto count = [&](const char* sql) { return fmt::format("{:.0f}", db.number(sql)); };
    table t{"Storm: what is on record", {"rows", "expected", "found"}, {}, {}};
    t.rows = {{"incidents, resolved", n, count("SELECT count(*) FROM incidents WHERE state = 'resolved'")},
              {"incidents, open", "0", count("SELECT count(*) FROM incidents WHERE state <> 'resolved'")},
              {"status changes", two, count("SELECT count(*) FROM status_changes WHERE incident_id IS NOT NULL")},
              {"events", two, count("SELECT count(*) FROM events")},
              {"deliveries, succeeded", pages, count("SELECT count(*) FROM deliveries WHERE state = 'succeeded'")},
              {"deliveries, other", "0", count("SELECT count(*) FROM deliveries WHERE state <> 'succeeded'")},
              {"POSTs received", pages, std::to_string(receiver_.board().requests.load())}};
    out_.add(std::move(t));
  }

  const storm_options& what_;
  report& out_;
  target target_, receiver_;
  server server_;
  std::string some_id_;
  cost before_;
  double idle_rss_ = 0;
};

} // namespace

void ask_storm(const server_options& where, const storm_options& what, report& out) {
  storm_bench{where, what, out}.run();
}

} // namespace gochron::bench
