#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

struct paging : world {
  channel_id channel = add_channel("pager");
  rule_id rule = add_rule({channel});

  monitor_id failing() {
    auto id = add(http_monitor());
    answer(verdict::down, reason::connect_refused);
    advance(30s);
    return id;
  }
  // So many incidents have each an event for the channel.
  void owe(int count) {
    failing();
    auto model = monitors.steps.back().deliveries.at(0);
    for (int i = 0; i < count; ++i) {
      auto d = model;
      d.id = delivery_id::make(timestamp{1s});
      d.event.id = event_id::make(timestamp{1s});
      d.event.incident = incident_id::make(timestamp{1s});
      channels.outbox[d.id] = d;
    }
  }
  void wake() {
    caf::anon_send(shard, actors::outbox_changed{org, channel});
    settle();
  }
  std::string header(std::size_t post, const std::string& name) {
    for (auto& h : sender.posts.at(post).post.headers)
      if (h.name == name)
        return h.value;
    return {};
  }
};

} // namespace

TEST_CASE_METHOD(paging, "an opened incident is posted, signed, and its row is finished") {
  // The outbox of the fake is filled by hand: the transaction that would do it belongs to the monitor's store.
  failing();
  for (auto& d : monitors.steps.back().deliveries)
    channels.outbox[d.id] = d;
  caf::anon_send(shard, actors::outbox_changed{org, channel});
  settle();
  REQUIRE(sender.posts.size() == 1);
  CHECK(header(0, "webhook-id").starts_with("evt_"));
  CHECK(header(0, "X-Gochron-Signature").starts_with("sha256="));
  CHECK(channels.outbox.begin()->second.state == delivery_state::succeeded);
}

TEST_CASE_METHOD(paging, "a failed delivery is tried again with the same id and gives up after the eighth attempt") {
  failing();
  for (auto& d : monitors.steps.back().deliveries)
    channels.outbox[d.id] = d;
  sender.status = 500;
  caf::anon_send(shard, actors::outbox_changed{org, channel});
  settle();
  CHECK(sender.posts.size() == 1);
  advance(10s, 1s);
  CHECK(sender.posts.size() == 2);
  advance(48h, 1min);
  REQUIRE(sender.posts.size() == 8);
  for (std::size_t i = 1; i < 8; ++i)
    CHECK(header(i, "webhook-id") == header(0, "webhook-id"));
  CHECK(channels.outbox.begin()->second.state == delivery_state::failed);
  CHECK(channels.outcomes.back().timeline.at(0).kind == timeline_kind::notification_failed);
}

TEST_CASE_METHOD(paging, "the resolve waits for its open, other incidents do not") {
  auto first = failing();
  auto open = monitors.steps.back().deliveries.at(0);
  channels.outbox[open.id] = open;
  sender.status = 500;
  caf::anon_send(shard, actors::outbox_changed{org, channel});
  settle();
  REQUIRE(sender.posts.size() == 1);
  sender.status = 200;
  REQUIRE(handle(first, *open.event.incident, incident_verb::resolve));
  auto resolve = monitors.steps.back().deliveries.at(0);
  channels.outbox[resolve.id] = resolve;
  caf::anon_send(shard,
                 run_monitor{org, add(http_monitor()), {}, false, {}}); // down at once: no time passes for the retry
  settle();
  auto open_other = monitors.steps.back().deliveries.at(0);
  REQUIRE(open_other.event.incident != open.event.incident);
  channels.outbox[open_other.id] = open_other;
  caf::anon_send(shard, actors::outbox_changed{org, channel});
  settle();
  CHECK(header(1, "webhook-id") == open_other.event.id.str());
  REQUIRE(sender.posts.size() == 2);
  advance(10s, 1s);
  REQUIRE(sender.posts.size() == 4);
  CHECK(header(2, "webhook-id") == open.event.id.str());
  CHECK(header(3, "webhook-id") == resolve.event.id.str());
}

TEST_CASE_METHOD(paging, "a burst is claimed in few reads, and all of it is sent once") {
  owe(500);
  auto before = channels.claims;
  wake();
  CHECK(sender.posts.size() == 500);
  CHECK(channels.outcomes.size() == 500);
  CHECK(channels.claims - before < 100);
}

TEST_CASE_METHOD(paging, "outcomes that come in while one is written are written together, and sending goes on") {
  owe(300);
  channels.hold = true;
  wake();
  CHECK(sender.posts.size() == 128); // all that may be held, in few transactions
  CHECK(channels.records == 1);
  while (!channels.held.empty()) {
    channels.come_back();
    channels.hold = true;
    settle();
  }
  CHECK(sender.posts.size() == 300);
  CHECK(channels.outcomes.size() == 300);
  CHECK(channels.records < 30);
  std::set<std::string> told;
  for (std::size_t i = 0; i < sender.posts.size(); ++i)
    told.insert(header(i, "webhook-id"));
  CHECK(told.size() == 300);
}

