#include "core/heartbeat_machine.hpp"

#include <catch2/catch.hpp>

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

constexpr timestamp start{1'700'000'000'000ms};

ping signal_of(ping_kind kind, std::uint8_t exit_code, std::string rid, timestamp at) {
  ping p;
  p.kind = kind;
  p.exit_code = exit_code;
  p.run_id = std::move(rid);
  p.received_at = at;
  return p;
}

/// A job with a period of an hour and a grace of ten minutes, pinged at minutes after its creation.
struct job {
  heartbeat_context context{{.period = 3600s, .grace = 600s}, monitor_status::pending, start};
  heartbeat_state state;
  check_state machine;
  std::string edges; ///< `down 70 missed_ping`, `up 80`: minutes of effect

  timestamp at(int minute) const { return start + std::chrono::minutes{minute}; }

  void take(const observation& x) {
    auto step = observe(check_policy{}, machine, x);
    machine = step.next;
    context.status = machine.status;
    if (!step.opened && !step.resolved)
      return;
    auto minute = std::to_string((step.effective_at - start) / 60s);
    edges += (edges.empty() ? "" : ", ") + std::string{step.opened ? "down " : "up "} + minute;
  }

  void tick(int minute) {
    if (auto x = expired(context, state, at(minute))) {
      causes.push_back(x->cause.code);
      take(*x);
    }
  }

  void send(int minute, ping_kind kind = ping_kind::success, std::string rid = {}, std::uint8_t exit_code = 0) {
    auto step = receive(context, state, signal_of(kind, exit_code, std::move(rid), at(minute)));
    if (step.resume) {
      machine = resumed(machine, at(minute)).next;
      context.status = machine.status;
      context.armed_since = at(minute);
    }
    state = step.next;
    for (const auto& x : step.observed) {
      if (x.cause.code != reason::none)
        causes.push_back(x.cause.code);
      take(x);
    }
  }

  void pause(int minute) {
    machine = paused(machine, at(minute)).next;
    context.status = machine.status;
  }

  void deaf(int from, int to) {
    auto all = context.gaps ? *context.gaps : std::vector<observation_gap>{};
    all.push_back({at(from), at(to)});
    context.gaps = std::make_shared<const std::vector<observation_gap>>(std::move(all));
  }
  void deaf_never() { context.gaps.reset(); }

  std::optional<timestamp> due() const { return deadline(context, state); }
  std::vector<reason> causes;
};

using reasons = std::vector<reason>;

} // namespace

