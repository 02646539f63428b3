#include <algorithm>
#include <chrono>
#include <sstream>
#include <thread>
#include <unordered_set>

#include <fmt/format.h>

#include "bench/harness/database.hpp"
#include "bench/harness/ladder.hpp"
#include "bench/harness/seed.hpp"
#include "bench/peers/receiver.hpp"
#include "bench/questions/questions.hpp"
#include "core/schema/time.hpp"
#include "gochron/clock.hpp"

namespace gochron::bench {
namespace {

std::string ping_of(const heartbeats& all, std::uint64_t n) {
  return request_text("GET", all.paths[n % all.paths.size()], {});
}

heartbeats make_jobs(const server& of, std::uint64_t count, int period_seconds, int grace_seconds,
                     const std::string& name) {
  return of.create_heartbeats(
      count, [&](auto i) { return fmt::format("{}-{}", name, i); },
      fmt::format(R"({{"period_seconds":{},"grace_seconds":{}}})", period_seconds, grace_seconds));
}

/// Deadlines of a fleet in which some jobs stop to report, while all others go on.
class deadline_bench {
public:
  static constexpr int period_seconds = 20, grace_seconds = 10, round_seconds = 25;

  deadline_bench(server& of, const receiver& hooks, std::uint64_t count, report& out)
    : server_(of), hooks_(hooks), count_(count), silent_of_(std::max<std::uint64_t>(10, count / 1000)), out_(out) {}

  void run() {
    progress(fmt::format("making {} heartbeats", count_));
    channel_ =
        server_
            .must("POST", "/api/channels",
                  fmt::format(R"({{"name":"bench","type":"webhook","webhook":{{"url":"{}"}}}})", hooks_.url(0)))["id"]
            .GetString();
    rule_ =
        server_
            .must("POST", "/api/alert-rules", fmt::format(R"({{"name":"bench","channel_ids":["{}"]}})", channel_))["id"]
            .GetString();
    jobs_ = server_.own() ? seed_jobs() : make_jobs(server_, count_, period_seconds, grace_seconds, "bench-subject");
    progress("all jobs report");
    ping(count_, [](std::uint64_t i) { return i; });
    progress(fmt::format("one in {} falls silent", silent_of_));
    auto first = hooks_.board().count.load();
    auto alive = count_ - count_ / silent_of_;
    auto talkers = [this](std::uint64_t i) { return i / (silent_of_ - 1) * silent_of_ + i % (silent_of_ - 1) + 1; };
    auto cost = ping(alive, talkers);
    ping(alive, talkers);
    eventually(20, [&] { return hooks_.board().count >= first + count_ / silent_of_; });
    tell(first, cost);
    if (!server_.own())
      forget();
  }

private:
  // By SQL: a hundred thousand through the API would take a minute.
  jobs seed_jobs() {
    server_.must("POST", "/api/monitors",
                 fmt::format(R"({{"name":"bench-subject","type":"heartbeat","heartbeat":{{"period_seconds":{},)"
                             R"("grace_seconds":{}}}}})",
                             period_seconds, grace_seconds));
    server_.stop();
    jobs made;
    {
      database db{server_.data_dir()};
      multiply(db, {"bench-subject", count_ - 1, 0, false});
      std::istringstream tokens{db.text("SELECT string_agg(ping_token, ' ' ORDER BY id) FROM monitors "
                                        "WHERE name LIKE 'bench-subject%'")};
      for (std::string token; tokens >> token;)
        made.paths.push_back("/ping/" + token);
    }
    server_.start();
    return made;
  }

  template <class F>
  route_cost ping(std::uint64_t number, F which) {
    load_plan plan{.to = server_.at(), .connections = 64, .count = number};
    plan.rate = static_cast<double>(number) / round_seconds;
    plan.request = [this, which](std::uint64_t i) { return ping_of(jobs_, which(i)); };
    auto cost = measure(server_, plan);
    if (cost.load.failed + cost.load.lost > 0)
      throw std::runtime_error(fmt::format("{} pings failed", cost.load.failed + cost.load.lost));
    return cost;
  }

