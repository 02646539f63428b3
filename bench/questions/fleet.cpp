#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "bench/harness/database.hpp"
#include "bench/harness/seed.hpp"
#include "bench/peers/target.hpp"
#include "bench/questions/questions.hpp"

namespace gochron::bench {
namespace {

using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point t) {
  return std::chrono::duration<double>(clock::now() - t).count();
}

/// What a server needs to come up with its fleet, and to hold it.
struct held {
  double listening = 0, ready = 0, armed = 0; ///< seconds since it was started
  double round = 0;                           ///< likewise, when every HTTP check had its first round of a minute
  double rss = 0, peak = 0;
  double engine_cpu = 0, postgres_cpu = 0; ///< of one core, while nothing is due
};

class fleet_bench {
public:
  fleet_bench(const server_options& where, const question_options& how, const fleet_options& what, report& out)
    : where_(where), how_(how), what_(what), out_(out), target_(target_options{}) {
    if (where_.binary.empty())
      throw std::runtime_error("fleet needs a server of its own: say --server BINARY");
  }

  void run() {
    table t{"Fleet: half heartbeats of a day, half HTTP checks",
            {"monitors", "listening s", "ready s", "all armed s", "first round s", "RSS", "peak RSS", "bytes/monitor",
             "engine CPU %", "postgres CPU %"},
            {},
            {}};
    auto empty = hold(0);
    t.rows.push_back(row(0, empty, empty));
    for (auto count : what_.monitors)
      t.rows.push_back(row(count, hold(count), empty));
    t.notes = {"listening, ready, armed: from the start of the process, its Postgres included, to the line on standard "
               "output, to 200 from /readyz, to the last timer in the wheel",
               fmt::format("first round: of a start with HTTP checks every minute, for fleets of at most {}; more are "
                           "more than two cores check in a minute",
                           most_for_a_round),
               fmt::format("HTTP checks every {} s; CPU of one core over {} s without requests; bytes/monitor: RSS "
                           "above that of an empty engine",
                           what_.interval, idle_seconds())};
    out_.add(std::move(t));
  }

private:
  static std::vector<std::string> row(std::uint64_t count, const held& x, const held& empty) {
    auto each = count == 0 ? std::string{"-"} : figure((x.rss - empty.rss) / static_cast<double>(count));
    return {std::to_string(count),
            figure(x.listening),
            figure(x.ready),
            figure(x.armed),
            x.round > 0 ? figure(x.round) : "-",
            bytes(x.rss),
            bytes(x.peak),
            each,
            figure(x.engine_cpu * 100),
            figure(x.postgres_cpu * 100)};
  }

  void seed(server& engine, std::uint64_t count) {
    engine.must("POST", "/api/monitors",
                R"({"name":"fleet heartbeat","type":"heartbeat","heartbeat":{"period_seconds":86400,)"
                R"("grace_seconds":86400}})");
    engine.must("POST", "/api/monitors",
                fmt::format(R"({{"name":"fleet check","type":"http","interval_seconds":{},"timeout_ms":900,)"
                            R"("http":{{"url":"{}"}}}})",
                            what_.interval, target_.url(0)));
    progress(fmt::format("{} monitors: seeding", count));
    engine.stop();
    database db{engine.data_dir()};
    multiply(db, {"fleet heartbeat", count / 2, 0, false});
    multiply(db, {"fleet check", count - count / 2, 0, false});
  }

  held hold(std::uint64_t count) {
    auto options = where_;
    options.core = -1; // what is measured next to it takes next to nothing
    server engine{options};
    if (count > 0)
      seed(engine, count);
    else
      engine.stop();
    held x;
    progress(fmt::format("{} monitors: starting", count));
    auto began = clock::now();
    engine.start();
    x.listening = seconds_since(began);
    wait_for("/readyz", [&] { return engine.call("GET", "/readyz").status == 200; });
    x.ready = seconds_since(began);
    wait_for("timers", [&] { return engine.spent().metric("gochron_timers") >= static_cast<double>(count); });
    x.armed = seconds_since(began);
    watch_idle(engine, x);
    if (count > 0 && count <= most_for_a_round)
      watch_round(engine, static_cast<double>(count - count / 2), x);
    return x;
  }

  void watch_round(server& engine, double checks, held& x) {
    progress("a round of a minute");
    engine.stop();
    database{engine.data_dir()}.run(
        "UPDATE monitors SET spec = spec || '{\"interval_seconds\": 60}' WHERE type = 'http'");
    auto began = clock::now();
    engine.start();
    wait_for("the first round", [&] { return engine.spent().metric("gochron_rounds_total") >= checks; });
    x.round = seconds_since(began);
  }

  void watch_idle(server& engine, held& x) {
    std::this_thread::sleep_for(std::chrono::seconds{5}); // what a start leaves to do: housekeeping's first round
    auto began = clock::now();
    auto before = engine.spent();
    std::this_thread::sleep_for(std::chrono::duration<double>(idle_seconds()));
    auto after = engine.spent();
    auto window = seconds_since(began);
    x.engine_cpu = (after.engine_cpu - before.engine_cpu) / window;
    x.postgres_cpu = (after.postgres_cpu - before.postgres_cpu) / window;
    x.rss = usage_of(engine.engine_pid()).rss_bytes;
    x.peak = usage_of(engine.engine_pid()).peak_rss_bytes;
  }

  static constexpr std::uint64_t most_for_a_round = 100'000;

  double idle_seconds() const { return 5 * how_.seconds; }

  static void wait_for(const char* what, const std::function<bool()>& done) {
    if (!eventually(120, done))
      throw std::runtime_error(fmt::format("{} did not come within two minutes", what));
  }

  const server_options& where_;
  const question_options& how_;
  const fleet_options& what_;
  report& out_;
  target target_;
};

} // namespace

void ask_fleet(const server_options& where, const question_options& how, const fleet_options& what, report& out) {
  fleet_bench{where, how, what, out}.run();
}

} // namespace gochron::bench
