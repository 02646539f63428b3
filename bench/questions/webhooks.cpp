#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "bench/floors/post_floor.hpp"
#include "bench/harness/ladder.hpp"
#include "bench/peers/tools.hpp"
#include "bench/questions/questions.hpp"
#include "bench/questions/webhook_world.hpp"

namespace gochron::bench {
namespace {

void rest(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

/// As long as a real event of ours.
std::string sample_body() {
  return fmt::format(R"({{"id":"evt_0","type":"incident.opened","filler":"{}"}})", std::string(1300, 'x'));
}

struct burst {
  double engine_us = 0, postgres_us = 0; ///< CPU of all of it
  double rate = 0;                       ///< webhooks a second, from the first to the last
};

class webhook_bench {
public:
  webhook_bench(const server_options& where, const question_options& how, report& out)
    : how_(how), out_(out), server_(where), world_(server_, hooks_) {}

  void run() {
    std::vector<std::string> urls;
    for (std::uint32_t i = 0; i < healthy; ++i)
      urls.push_back(hooks_.url(i));
    urls.push_back(hooks_.slow_url(healthy));
    urls.push_back(hooks_.dead_url(healthy + 1));
    world_.add_channels(urls);
    world_.add_jobs(burst_jobs);
    throughput();
    from_check_to_post();
    neighbours();
  }

private:
  static constexpr std::uint32_t healthy = 100;
  static constexpr std::uint64_t burst_jobs = 2000;

  std::size_t arrived() const { return hooks_.board().count; }

  // All jobs fail at once and recover at once, each time told to so many channels.
  burst fail_and_recover(std::size_t channels, std::uint64_t jobs) {
    world_.tell(0, channels);
    auto before = server_.spent();
    auto first = arrived();
    for (bool fail : {true, false}) {
      auto due = arrived() + channels * jobs;
      world_.all(fail, jobs);
      world_.wait_for(due, 120);
    }
    rest(1.5);
    auto after = server_.spent();
    burst x{(after.engine_cpu - before.engine_cpu) * 1e6, (after.postgres_cpu - before.postgres_cpu) * 1e6, 0};
    if (auto last = std::min(arrived(), receiver_board::capacity); last > first + 1)
      x.rate =
          static_cast<double>(last - first) /
          (static_cast<double>(hooks_.board().entries[last - 1].at_us - hooks_.board().entries[first].at_us) / 1e6);
    return x;
  }

  post_floor_cost floor(const std::string& secret) {
    post_plan plan{.to = {"127.0.0.1", hooks_.port()}, .path = "/hook/0", .body = sample_body(), .secret = secret};
    plan.seconds = how_.seconds;
    server_.freeze();
    auto cost = run_post_floor(plan);
    server_.thaw();
    return cost;
  }

  post_cost wrk() {
    if (!is_installed("wrk"))
      return {};
    server_.freeze();
    auto cost = run_wrk(hooks_.url(0), sample_body(), 16, how_.seconds);
    server_.thaw();
    return cost;
  }

  void throughput() {
    table t{"Webhooks: CPU a delivery, signed and logged, interleaved with bare senders",
            {"sender", "POSTs/s", "sender us", "of wrk", "postgres us"},
            {},
            {}};
    samples bare, bare_rate, signing, signing_rate, peer, peer_rate, quiet, quiet_pg;
    samples one, one_rate, one_pg, many, many_rate, many_pg;
    for (int i = 0; i < how_.repeats; ++i) {
      progress(fmt::format("webhooks: turn {} of {}", i + 1, how_.repeats));
      auto unsigned_floor = floor("");
      auto signed_floor = floor(core_secret);
      auto w = wrk();
      bare.add(unsigned_floor.us_per_post()), bare_rate.add(unsigned_floor.rate());
      signing.add(signed_floor.us_per_post()), signing_rate.add(signed_floor.rate());
      peer.add(w.cpu_us), peer_rate.add(w.rate);
      auto none = fail_and_recover(0, burst_jobs);
      quiet.add(none.engine_us), quiet_pg.add(none.postgres_us);
      note(one, one_rate, one_pg, fail_and_recover(1, burst_jobs), none, 2.0 * burst_jobs);
      note(many, many_rate, many_pg, fail_and_recover(16, burst_jobs / 4), scaled(none, .25), 8.0 * burst_jobs);
    }
    auto wrk_us = peer.median() > 0 ? peer.median() : bare.median();
    auto row = [&](std::string name, samples& rate, samples& us, std::string pg) {
      t.rows.push_back(
          {std::move(name), figure(rate.median()), figure(us.median()), figure(us.median() / wrk_us), std::move(pg)});
    };
    if (peer.median() > 0)
      row("wrk -t1 -c16", peer_rate, peer, "");
    row("bare loop, keep-alive", bare_rate, bare, "");
    row("bare loop, signed twice", signing_rate, signing, "");
    row("gochron, 1 channel", one_rate, one, figure(one_pg.median()));
    row("gochron, 16 channels", many_rate, many, figure(many_pg.median()));
    t.notes = {
        fmt::format("{} jobs fail, then recover: an incident opened and resolved, each told to every channel; what "
                    "the same costs without a channel ({} us of engine and {} us of Postgres a step) is taken off",
                    burst_jobs, figure(quiet.median() / (2.0 * burst_jobs)),
                    figure(quiet_pg.median() / (2.0 * burst_jobs))),
        "bodies of some 1.4 kB; POSTs/s from the first to the last of a burst, incidents being made meanwhile"};
    out_.add(std::move(t));
  }

  static burst scaled(burst x, double by) { return {x.engine_us * by, x.postgres_us * by, x.rate}; }

  static void note(samples& us, samples& rate, samples& pg, const burst& x, const burst& without, double posts) {
    us.add((x.engine_us - without.engine_us) / posts);
    pg.add((x.postgres_us - without.postgres_us) / posts);
    rate.add(x.rate);
  }

  // Targets begin to fail, and to be good again; the receiver, which is the target as well, sees both ends.
  void from_check_to_post() {
    constexpr std::uint32_t count = 100;
    world_.tell(0, 1);
    auto ids = server_.create("/api/monitors", count, [&](auto i) {
      return fmt::format(R"({{"name":"bench-subject-{}","type":"http","interval_seconds":1,"timeout_ms":900,)"
                         R"("failure_threshold":1,"retry":{{"count":0}},"http":{{"url":"{}"}}}})",
                         i, hooks_.target_url(static_cast<std::uint32_t>(i)));
    });
    auto& board = hooks_.board();
    rest(2.5);
    samples ms;
    for (int i = 0; i < 4 * how_.repeats; ++i) {
      progress(fmt::format("from check to POST: turn {}", i + 1));
      auto first = arrived();
      board.target_status = i % 2 == 0 ? 500 : 200;
      world_.wait_for(first + count, 30);
      for (auto n = first; n < arrived(); ++n)
        if (board.entries[n].subject < count) // others come late from before
          ms.add(static_cast<double>(board.entries[n].at_us - board.answered_us[board.entries[n].subject]) / 1000);
    }
    server_.remove_all("/api/monitors", ids);
    out_.add({"From the failed (or good) check to the POST received",
              {"targets", "changes", "p50 ms", "p99 ms", "max ms"},
              {{std::to_string(count), std::to_string(ms.size()), figure(ms.median()), figure(ms.quantile(.99)),
                figure(ms.max())}},
              {"from the target's answer that the check judges to the arrival of the webhook about it: judged, "
               "committed, claimed, signed, sent; a check a second and target"}});
  }

  // A hundred good receivers, then with a slow and a dead one among them.
  void neighbours() {
    table t{"A hundred good receivers: from ping to POST received",
            {"besides them", "deliveries/s", "p50 ms", "p99 ms", "max ms", "deliveries"},
            {},
            {}};
    constexpr double rate = 5; // incidents a second
    std::uint64_t jobs = 100;
    for (auto [name, channels] :
         {std::pair{"nobody", healthy}, {"one slow, one dead", healthy + 2}, {"nobody", healthy}}) {
      progress(fmt::format("neighbours: {}", name));
      world_.tell(0, channels);
      auto first = arrived();
      world_.all(true, jobs, rate);
      world_.wait_for(first + jobs * healthy, 60);
      samples ms;
      for (auto n = first; n < std::min(arrived(), receiver_board::capacity); ++n)
        ms.add(static_cast<double>(hooks_.board().entries[n].at_us - hooks_.board().entries[n].decided_us) / 1000);
      t.rows.push_back({name, figure(rate * healthy), figure(ms.median()), figure(ms.quantile(.99)), figure(ms.max()),
                        std::to_string(ms.size())});
      world_.all(false, jobs, 2 * rate);
      world_.wait_for(first + 2 * jobs * healthy, 60); // nothing of this turn is left for the next
    }
    t.notes = {"slow: answers after 3 s; dead: takes the connection and never answers (attempts end after 5 s)"};
    out_.add(std::move(t));
  }

  static constexpr const char* core_secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

  const question_options& how_;
  report& out_;
  receiver hooks_;
  server server_;
  webhook_world world_;
};

} // namespace

void ask_webhooks(const server_options& where, const question_options& how, report& out) {
  webhook_bench{where, how, out}.run();
}

} // namespace gochron::bench
