#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "bench/harness/database.hpp"
#include "bench/peers/receiver.hpp"
#include "bench/questions/questions.hpp"

namespace gochron::bench {
namespace {

// Until the engine runs again and has everything armed.
constexpr int seconds_to_due = 20;

/// Heartbeats that have failed, each with an incident that waits for the second step of its policy.
class escalation_bench {
public:
  escalation_bench(const server_options& where, const escalation_options& what, report& out)
    : what_(what), out_(out), server_(checked(where)) {}

  void run() {
    seed();
    auto calm = idle();
    open_all();
    auto running = idle();
    step_all();
    describe(calm, running);
  }

private:
  struct quiet {
    double cpu_percent = 0, rss = 0;
  };

  static const server_options& checked(const server_options& x) {
    if (x.binary.empty())
      throw std::runtime_error("escalations needs a server of its own: say --server BINARY");
    return x;
  }

  void seed() {
    auto id = [&](const char* path, const std::string& body) -> std::string {
      return server_.must("POST", path, body)["id"].GetString();
    };
    auto channel = id("/api/channels",
                      fmt::format(R"({{"name":"bench","type":"webhook","webhook":{{"url":"{}"}}}})", hooks_.url(0)));
    auto target = fmt::format(R"([{{"type":"channel","id":"{}"}}])", channel);
    auto policy = id("/api/escalation-policies",
                     fmt::format(R"({{"name":"bench","steps":[{{"key":"first","delay_seconds":0,"targets":{0}}},)"
                                 R"({{"key":"second","delay_seconds":86400,"targets":{0}}}]}})",
                                 target));
    id("/api/alert-rules", fmt::format(R"({{"name":"bench","escalation_policy_id":"{}"}})", policy));
    progress(fmt::format("{} heartbeats", what_.escalations));
    jobs_ = server_.create_heartbeats(what_.escalations, [](auto i) { return fmt::format("bench-subject-{}", i); });
  }

  quiet idle() {
    progress("idling");
    std::this_thread::sleep_for(std::chrono::seconds{5});
    auto before = usage_of(server_.engine_pid()).cpu_seconds;
    std::this_thread::sleep_for(std::chrono::duration<double>(what_.seconds));
    auto now = usage_of(server_.engine_pid());
    return {(now.cpu_seconds - before) / what_.seconds * 100, now.rss_bytes};
  }

  // Every job says that it has failed, and the first step of each is told.
  void open_all() {
    progress("all fail");
    load_plan plan{.to = server_.at(), .connections = 32, .count = what_.escalations};
    plan.request = [&](std::uint64_t n) { return request_text("GET", jobs_.paths[n] + "/fail", {}); };
    auto done = bench::run(plan);
    if (done.failed + done.lost > 0)
      throw std::runtime_error(fmt::format("{} pings failed", done.failed + done.lost));
    wait_for(what_.escalations, 120);
  }

  // What was due tomorrow is due at one instant, soon after the next start.
  void step_all() {
    progress("all are due at one instant");
    server_.stop();
    {
      database db{server_.data_dir()};
      due_us_ = now_us() + seconds_to_due * 1'000'000LL;
      db.run(fmt::format("UPDATE escalations SET due_at = to_timestamp({}::double precision / 1e6) "
                         "WHERE state = 'running' AND due_at IS NOT NULL",
                         due_us_));
      armed_ = db.number("SELECT count(*) FROM escalations WHERE state = 'running' AND due_at IS NOT NULL");
    }
    server_.start();
    before_ = server_.spent();
    late_start_ = now_us() > due_us_;
    wait_for(2 * what_.escalations, 120);
    after_ = server_.spent();
  }

  void wait_for(std::size_t pages, double seconds) {
    if (!eventually(seconds, [&] { return hooks_.board().count >= pages; }))
      throw std::runtime_error(fmt::format("only {} of {} pages came", hooks_.board().count.load(), pages));
  }

  void describe(const quiet& calm, const quiet& running) {
    auto count = static_cast<double>(what_.escalations);
    samples ms;
    auto& board = hooks_.board();
    for (auto n = what_.escalations; n < std::min<std::size_t>(board.count, receiver_board::capacity); ++n)
      ms.add(static_cast<double>(board.entries[n].at_us - due_us_) / 1000);
    database db{server_.data_dir()};
    auto told = [&] { return db.number("SELECT count(*) FROM escalations WHERE last_key = 'second'"); };
    eventually(30, [&] { return told() >= count; });
    table t{fmt::format("{} running escalations", what_.escalations),
            {"what", "figure"},
            {{"idle CPU before, %", figure(calm.cpu_percent)},
             {"idle CPU while all run, %", figure(running.cpu_percent)},
             {"engine RSS, incident and escalation included: bytes each", figure((running.rss - calm.rss) / count)},
             {"due at one instant", figure(armed_)},
             {"page received after that instant: p50 ms", figure(ms.median())},
             {"page received after that instant: p99 ms", figure(ms.quantile(.99))},
             {"page received after that instant: last ms", figure(ms.max())},
             {"engine us a step, delivery included", figure((after_.engine_cpu - before_.engine_cpu) / count * 1e6)},
             {"postgres us a step", figure((after_.postgres_cpu - before_.postgres_cpu) / count * 1e6)},
             {"steps on record", figure(told())},
             {"pages received", figure(static_cast<double>(board.count) - count)}},
            {}};
    t.notes = {"heartbeats that failed; one policy, one channel, one receiver; the instant lies after a restart, when "
               "the policy has read its rows"};
    if (late_start_)
      t.notes.push_back("the engine was not running at that instant: what was due had to wait for it");
    out_.add(std::move(t));
  }

  const escalation_options& what_;
  report& out_;
  receiver hooks_;
  server server_;
  heartbeats jobs_;
  std::int64_t due_us_ = 0;
  double armed_ = 0;
  bool late_start_ = false;
  cost before_, after_;
};

} // namespace

void ask_escalations(const server_options& where, const escalation_options& what, report& out) {
  escalation_bench{where, what, out}.run();
}

} // namespace gochron::bench