  void tell(std::size_t first, route_cost& cost) {
    samples decided, received;
    std::unordered_set<std::uint32_t> seen;
    std::size_t false_alarms = 0;
    auto& board = hooks_.board();
    for (auto i = first; i < std::min(board.count.load(), receiver_board::capacity); ++i) {
      auto& x = board.entries[i];
      if (!x.opened)
        continue;
      false_alarms += x.subject % silent_of_ != 0 ? 1U : 0U;
      seen.insert(x.subject);
      decided.add(static_cast<double>(x.decided_us - x.started_us) / 1000);
      received.add(static_cast<double>(x.at_us - x.started_us) / 1000);
    }
    auto due = count_ / silent_of_;
    table t{fmt::format("Deadlines of {} heartbeats, {} of them missed", count_, due),
            {"from the deadline to", "p50 ms", "p99 ms", "max ms", "missed", "told", "false"},
            {},
            {}};
    auto row = [&](const char* name, samples& x) {
      t.rows.push_back({name, figure(x.median()), figure(x.quantile(.99)), figure(x.max()), std::to_string(due),
                        std::to_string(seen.size()), std::to_string(false_alarms)});
    };
    row("the decision", decided);
    row("the webhook received", received);
    t.notes = {
        fmt::format("meanwhile {:.0f} pings/s, p99 {} ms; {} us of engine and {} us of Postgres a ping, incidents "
                    "and webhooks included",
                    cost.load.rate(), figure(cost.load.ms.quantile(.99)), figure(cost.engine_us),
                    figure(cost.postgres_us)),
        "the deadline: `started_at` of the incident; the decision: `timestamp` of its event"};
    out_.add(std::move(t));
  }

  void forget() {
    server_.remove_all("/api/alert-rules", {rule_});
    server_.remove_all("/api/channels", {channel_});
    server_.remove_all("/api/monitors", jobs_.ids);
  }

  server& server_;
  const receiver& hooks_;
  std::uint64_t count_;
  std::uint64_t silent_of_; ///< every such one
  report& out_;
  heartbeats jobs_;
  std::string channel_, rule_;
};

void measure_pings(const server& of, const heartbeats& all, const question_options& how, report& out) {
  std::vector<route> routes{
      {"GET /healthz", [](std::uint64_t) { return request_text("GET", "/healthz", {}); }},
      {"GET /ping/{token}", [&](std::uint64_t n) { return ping_of(all, n); }, 1.5},
  };
  auto before = of.spent();
  auto rungs = climb(of, routes, {.seconds = how.rung_seconds(), .repeats = how.turns()});
  auto after = of.spent();
  auto t = table_of("Heartbeat pings against a constant of the same server", rungs);
  auto grown = [&](const char* name) { return after.metric(name) - before.metric(name); };
  t.notes.push_back(fmt::format(
      "{:.0f} pings heard, {:.0f} of their rows written by the end, {:.0f} dropped from a full "
      "buffer",
      grown("gochron_pings_total"), grown("gochron_results_copied_total"), grown("gochron_results_dropped_total")));
  out.add(std::move(t));
}

void ping_all(const server& of, const heartbeats& all) {
  load_plan plan{.to = of.at(), .connections = 32, .count = all.ids.size()};
  plan.request = [&](std::uint64_t n) { return ping_of(all, n); };
  if (auto done = run(plan); done.failed + done.lost > 0)
    throw std::runtime_error("pings failed");
}

/// What is left of answered pings when the engine is killed. Each job has been up before: its first ping is a change of
/// status, which is a transaction of its own.
void measure_durability(server& of, const heartbeats& all, report& out) {
  table t{"Pings answered 200 in the second before kill -9", {"run", "answered", "still known"}, {}, {}};
  ping_all(of, all);
  for (std::uint64_t i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(std::chrono::seconds{2});
    std::vector<std::size_t> answered;
    load_plan plan{.to = of.at(), .connections = 16, .seconds = 1, .rate = 1000};
    plan.request = [&](std::uint64_t n) { return ping_of(all, 1500 * i + n); };
    plan.seen = [&](const reply& r) {
      if (r.status == 200)
        answered.push_back(1500 * i + r.number);
    };
    auto began = core::to_rfc3339(system_wall_clock{}.now());
    run(plan);
    of.crash();
    std::size_t known = 0;
    for (auto n : answered)
      known += of.must("GET", "/api/monitors/" + all.ids[n])["last_checked_at"].GetString() >= began ? 1U : 0U;
    t.rows.push_back({std::to_string(i + 1), std::to_string(answered.size()), std::to_string(known)});
  }
  out.add(std::move(t));
}

} // namespace

void ask_heartbeats(const server_options& where, const question_options& how, report& out) {
  server of{where};
  progress("making heartbeats to ping");
  if (of.own())
    measure_durability(of, make_jobs(of, 5000, 86400, 3600, "bench durable"), out);
  auto pinged = make_jobs(of, 10000, 86400, 3600, "bench ping");
  ping_all(of, pinged); // from here on they are up, and a ping changes no status
  measure_pings(of, pinged, how, out);
  if (!of.own())
    of.remove_all("/api/monitors", pinged.ids);
}

void ask_deadlines(const server_options& where, const question_options& how, report& out) {
  receiver hooks;
  server of{where};
  deadline_bench{of, hooks, how.monitors, out}.run();
}

} // namespace gochron::bench
