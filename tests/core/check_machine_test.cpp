#include "core/check_machine.hpp"

#include <string_view>

#include <catch2/catch.hpp>

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

constexpr timestamp start{1'700'000'000'000ms};

timestamp at(int round) {
  return start + seconds{60 * round};
}

verdict verdict_of(char letter) {
  switch (letter) {
  case 'u':
    return verdict::up;
  case 'g':
    return verdict::degraded;
  case 'd':
    return verdict::down;
  default:
    return verdict::error;
  }
}

char letter_of(monitor_status x) {
  return "pugdmsx"[static_cast<std::size_t>(x)];
}

struct played {
  std::string statuses; ///< one letter a round: p u g(degraded) d x(unknown)
  std::string edges;    ///< `o3` opened with the instant of round 3, `r5` resolved with that of round 5
  check_state state;
};

/// Rounds a minute apart: u up, g degraded, d down, e error.
played play(const check_policy& policy, std::string_view rounds, check_state state = {}) {
  played x;
  int i = 0;
  for (char letter : rounds) {
    auto step = observe(policy, state, {verdict_of(letter), {}, at(i++)});
    auto effective = std::to_string((step.effective_at - start) / 60s);
    if (step.opened)
      x.edges += "o" + effective;
    if (step.resolved)
      x.edges += "r" + effective;
    CHECK(step.from == state.status);
    CHECK(step.to == step.next.status);
    CHECK(step.status_changed == (step.from != step.to));
    state = step.next;
    x.statuses += letter_of(state.status);
  }
  x.state = state;
  return x;
}

struct row {
  const char* what;
  check_policy policy;
  const char* rounds;
  const char* statuses;
  const char* edges;
};

constexpr check_policy immediate{};
constexpr check_policy three_and_two{3, 0s, 2, 0s};
constexpr check_policy two_minutes{1, 120s, 1, 180s};
constexpr check_policy both{2, 180s, 2, 120s};

} // namespace

TEST_CASE("rounds lead to statuses and edges exactly as the table says") {
  const row table[] = {
      {"a good round ends pending", immediate, "u", "u", ""},
      {"a degraded round ends pending", immediate, "g", "g", ""},
      {"degraded and up switch at once", immediate, "uggu", "uggu", ""},
      {"the immediate policy opens at the first failure", immediate, "ud", "ud", "o1"},
      {"a new monitor can be down at once", immediate, "d", "d", "o0"},
      {"and resolves at the first good round", immediate, "udu", "udu", "o1r2"},
      {"it recovers to degraded when that is the verdict", immediate, "udg", "udg", "o1r2"},
      {"each failure opens once", immediate, "udddu", "udddu", "o1r4"},
      {"each flap has its own incident", immediate, "dudu", "dudu", "o0r1o2r3"},
      {"the third failing round decides, from the first", three_and_two, "uddd", "uuud", "o1"},
      {"a good round before cancels", three_and_two, "uddudd", "uuuuuu", ""},
      {"a degraded round before cancels too", three_and_two, "uddgdd", "uuuggg", ""},
      {"after a cancel t0 is the new first failure", three_and_two, "duddd", "puuud", "o2"},
      {"pending stays until it is decided", three_and_two, "ddd", "ppd", "o0"},
      {"two good rounds resolve, from the first", three_and_two, "ddduu", "ppddu", "o0r3"},
      {"a bad round cancels the recovery", three_and_two, "dddudduu", "ppdddddu", "o0r6"},
      {"degraded counts as good in a recovery", three_and_two, "dddgu", "ppddu", "o0r3"},
      {"the deciding round names the status", three_and_two, "dddug", "ppddg", "o0r3"},
      {"confirmation needs time as well", two_minutes, "uddd", "uuud", "o1"},
      {"recovery needs time as well", two_minutes, "ddduuuu", "ppddddu", "o0r3"},
      {"the count alone does not decide", both, "dddd", "pppd", "o0"},
      {"the good count alone does not decide", both, "dddduuu", "pppdddu", "o0r4"},
      {"nobody voting is unknown", immediate, "ue", "ux", ""},
      {"from pending too", immediate, "e", "x", ""},
      {"from degraded too", immediate, "ge", "gx", ""},
      {"a good round ends unknown", immediate, "eu", "xu", ""},
      {"a degraded round ends unknown", immediate, "eg", "xg", ""},
      {"unknown can go down", immediate, "ed", "xd", "o1"},
      {"blindness counts for nothing while confirming", three_and_two, "udeded", "uuuuud", "o1"},
      {"and leaves the status alone while confirming", three_and_two, "udee", "uuuu", ""},
      {"unknown stays while a failure is being confirmed", three_and_two, "edd", "xxx", ""},
      {"blindness does not end a failure", immediate, "deee", "dddd", "o0"},
      {"blindness does not cancel a recovery", three_and_two, "dddueu", "ppdddu", "o0r3"},
      {"nor counts towards it", three_and_two, "ddduee", "ppdddd", "o0"},
      {"time that passed in blindness counts once a round fails", two_minutes, "deed", "pppd", "o0"},
  };
  for (const auto& x : table) {
    INFO(x.what);
    auto got = play(x.policy, x.rounds);
    CHECK(got.statuses == x.statuses);
    CHECK(got.edges == x.edges);
  }
}

