#include <chrono>
#include <memory>

#include <fmt/format.h>

#include "bench/floors/fan_floor.hpp"
#include "bench/harness/listeners.hpp"
#include "bench/harness/samples.hpp"
#include "bench/questions/questions.hpp"

namespace gochron::bench {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t a_token = 20, most_streams = 1000;

/// What telling one event after the other cost.
struct told {
  double events = 0, seconds = 0, cpu_us = 0, frames = 0;
  samples ms; ///< from the ping to the last stream's frame
};

class event_bench {
public:
  event_bench(const server_options& where, const question_options& how, report& out)
    : how_(how), out_(out), server_(where) {}

  void run() {
    for (std::size_t i = 0; i < most_streams / a_token; ++i)
      tokens_.push_back(
          server_.must("POST", "/api/tokens", fmt::format(R"({{"name":"bench-{}","scopes":["events:read"]}})", i)));
    job_ = server_.create_heartbeats(
        1, [](auto) { return std::string{"bench-teller"}; }, R"({"period_seconds":86400})");
    ping("");
    idle();
    fan_out();
    server_.remove_all("/api/monitors", job_.ids);
    std::vector<std::string> ids;
    for (const auto& t : tokens_)
      ids.emplace_back(t["id"].GetString());
    server_.remove_all("/api/tokens", ids);
  }

private:
  void ping(const std::string& suffix) {
    load_plan plan{.to = server_.at(), .connections = 1, .count = 1};
    plan.request = [&](std::uint64_t) { return request_text("POST", job_.paths[0] + suffix, {}); };
    if (run_plan(plan).failed > 0)
      throw std::runtime_error("a ping failed");
  }
  static load_result run_plan(const load_plan& plan) { return bench::run(plan); }

  void add_streams(listeners& to, std::size_t upto) {
    while (to.count() < upto) {
      std::string token = tokens_[to.count() / a_token]["secret"].GetString();
      to.add(server_.at(), request_text("GET", "/api/events/stream", token));
    }
  }

  double rss() const { return usage_of(server_.engine_pid()).rss_bytes; }

  // Memory is taken from the system in large pieces: the second half of the streams says what one costs.
  void idle() {
    table t{
        "Idle streams: memory of the engine", {"streams", "bytes each", "of the last half", "engine CPU ms/s"}, {}, {}};
    auto before = rss();
    auto all = std::make_unique<listeners>();
    add_streams(*all, most_streams / 2);
    auto half = rss();
    add_streams(*all, most_streams);
    auto full = rss();
    auto cpu = server_.spent().engine_cpu;
    std::this_thread::sleep_for(std::chrono::seconds{30});
    auto spent = (server_.spent().engine_cpu - cpu) / 30 * 1e3;
    t.rows.push_back({std::to_string(most_streams), figure((full - before) / most_streams),
                      figure((full - half) / (most_streams / 2)), figure(spent)});
    t.notes = {"resident memory of the process over the number of streams; the sockets' buffers are the kernel's and "
               "empty while nothing is sent",
               "CPU over half a minute with two heartbeats a stream"};
    out_.add(std::move(t));
  }

  told tell(listeners* to) {
    told x;
    auto cpu = server_.spent().engine_cpu;
    auto began = clock::now();
    auto elapsed = [&] { return std::chrono::duration<double>(clock::now() - began).count(); };
    auto first = to ? to->frames() : 0;
    for (; elapsed() < how_.seconds || static_cast<int>(x.events) % 2 != 0; ++x.events) {
      auto sent = clock::now();
      ping(static_cast<int>(x.events) % 2 == 0 ? "/1" : "");
      if (to && !to->wait_for(first + static_cast<std::uint64_t>(x.events + 1) * to->count(), 20))
        throw std::runtime_error("an event did not reach every stream");
      x.ms.add(std::chrono::duration<double, std::milli>(clock::now() - sent).count());
    }
    x.seconds = elapsed();
    x.cpu_us = (server_.spent().engine_cpu - cpu) * 1e6;
    x.frames = to ? static_cast<double>(to->frames() - first) : 0;
    return x;
  }

  told tell_streams(std::size_t streams) {
    listeners all;
    add_streams(all, streams);
    auto x = tell(&all);
    frame_bytes_ = static_cast<std::size_t>(static_cast<double>(all.bytes()) / x.frames) - 50;
    return x;
  }

  fan_floor_cost floor(std::size_t streams) {
    fan_plan plan{.frame =
                      "id: 1769860800000000\nevent: incident.opened\ndata: " + std::string(frame_bytes_, 'x') + "\n\n",
                  .streams = streams};
    plan.seconds = how_.seconds;
    server_.freeze();
    auto cost = run_fan_floor(plan);
    server_.thaw();
    return cost;
  }

  void fan_out() {
    table t{"Fan-out: one event after the other to every stream, interleaved with a bare loop",
            {"streams", "events/s", "frames/s", "us a frame", "bare us", "ratio", "p50 ms", "p99 ms"},
            {},
            {}};
    auto quiet = tell(nullptr);
    auto an_event = quiet.cpu_us / quiet.events;
    for (std::size_t streams : {std::size_t{1}, std::size_t{100}, most_streams}) {
      samples ours, bare, events, frames, p50, p99;
      for (int i = 0; i < how_.turns(); ++i) {
        progress(fmt::format("events: {} streams, turn {}", streams, i + 1));
        auto x = tell_streams(streams);
        ours.add((x.cpu_us - an_event * x.events) / x.frames);
        events.add(x.events / x.seconds), frames.add(x.frames / x.seconds);
        p50.add(x.ms.median()), p99.add(x.ms.quantile(.99));
        bare.add(floor(streams).us_per_frame());
      }
      t.rows.push_back({std::to_string(streams), figure(events.median()), figure(frames.median()),
                        figure(ours.median()), figure(bare.median()), figure(ours.median() / bare.median()),
                        figure(p50.median()), figure(p99.median())});
    }
    t.notes = {fmt::format("an event is a ping that changes a status: {} us of the engine without streams, which is "
                           "taken off; the next when every stream has it",
                           figure(an_event)),
               fmt::format("frames of {} bytes; latency from the ping to the last stream's frame", frame_bytes_ + 50),
               "bare: an epoll loop in a process of its own that writes the same frame to so many sockets"};
    out_.add(std::move(t));
  }

  const question_options& how_;
  report& out_;
  server server_;
  std::vector<answer> tokens_;
  heartbeats job_;
  std::size_t frame_bytes_ = 1500;
};

} // namespace

void ask_events(const server_options& where, const question_options& how, report& out) {
  event_bench{where, how, out}.run();
}

} // namespace gochron::bench