TEST_CASE("a job that never pinged is pending and has no deadline") {
  job x;
  CHECK_FALSE(x.due());
  x.tick(100'000);
  CHECK(x.context.status == monitor_status::pending);
  x.send(5, ping_kind::log);
  CHECK_FALSE(x.due());
}

TEST_CASE("the deadline is the last success plus period and grace") {
  job x;
  x.send(0);
  CHECK(x.context.status == monitor_status::up);
  CHECK(x.due() == x.at(70));
  x.send(50);
  CHECK(x.due() == x.at(120));
}

TEST_CASE("a ping may come as early as late, so a gap shortly before its time may have hidden it") {
  job x; // a period of 60 and a grace of 10
  x.send(0);
  x.deaf(49, 51);
  CHECK(x.due() == x.at(51 + 70));
  job y;
  y.send(0);
  y.deaf(40, 50);
  CHECK(y.due() == y.at(80));
}

TEST_CASE("silence is down from the deadline, whenever it is noticed") {
  for (int noticed : {70, 71, 500}) {
    job x;
    x.send(0);
    x.tick(69);
    CHECK(x.edges.empty());
    x.tick(noticed);
    CHECK(x.edges == "down 70");
    CHECK(x.causes == reasons{reason::missed_ping});
    CHECK_FALSE(x.due());
    x.tick(noticed + 1000);
    CHECK(x.edges == "down 70");
  }
}

TEST_CASE("a late ping inside the grace changes nothing but the next deadline") {
  job x;
  x.send(0);
  x.tick(65);
  x.send(69);
  x.tick(70);
  CHECK(x.edges.empty());
  CHECK(x.due() == x.at(139));
}

TEST_CASE("the next success after a missed ping is up at once") {
  job x;
  x.send(0);
  x.tick(75);
  x.send(80);
  CHECK(x.edges == "down 70, up 80");
  CHECK(x.due() == x.at(150));
}

TEST_CASE("a success after the deadline tells the same story with or without the timer") {
  job x;
  x.send(0);
  x.send(80); // the timer was late
  CHECK(x.edges == "down 70, up 80");
  CHECK(x.causes == reasons{reason::missed_ping});
}

TEST_CASE("a failure signal or a non-zero exit is down at once, zero is a success") {
  job x;
  x.send(0);
  x.send(1, ping_kind::fail);
  x.send(2, ping_kind::exit, {}, 0);
  x.send(3, ping_kind::exit, {}, 137);
  x.send(4, ping_kind::fail);
  CHECK(x.edges == "down 1, up 2, down 3");
  CHECK(x.causes == reasons{reason::fail_signal, reason::exit_status, reason::fail_signal});
  CHECK_FALSE(x.due());
  job fresh;
  fresh.send(0, ping_kind::fail);
  CHECK(fresh.edges == "down 0");
}

TEST_CASE("the exit status and the limits are told in the message") {
  heartbeat_context context{{.period = 3600s, .grace = 600s}, monitor_status::up, start};
  auto exited = receive(context, {}, signal_of(ping_kind::exit, 3, {}, start));
  REQUIRE(exited.observed.size() == 1);
  CHECK(exited.observed[0].cause.message == "The job exited with status 3.");
  heartbeat_state state;
  state.last_ping = start;
  CHECK(expired(context, state, start + 2h)->cause.message ==
        "No ping within the period of 1 h and the grace of 10 min.");
  state.started_at = start;
  CHECK(expired(context, state, start + 2h)->cause.message == "The run did not finish within the grace of 10 min.");
}

TEST_CASE("a run must finish within the grace of its start") {
  job x;
  x.send(0);
  x.send(30, ping_kind::start);
  CHECK(x.due() == x.at(40));
  x.tick(45);
  CHECK(x.edges == "down 40");
  CHECK(x.causes == reasons{reason::late_run});
  x.send(50);
  CHECK(x.edges == "down 40, up 50");
  CHECK(x.due() == x.at(120));
  CHECK(x.state.last_duration == 20min);
}

TEST_CASE("a run's start does not postpone the expected ping") {
  job x;
  x.send(0);
  x.send(65, ping_kind::start);
  CHECK(x.due() == x.at(70));
  x.send(66, ping_kind::start);
  CHECK(x.due() == x.at(70));
}

TEST_CASE("the first start of a new job has a deadline, and the job stays pending until then") {
  job x;
  x.send(3, ping_kind::start);
  CHECK(x.context.status == monitor_status::pending);
  CHECK(x.due() == x.at(13));
  x.tick(13);
  CHECK(x.edges == "down 13");
}

TEST_CASE("a finish with the run's id, or none on both sides, measures its duration") {
  job x;
  x.send(0, ping_kind::start, "a");
  x.send(2, ping_kind::success, "a");
  CHECK(x.state.last_duration == 2min);
  CHECK_FALSE(x.state.started_at);
  CHECK(x.state.run_id.empty());
  x.send(10, ping_kind::start);
  x.send(13, ping_kind::exit, {}, 0);
  CHECK(x.state.last_duration == 3min);
  x.send(20);
  CHECK_FALSE(x.state.last_duration);
  x.send(30, ping_kind::start, "b");
  x.send(31, ping_kind::fail, "b");
  CHECK(x.state.last_duration == 1min);
}

TEST_CASE("a success of another run does not end the running one") {
  job x;
  x.send(0, ping_kind::start, "a");
  x.send(2, ping_kind::success, "b");
  CHECK(x.context.status == monitor_status::up);
  CHECK(x.state.run_id == "a");
  CHECK(x.due() == x.at(10));
  x.tick(10);
  CHECK(x.causes == reasons{reason::late_run});
}

TEST_CASE("a finish without an id, and any failure, ends the running one") {
  job x;
  x.send(0, ping_kind::start, "a");
  x.send(2, ping_kind::success);
  CHECK_FALSE(x.state.started_at);
  CHECK_FALSE(x.state.last_duration);
  x.send(3, ping_kind::start, "a");
  x.send(4, ping_kind::fail, "b");
  CHECK_FALSE(x.state.started_at);
}

TEST_CASE("an overdue run does not take a recovered job down again") {
  job x;
  x.send(0, ping_kind::start, "a");
  x.tick(10);
  x.send(20, ping_kind::success, "b");
  CHECK(x.edges == "down 10, up 20");
  CHECK(x.due() == x.at(90));
}

TEST_CASE("a second start takes the place of the first") {
  job x;
  x.send(0, ping_kind::start, "a");
  x.send(5, ping_kind::start, "b");
  CHECK(x.due() == x.at(15));
  x.send(6, ping_kind::success, "b");
  CHECK(x.state.last_duration == 1min);
}

TEST_CASE("while down a start changes no status and has no deadline") {
  job x;
  x.send(0, ping_kind::fail);
  x.send(1, ping_kind::start);
  CHECK_FALSE(x.due());
  x.tick(1000);
  CHECK(x.edges == "down 0");
  x.send(1001);
  CHECK(x.edges == "down 0, up 1001");
}

TEST_CASE("log changes nothing") {
  job x;
  x.send(0);
  x.send(1, ping_kind::start, "a");
  auto before = x.state;
  x.send(2, ping_kind::log, "a");
  CHECK(x.state == before);
  CHECK(x.due() == x.at(11));
}

TEST_CASE("a ping at a paused monitor resumes it and starts its history afresh") {
  job x;
  x.send(0);
  x.send(1, ping_kind::start, "a");
  x.pause(2);
  CHECK_FALSE(x.due());
  x.send(500, ping_kind::log);
  CHECK(x.context.status == monitor_status::paused);
  SECTION("a success takes it up") {
    x.send(600);
    CHECK(x.context.status == monitor_status::up);
    CHECK(x.due() == x.at(670));
  }
  SECTION("a start leaves it pending, with the run's deadline") {
    x.send(600, ping_kind::start);
    CHECK(x.context.status == monitor_status::pending);
    CHECK(x.due() == x.at(610));
  }
  SECTION("a failure takes it down") {
    x.send(600, ping_kind::fail);
    CHECK(x.edges == "down 600");
  }
  SECTION("unless it is to be resumed by hand") {
    x.context.check.manual_resume = true;
    auto before = x.state;
    x.send(600);
    x.send(601, ping_kind::fail);
    CHECK(x.context.status == monitor_status::paused);
    CHECK(x.state == before);
    CHECK(x.edges.empty());
  }
}

TEST_CASE("manual resume matters only while paused") {
  job x;
  x.context.check.manual_resume = true;
  x.send(0, ping_kind::fail);
  x.send(1);
  CHECK(x.edges == "down 0, up 1");
}

TEST_CASE("a deadline that passed while nobody listened gets one grace anew") {
  job x;
  x.send(0);
  x.context.armed_since = x.at(300); // the engine was away from before minute 70
  CHECK(x.due() == x.at(310));
  x.tick(309);
  CHECK(x.edges.empty());
  x.tick(310);
  CHECK(x.edges == "down 310");

  job y;
  y.send(0);
  y.context.armed_since = y.at(20); // a short absence long before the deadline moves nothing
  CHECK(y.due() == y.at(70));
}

TEST_CASE("a clock that is set forward takes no time from a job") {
  job x;
  x.send(0);
  x.deaf(30, 90);              // an hour that never was
  CHECK(x.due() == x.at(160)); // as far from here as it may have been lost, too
  x.deaf_never();
  x.deaf(30, 50);
  CHECK(x.due() == x.at(90));
  x.tick(89);
  x.send(89);
  CHECK(x.edges.empty());
}

TEST_CASE("a day of sleep makes nobody late, and a job that stays silent is down a period and a grace after it") {
  job x;
  x.send(0);
  x.send(10, ping_kind::start);
  x.deaf(15, 15 + 1440);
  x.tick(15 + 1440);
  x.tick(15 + 1440 + 69);
  CHECK(x.edges.empty());
  x.tick(15 + 1440 + 75);
  CHECK(x.edges == "down 1525");
}

TEST_CASE("a ping that may have been lost while nobody listened is not held against the job") {
  job x;
  x.send(0);
  x.deaf(58, 62); // it comes at 60, and at 120 again
  x.context.armed_since = x.at(62);
  x.tick(119);
  x.send(120);
  CHECK(x.edges.empty());
  CHECK(x.due() == x.at(190));
}

TEST_CASE("a restart a day does not hide a dead job") {
  job x;
  x.send(0);
  for (int restart = 61; restart < 400; restart += 60)
    x.deaf(restart, restart + 1);
  CHECK(x.due() == x.at(62 + 70 + 1));
}