TEST_CASE("what is being confirmed is visible") {
  auto failing = play(three_and_two, "udd").state;
  CHECK(failing.transition == transition_kind::confirming_down);
  CHECK(failing.first_failure == at(1));
  CHECK(failing.failures == 2);
  auto down = play(three_and_two, "uddd").state;
  CHECK(down.transition == transition_kind::none);
  CHECK(down.first_failure == at(1));
  auto recovering = play(three_and_two, "udddu").state;
  CHECK(recovering.transition == transition_kind::confirming_up);
  CHECK(recovering.first_success == at(4));
  CHECK(recovering.successes == 1);
  auto relapsed = play(three_and_two, "udddud").state;
  CHECK(relapsed.transition == transition_kind::none);
  CHECK_FALSE(relapsed.first_success);
  CHECK(relapsed.successes == 0);
  auto up = play(three_and_two, "ddduu").state;
  check_state fresh;
  fresh.status = monitor_status::up;
  CHECK(up == fresh);
}

TEST_CASE("a lowered threshold decides at the next failing round, not before") {
  auto confirming = play({5, 0s, 1, 0s}, "dd").state;
  CHECK(observe(immediate, confirming, {verdict::error, {}, at(2)}).next == confirming);
  auto step = observe(immediate, confirming, {verdict::down, {}, at(3)});
  CHECK(step.opened);
  CHECK(step.effective_at == at(0));
}

TEST_CASE("a round that comes in after a pause changes nothing") {
  for (auto status : {monitor_status::paused, monitor_status::maintenance}) {
    check_state state;
    state.status = status;
    for (auto v : {verdict::up, verdict::degraded, verdict::down, verdict::error}) {
      auto step = observe(immediate, state, {v, {}, at(1)});
      CHECK(step.next == state);
      CHECK_FALSE((step.status_changed || step.opened || step.resolved));
    }
  }
}

TEST_CASE("a pause ends what was open and a resume starts afresh") {
  auto stopped = paused(play(immediate, "ud").state, at(2));
  CHECK(stopped.to == monitor_status::paused);
  CHECK(stopped.resolved);
  CHECK(stopped.effective_at == at(2));
  CHECK_FALSE(paused(play(three_and_two, "udd").state, at(3)).resolved);
  CHECK_FALSE(paused(stopped.next, at(3)).status_changed);

  auto again = resumed(stopped.next, at(5));
  CHECK(again.from == monitor_status::paused);
  CHECK(again.next == check_state{});
  CHECK_FALSE((again.opened || again.resolved));
  auto down = play(immediate, "d").state;
  CHECK(resumed(down, at(5)).next == down);
}

TEST_CASE("a heartbeat is judged at once, other monitors by their own thresholds") {
  monitor_spec spec;
  spec.failure_threshold = 4;
  spec.confirmation = 30s;
  spec.success_threshold = 2;
  spec.recovery = 90s;
  auto policy = policy_of(spec);
  CHECK(policy.failure_threshold == 4);
  CHECK(policy.confirmation == 30s);
  CHECK(policy.success_threshold == 2);
  CHECK(policy.recovery == 90s);
  spec.check = heartbeat_check{};
  CHECK(policy_of(spec).failure_threshold == 1);
  CHECK(policy_of(spec).confirmation == 0s);
}
