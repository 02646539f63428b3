#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

constexpr int checks = 200, jobs = 50, first_job = 1'000;
constexpr auto interval = 600s;

/// A day of monitors that fail for an hour now and then, each at hours of its own; the last hour is a good one.
struct day : world {
  timestamp began = clock.t;
  channel_id good = add_channel("good", "http://good/");
  channel_id flaky = add_channel("flaky", "http://flaky/"); // refuses everything from five to seven
  channel_id dead = add_channel("dead", "http://dead/");
  rule_id rule = add_rule({good, flaky, dead});
  std::vector<monitor_id> watched, reporting;
  std::map<std::string, int> received; ///< by `webhook-id`, at the good and the flaky receiver together

  day() {
    monitors.committed = [this](const transition& x) {
      for (auto& d : x.deliveries)
        channels.outbox[d.id] = d;
    };
    probes.answer.verdict = verdict::up;
    probes.answer.reason = reason::none;
    probes.decide = [this](const monitor_spec& spec, check_outcome& x) { judge(std::stoi(spec.name), x); };
    sender.decide = [this](const webhook_post& x) { return receive(x); };
    for (int i = 0; i < checks; ++i)
      watched.push_back(add(named(http_monitor(interval), i)));
    for (int i = 0; i < jobs; ++i)
      reporting.push_back(add(named(heartbeat_monitor(1200s, 60s), first_job + i)));
  }

  static monitor_spec named(monitor_spec spec, int number) {
    spec.name = std::to_string(number);
    return spec;
  }
  int hour() const { return static_cast<int>((clock.t - began) / 1h); }
  static bool is_bad(int number, int hour) { return hour < 23 && (hour + number) % (4 + number % 3) == 0; }

  // In its bad hours one monitor cannot be checked, one is slow, and two of four are down.
  void judge(int number, check_outcome& x) const {
    if (!is_bad(number, hour()))
      return;
    constexpr std::pair<verdict, reason> kinds[] = {{verdict::error, reason::probe_error},
                                                    {verdict::degraded, reason::too_slow},
                                                    {verdict::down, reason::connect_refused},
                                                    {verdict::down, reason::status_mismatch}};
    std::tie(x.verdict, x.reason) = kinds[number % 4];
    x.message = "It is a bad hour.";
  }

  std::uint16_t receive(const webhook_post& x) {
    bool accepts = x.url == "http://good/" || (x.url == "http://flaky/" && (hour() < 5 || hour() > 6));
    if (!accepts)
      return 500;
    for (auto& h : x.headers)
      if (h.name == "webhook-id")
        ++received[h.value];
    return 204;
  }

  /// Jobs report twice in their period, unless they have a bad hour.
  void pass(seconds total) {
    for (auto left = total; left > 0s; left -= interval) {
      for (int i = 0; i < jobs; ++i)
        if (!is_bad(first_job + i, hour()))
          REQUIRE(ping(reporting[static_cast<std::size_t>(i)], ping_kind::success));
      advance(interval, 2s);
    }
  }

  static std::int64_t bad_hours(int from, int to, int from_hour, auto counts_as) {
    std::int64_t n = 0;
    for (int i = from; i < to; ++i)
      for (int h = from_hour; h < 24; ++h)
        n += is_bad(i, h) && counts_as(i) ? 1 : 0;
    return n;
  }
  std::int64_t in_outbox(channel_id to, delivery_state state) const {
    return std::count_if(channels.outbox.begin(), channels.outbox.end(),
                         [&](auto& x) { return x.second.channel == to && x.second.state == state; });
  }
};

} // namespace

TEST_CASE_METHOD(day, "a day with hundreds of outages is told exactly, and nothing grows") {
  pass(2h);
  auto places_before = leaves->slots.size();
  auto actors_before = sys.registry().running();
  pass(22h);

  constexpr std::int64_t rounds = checks * (24h / interval), rounds_an_hour = 1h / interval;
  auto of_kind = [](int kind) { return [kind](int i) { return i % 4 == kind; }; };
  auto is_down = [](int i) { return i % 4 >= 2; };
  CHECK(counts.rounds == rounds);
  CHECK(counts.skipped_slots == 0);
  // A round that is due at the very beginning is begun a step later, and the one that would make up for it at the end
  // of its bad hour as well: who is bad in the first hour may miss one.
  auto seen = [&](verdict v) { return static_cast<double>(counts.verdicts[static_cast<std::size_t>(v)]); };
  auto expected = [&](auto kind) {
    auto at_the_edge = bad_hours(0, checks, 0, kind) - bad_hours(0, checks, 1, kind);
    return Approx(static_cast<double>(rounds_an_hour * bad_hours(0, checks, 0, kind)))
        .margin(static_cast<double>(at_the_edge))
        .epsilon(0);
  };
  CHECK(seen(verdict::down) == expected(is_down));
  CHECK(seen(verdict::degraded) == expected(of_kind(1)));
  CHECK(seen(verdict::error) == expected(of_kind(0)));

  // A job that has not reported yet is not late.
  auto all = [](int) { return true; };
  auto outages = bad_hours(0, checks, 0, is_down) + bad_hours(first_job, first_job + jobs, 1, all);
  REQUIRE(outages > 500);
  CHECK(counts.incidents_opened == outages);
  CHECK(counts.incidents_resolved == outages);
  for (const auto* group : {&watched, &reporting})
    for (auto id : *group)
      CHECK(view(id).runtime.state.status == monitor_status::up);

  // Two events an outage, each told once to each receiver that lives, however often it was tried.
  for (auto to : {good, flaky}) {
    CHECK(in_outbox(to, delivery_state::succeeded) == 2 * outages);
    CHECK(in_outbox(to, delivery_state::pending) == 0);
  }
  CHECK(received.size() == static_cast<std::size_t>(2 * outages));
  CHECK(std::all_of(received.begin(), received.end(), [](auto& x) { return x.second == 2; }));
  CHECK(in_outbox(dead, delivery_state::succeeded) == 0);

  CHECK(counts.restarts == 0);
  CHECK(counts.quarantined == 0);
  CHECK(leaves->slots.size() == places_before);
  CHECK(leaves->by_id.size() == checks + jobs + 3);
  CHECK(sys.registry().running() == actors_before);
  CHECK(timers.armed() <= checks + jobs + 3); // one each
}
