#include "world.hpp"

#include "core/schema/json.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

/// A rule that groups, and monitors that all fail at once.
struct storm : world {
  channel_id pager = add_channel("pager");
  rule_id rule = add_rule({pager});

  storm() {
    monitors.committed = [this](const transition& x) {
      for (auto& d : x.deliveries)
        channels.outbox[d.id] = d;
    };
  }
  void group(alert_grouping how) {
    auto x = *alerts.rule(org, rule);
    x.spec.grouping = std::move(how);
    ++x.version;
    alerts.put(x);
  }
  std::vector<monitor_id> fail(int count) {
    std::vector<monitor_id> ids;
    answer(verdict::up);
    for (int i = 0; i < count; ++i)
      ids.push_back(add(http_monitor()));
    advance(30s);
    answer(verdict::down, reason::connect_refused);
    advance(30s);
    return ids;
  }
  struct message {
    std::string type, id;
    std::int64_t count = 0, opened = 0, resolved = 0;
  };
  message sent(std::size_t n) const {
    auto json = core::parse_json(*sender.posts.at(n).post.body);
    REQUIRE(json);
    message m{*json->find("type")->as<std::string>(), *json->find("id")->as<std::string>(), 0, 0, 0};
    if (m.type != "incidents.grouped")
      return m;
    auto number = [&](const char* name) { return *json->find("data")->find(name)->as<std::int64_t>(); };
    return {m.type, m.id, number("count"), number("opened"), number("resolved")};
  }
  std::ptrdiff_t in_state(delivery_state wanted) const {
    return std::ranges::count_if(channels.outbox, [=](auto& x) { return x.second.state == wanted; });
  }
};

} // namespace

TEST_CASE_METHOD(storm, "what fails within the wait is one message, and each delivery has its outcome") {
  group({{}, 60s, {}});
  fail(50);
  CHECK(sender.posts.empty());
  advance(61s);
  REQUIRE(sender.posts.size() == 1);
  CHECK(sent(0).type == "incidents.grouped");
  CHECK(sent(0).count == 50);
  CHECK(sent(0).opened == 50);
  CHECK(in_state(delivery_state::succeeded) == 50);
  CHECK(channels.outcomes.size() == 50);
  std::set<attempt_id> attempts;
  for (auto& x : channels.outcomes) {
    CHECK(x.attempt.number == 1);
    attempts.insert(x.attempt.id);
    REQUIRE(x.timeline.size() == 1);
    CHECK(x.timeline[0].kind == timeline_kind::notified);
  }
  CHECK(attempts.size() == 50);
}

TEST_CASE_METHOD(storm, "one alone is sent as the event that it is") {
  group({{}, 60s, {}});
  fail(1);
  advance(61s);
  REQUIRE(sender.posts.size() == 1);
  CHECK(sent(0).type == "incident.opened");
}

TEST_CASE_METHOD(storm, "what is over before its message is in it twice") {
  group({{}, 300s, {}});
  fail(2);
  answer(verdict::up);
  advance(5min);
  REQUIRE(sender.posts.size() == 1);
  CHECK(sent(0).count == 4);
  CHECK(sent(0).opened == 2);
  CHECK(sent(0).resolved == 2);
  CHECK(in_state(delivery_state::succeeded) == 4);
}

TEST_CASE_METHOD(storm, "by monitor each incident goes alone") {
  group({{"monitor"}, 0s, {}});
  fail(3);
  advance(1s);
  CHECK(sender.posts.size() == 3);
  CHECK(sent(2).type == "incident.opened");
}

TEST_CASE_METHOD(storm, "a message that fails is one failure, and is tried again whole, as the same message") {
  group({{}, 60s, {}});
  sender.status = 500;
  fail(20);
  for (int i = 0; i < 70 && sender.posts.empty(); ++i)
    advance(1s); // not as far as the second attempt
  REQUIRE(sender.posts.size() == 1);
  CHECK(channels.rows.at(pager).health.consecutive_failures == 1);
  CHECK(in_state(delivery_state::pending) == 20);
  sender.status = 200;
  advance(10s);
  REQUIRE(sender.posts.size() == 2);
  CHECK(sent(1).id == sent(0).id);
  CHECK(sent(1).count == 20);
  CHECK(in_state(delivery_state::succeeded) == 20);
  CHECK(channels.rows.at(pager).health.state == channel_state::healthy);
}

TEST_CASE_METHOD(storm, "no message holds more than two hundred") {
  group({{}, 60s, {}});
  fail(250);
  advance(62s);
  REQUIRE(sender.posts.size() == 2);
  CHECK(sent(0).count + sent(1).count == 250);
  CHECK(sent(0).count == 200);
  CHECK(in_state(delivery_state::succeeded) == 250);
}
