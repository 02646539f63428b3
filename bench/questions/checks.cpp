#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include <fmt/format.h>

#include "bench/floors/floor.hpp"
#include "bench/harness/lag.hpp"
#include "bench/harness/samples.hpp"
#include "bench/peers/target.hpp"
#include "bench/peers/tls.hpp"
#include "bench/questions/questions.hpp"

namespace gochron::bench {
namespace {

void rest(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

double checks_in(const cost& x) {
  double sum = 0;
  for (auto& [name, value] : x.metrics)
    if (name.starts_with("gochron_checks_total"))
      sum += value;
  return sum;
}

/// What happened between two looks at the server.
struct window {
  double checks = 0, failed = 0, skipped = 0, seconds = 0, engine_us = 0, postgres_us = 0;
  lag_histogram lag;
  double rate() const { return checks / seconds; }
};

class check_bench {
public:
  check_bench(const server_options& where, const question_options& how, bool tls, report& out)
    : how_(how), tls_(tls), out_(out), identity_(tls ? make_tls_identity() : tls_identity{}),
      target_({identity_.chain_pem, identity_.key_pem, 1}), server_(where, arguments()) {}

  ~check_bench() {
    std::error_code ignored;
    std::filesystem::remove(ca_file_, ignored);
  }

  void run() {
    find_saturation();
    overload();
    compare();
    measure_lag();
    forget();
  }

private:
  std::vector<std::string> arguments() {
    if (!tls_)
      return {};
    ca_file_ = std::filesystem::temp_directory_path() / fmt::format("gochron-bench-ca-{}.pem", getpid());
    std::ofstream{ca_file_} << identity_.root_pem;
    return {"--extra-ca-file", ca_file_.string()};
  }

  std::string monitor(std::uint64_t n) const {
    auto tls = tls_ ? fmt::format(R"(,"tls":{{"server_name":"{}"}})", tls_name) : "";
    return fmt::format(
        R"({{"name":"bench check {}","type":"http","interval_seconds":1,"timeout_ms":950,"http":{{"url":"{}"{}}}}})", n,
        target_.url(n), tls);
  }

  void grow_to(double rate) {
    auto more = static_cast<std::uint64_t>(rate) - ids_.size();
    auto made = server_.create("/api/monitors", more, [&, first = ids_.size()](auto i) { return monitor(first + i); });
    ids_.insert(ids_.end(), made.begin(), made.end());
  }

  window watch(double seconds) {
    auto began = std::chrono::steady_clock::now();
    auto before = server_.spent();
    rest(seconds);
    auto after = server_.spent();
    window w;
    w.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    w.checks = checks_in(after) - checks_in(before);
    auto up = R"(gochron_checks_total{verdict="up"})";
    w.failed = w.checks - (after.metric(up) - before.metric(up));
    w.skipped = after.metric("gochron_skipped_slots_total") - before.metric("gochron_skipped_slots_total");
    w.engine_us = (after.engine_cpu - before.engine_cpu) / w.checks * 1e6;
    w.postgres_us = (after.postgres_cpu - before.postgres_cpu) / w.checks * 1e6;
    w.lag = lag_histogram{after.metrics} - lag_histogram{before.metrics};
    return w;
  }

  static std::vector<std::string> row(std::string name, window& w) {
    return {std::move(name),
            figure(w.rate()),
            figure(w.failed),
            figure(w.engine_us),
            figure(w.postgres_us),
            figure(w.lag.quantile(.5)),
            figure(w.lag.quantile(.99)),
            figure(w.lag.quantile(1))};
  }

  // Monitors of one second, more of them at each step, until the server no longer makes the checks that are due.
  void find_saturation() {
    table t{fmt::format("{} checks: rising load", kind()), columns("due/s"), {}, {}};
    for (double due = tls_ ? 300 : 4000; due < 100'000; due *= 1.25) {
      progress(fmt::format("{} checks at {:.0f}/s", kind(), due));
      grow_to(due);
      rest(3);
      auto w = watch(how_.seconds);
      t.rows.push_back(row(figure(due), w));
      saturation_ = std::max(saturation_, w.rate());
      if (w.rate() < 0.97 * static_cast<double>(ids_.size()))
        break;
    }
    t.notes.push_back(fmt::format("saturation: {:.0f} checks/s; engine and Postgres share one core, the target has the "
                                  "other",
                                  saturation_));
    out_.add(std::move(t));
  }

  // Twice as much is due as can be done. The checks must give way, and the API must not notice.
  void overload() {
    progress("overload: making twice as many as can be checked");
    grow_to(2 * saturation_);
    auto heartbeat = server_.must(
        "POST", "/api/monitors",
        R"({"name":"bench job","type":"heartbeat","heartbeat":{"period_seconds":86400,"grace_seconds":3600}})");
    std::string ping = heartbeat["ping_url"].GetString();
    ping.erase(0, ping.find("/ping/"));
    rest(3);
    progress("overload: reading and writing meanwhile");
    auto ask = [this](double rate, std::function<std::string(std::uint64_t)> request) {
      load_plan plan{.to = server_.at(), .connections = 8, .seconds = 3 * how_.seconds, .rate = rate};
      plan.request = std::move(request);
      return std::async(std::launch::async, [plan] { return bench::run(plan); });
    };
    auto some = [this](std::uint64_t n) { return "/api/monitors/" + ids_[n * 7919 % ids_.size()]; };
    auto gets = ask(50, [&](auto n) { return request_text("GET", some(n), server_.token()); });
    auto pings = ask(50, [&](auto) { return request_text("GET", ping, {}); });
    auto patches = ask(20, [&](auto n) {
      return request_text("PATCH", some(n), server_.token(), fmt::format(R"({{"name":"renamed {}"}})", n));
    });
    auto w = watch(3 * how_.seconds);
    table checks{fmt::format("{} checks: twice the saturation is due", kind()), columns("due/s"), {}, {}};
    checks.columns.push_back("skipped/s");
    checks.rows.push_back(row(figure(static_cast<double>(ids_.size())), w));
    checks.rows.back().push_back(figure(w.skipped / w.seconds));
    table api{"The API meanwhile", {"request", "requests/s", "p50 ms", "p99 ms", "max ms", "refused", "lost"}, {}, {}};
    auto describe = [&](const char* name, load_result x) {
      api.rows.push_back({name, figure(x.rate()), figure(x.ms.median()), figure(x.ms.quantile(.99)), figure(x.ms.max()),
                          std::to_string(x.failed), std::to_string(x.lost)});
    };
    describe("GET a monitor", gets.get());
    describe("ping", pings.get());
    describe("PATCH a monitor, durable", patches.get());
    api.notes = {"open loop: late answers are timed from when their request was due"};
    out_.add(std::move(checks));
    out_.add(std::move(api));
    server_.must("DELETE", "/api/monitors/" + std::string{heartbeat["id"].GetString()});
  }

  void compare() {
    pause_down_to(0.95 * saturation_);
    table t{fmt::format("CPU of a persisted {} check, at saturation, interleaved", kind()),
            {"pair", "floor us", "floor/s", "engine us", "postgres us", "ours/s", "engine/floor"},
            {},
            {}};
    samples floors, ours, ratios, postgres;
    for (int i = 0; i < how_.repeats; ++i) {
      progress(fmt::format("pair {} of {}", i + 1, how_.repeats));
      server_.freeze();
      auto floor = run_floor({target_.at(), how_.seconds, tls_ ? 32 : 128, 0, identity_.root_pem});
      server_.thaw();
      rest(3);
      auto w = watch(how_.seconds);
      floors.add(floor.us_per_check());
      ours.add(w.engine_us);
      postgres.add(w.postgres_us);
      ratios.add(w.engine_us / floor.us_per_check());
      t.rows.push_back({std::to_string(i + 1), figure(floor.us_per_check()), figure(floor.rate()), figure(w.engine_us),
                        figure(w.postgres_us), figure(w.rate()), figure(w.engine_us / floor.us_per_check())});
    }
    t.rows.push_back({"median", figure(floors.median()), "", figure(ours.median()), figure(postgres.median()), "",
                      figure(ratios.median())});
    t.notes = {"floor: an epoll loop" + std::string{tls_ ? " with OpenSSL, one shared context, full handshake" : ""} +
               "; nothing scheduled, judged or stored"};
    out_.add(std::move(t));
  }

  void pause_down_to(double rate) {
    auto keep = static_cast<std::size_t>(rate);
    if (keep >= running_or(ids_.size()))
      return;
    std::vector<std::string> some{ids_.begin() + static_cast<std::ptrdiff_t>(keep),
                                  ids_.begin() + static_cast<std::ptrdiff_t>(running_or(ids_.size()))};
    server_.patch_all("/api/monitors", some, R"({"paused":true})");
    running_ = keep;
  }

  std::size_t running_or(std::size_t all) const { return running_ == 0 ? all : running_; }

  void measure_lag() {
    table t{fmt::format("{} checks: schedule lag below saturation", kind()), columns("load"), {}, {}};
    for (double share : {0.9, 0.7, 0.5, 0.25}) {
      progress(fmt::format("lag at {:.0f} %", share * 100));
      pause_down_to(share * saturation_);
      rest(3);
      auto w = watch(3 * how_.seconds);
      t.rows.push_back(row(fmt::format("{:.0f} %", share * 100), w));
    }
    t.notes = {"lag: from the slot of a round to the start of its check; quantiles from the buckets of /metrics (upper "
               "bounds)"};
    out_.add(std::move(t));
  }

  void forget() {
    if (!server_.own())
      server_.remove_all("/api/monitors", ids_);
  }

  std::string kind() const { return tls_ ? "HTTPS" : "HTTP"; }

  static std::vector<std::string> columns(const std::string& first) {
    return {first, "checks/s", "failed", "engine us", "postgres us", "lag p50 ms", "lag p99 ms", "lag max ms"};
  }

  const question_options& how_;
  bool tls_;
  report& out_;
  tls_identity identity_;
  std::filesystem::path ca_file_;
  target target_;
  server server_;
  std::vector<std::string> ids_;
  std::size_t running_ = 0;
  double saturation_ = 0;
};

} // namespace

void ask_checks(const server_options& where, const question_options& how, bool tls, report& out) {
  check_bench{where, how, tls, out}.run();
}

} // namespace gochron::bench
