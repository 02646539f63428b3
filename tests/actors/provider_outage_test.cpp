#include <map>

#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

/// Services that come and go, one pager for all of them, and a provider that may be away.
struct busy_night : world {
  channel_id pager = add_channel("pager");
  std::set<std::string> broken;
  bool away = false;
  std::map<incident_id, std::vector<std::int64_t>> heard; ///< sequences of what got through
  std::map<event_id, int> times;
  std::int64_t owed = 0;

  busy_night() {
    add_rule({pager});
    probes.decide = [this](const monitor_spec& m, check_outcome& x) {
      x.verdict = broken.contains(m.name) ? verdict::down : verdict::up;
    };
    monitors.committed = [this](const transition& x) {
      for (auto& d : x.deliveries)
        channels.outbox[d.id] = d;
      owed += static_cast<std::int64_t>(x.deliveries.size());
    };
    sender.respond = [this](const webhook_post& p) {
      delivery_attempt a;
      a.status = away ? 503 : 200;
      a.message = away ? "away" : "";
      if (!away)
        hear(p);
      return a;
    };
  }

  void hear(const webhook_post& p) {
    auto found = std::ranges::find_if(channels.outbox, [&](auto& d) { return *d.second.event.body == *p.body; });
    REQUIRE(found != channels.outbox.end());
    const auto& e = found->second.event;
    heard[*e.incident].push_back(e.sequence);
    ++times[e.id];
  }
};

} // namespace

TEST_CASE_METHOD(busy_night, "a provider that is away for an hour gets everything afterwards, each incident in order") {
  std::set<std::string> all;
  for (int i = 0; i < 50; ++i) {
    auto x = http_monitor();
    x.name = "service " + std::to_string(i);
    all.insert(x.name);
    add(std::move(x));
  }
  advance(30s, 100ms);
  away = true;
  for (int wave = 0; wave < 3; ++wave) { // each fails and recovers three times within the hour
    broken = all;
    advance(10min, 100ms);
    broken.clear();
    advance(10min, 100ms);
  }
  CHECK(counts.incidents_opened == 150);
  CHECK(counts.incidents_resolved == 150);
  CHECK(heard.empty());
  away = false;
  advance(12h, 1s);
  CHECK(owed == 300);
  CHECK(times.size() == 300);
  CHECK(std::ranges::all_of(times, [](auto& x) { return x.second == 1; }));
  CHECK(heard.size() == 150);
  for (auto& [incident, sequences] : heard)
    CHECK(sequences == std::vector<std::int64_t>{1, 2});
  for (auto& [id, d] : channels.outbox)
    CHECK(d.state == delivery_state::succeeded);
}