TEST_CASE_METHOD(paging, "what the store has no room for is recorded later, and not sent again") {
  owe(40);
  channels.full = 3;
  wake();
  advance(10s);
  CHECK(sender.posts.size() == 40);
  CHECK(channels.outcomes.size() == 40);
  for (auto& [id, d] : channels.outbox)
    CHECK(d.attempts == 1);
}

TEST_CASE_METHOD(paging, "after a failure nothing new is sent until it is on record, then one at a time") {
  owe(100);
  sender.hold = true;
  wake();
  REQUIRE(sender.posts.size() == 16);
  channels.hold = true;
  delivery_attempt refused;
  refused.error = reason::connect_refused;
  sender.posts[0].done(refused);
  settle();
  CHECK(sender.posts.size() == 16);
  delivery_attempt good;
  good.status = 200;
  for (std::size_t i = 1; i < 16; ++i)
    sender.posts[i].done(i == 15 ? refused : good);
  settle();
  CHECK(sender.posts.size() == 16);
  channels.come_back();
  settle();
  CHECK(sender.posts.size() == 17);
  sender.hold = false;
  sender.posts[16].done(good); // and it recovers
  settle();
  advance(10s, 1s);
  CHECK(sender.posts.size() == 102);
  CHECK(std::ranges::all_of(channels.outbox, [](auto& x) { return x.second.state == delivery_state::succeeded; }));
}

TEST_CASE_METHOD(paging, "410 in the midst of a batch ends what the batch wanted to try again") {
  owe(3);
  sender.hold = true;
  wake();
  REQUIRE(sender.posts.size() == 3);
  channels.hold = true;
  std::uint16_t answers[] = {200, 500, 410};
  for (std::size_t i = 0; i < 3; ++i) {
    delivery_attempt x;
    x.status = answers[i];
    sender.posts[i].done(x);
    settle();
  }
  channels.come_back();
  settle();
  REQUIRE(channels.outcomes.size() == 3);
  CHECK(channels.outcomes[1].state == delivery_state::canceled);
  CHECK_FALSE(channels.outcomes[1].next_attempt_at);
  CHECK(channels.outcomes[2].state == delivery_state::failed);
  CHECK(ask<channel_record>(get_channel{org, channel, {}})->health.state == channel_state::disabled);
  advance(24h, 1min);
  CHECK(sender.posts.size() == 3);
}

TEST_CASE_METHOD(paging, "410 disables the channel, cancels what waits, and tells the rule's other channels") {
  auto backup = add_channel("backup");
  add_rule({channel, backup});
  failing();
  for (auto& d : monitors.steps.back().deliveries)
    if (d.channel == channel)
      channels.outbox[d.id] = d;
  sender.status = 410;
  caf::anon_send(shard, actors::outbox_changed{org, channel});
  settle();
  auto shown = ask<channel_record>(get_channel{org, channel, {}});
  CHECK(shown->health.state == channel_state::disabled);
  CHECK(shown->health.disabled_reason == "gone");
  REQUIRE(channels.outcomes.at(0).deliveries.size() == 1);
  CHECK(channels.outcomes.at(0).deliveries[0].channel == backup);
  CHECK(channels.outcomes.at(0).timeline.back().kind == timeline_kind::channel_disabled);

  sender.status = 200;
  auto tried = ask<delivery_attempt>(test_channel{org, channel, {}, false, {}});
  REQUIRE(tried);
  CHECK(tried->ok());
  CHECK(ask<channel_record>(get_channel{org, channel, {}})->health.state == channel_state::healthy);
}

TEST_CASE_METHOD(paging, "a test is one attempt, whatever comes of it") {
  sender.status = 503;
  auto tried = ask<delivery_attempt>(test_channel{org, channel, {}, false, {}});
  REQUIRE(tried);
  CHECK(tried->status == 503);
  CHECK(tried->number == 1);
  advance(24h, 1min);
  CHECK(sender.posts.size() == 1);
}

TEST_CASE_METHOD(paging, "a rolled secret signs beside the old one during the overlap") {
  auto rolled = ask<channel_record>(roll_secret{org, channel, {}, 3600s, {}, {}});
  REQUIRE(rolled);
  CHECK(rolled->secret.version == 2);
  REQUIRE(ask<delivery_attempt>(test_channel{org, channel, {}, false, {}}));
  CHECK(header(0, "X-Gochron-Signature-Previous").starts_with("sha256="));
  advance(2h, 1min);
  REQUIRE(ask<delivery_attempt>(test_channel{org, channel, {}, false, {}}));
  CHECK(header(1, "X-Gochron-Signature-Previous").empty());
}

TEST_CASE_METHOD(paging, "another organisation finds no channel") {
  auto other = org_id::make(timestamp{2s});
  CHECK(ask<channel_record>(get_channel{other, channel, {}}).error().code == errc::not_found);
  CHECK(ask<delivery_attempt>(test_channel{other, channel, {}, false, {}}).error().code == errc::not_found);
  CHECK(sender.posts.empty());
}
