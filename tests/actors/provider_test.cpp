#include "core/schema/resources.hpp"
#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

/// One channel of a provider's, and an incident that it hears of.
struct provided : world {
  channel_id channel;

  void use(const std::string& type, const std::string& settings) {
    auto spec =
        core::create<channel_spec>(R"({"name":"pager","type":")" + type + R"(",")" + type + "\":" + settings + "}");
    REQUIRE(spec);
    channel = add_channel(*spec);
    add_rule({channel});
  }
  void use_pagerduty() { use("pagerduty", R"({"routing_key":"0123456789abcdef0123456789abcdef"})"); }

  // What the transaction of the monitor's store would do.
  void owe() {
    for (auto& d : monitors.steps.back().deliveries)
      channels.outbox[d.id] = d;
    caf::anon_send(shard, actors::outbox_changed{org, channel});
    settle();
  }
  monitor_id fail_one() {
    auto id = add(http_monitor());
    answer(verdict::down, reason::connect_refused);
    advance(30s);
    owe();
    return id;
  }
  void resolve(monitor_id id) {
    auto incident = monitors.steps.back().deliveries.at(0).event.incident;
    REQUIRE(handle(id, *incident, incident_verb::resolve));
    owe();
  }
  std::string action(std::size_t post) {
    auto& body = *sender.posts.at(post).post.body;
    for (auto word : {"trigger", "acknowledge", "resolve"})
      if (body.find("\"event_action\":\"" + std::string{word}) != std::string::npos)
        return word;
    return {};
  }
  void respond(std::uint16_t status, std::string body) {
    sender.respond = [=](const webhook_post&) {
      delivery_attempt x;
      x.status = status;
      x.response_body = body;
      return x;
    };
  }
  channel_health health() { return ask<channel_record>(get_channel{org, channel, {}})->health; }
};

} // namespace

TEST_CASE_METHOD(provided, "a provider that is down for an hour gets everything afterwards, once and in order") {
  use_pagerduty();
  respond(503, "");
  auto id = fail_one();
  advance(10s, 1s);
  resolve(id);
  auto began = clock.t;
  advance(59min, 1s);
  CHECK(sender.posts.size() == 4); // at once, after 5 s, 5 min and 30 min; the next is due 2 h later
  for (std::size_t i = 0; i < sender.posts.size(); ++i)
    CHECK(action(i) == "trigger");
  CHECK(health().state == channel_state::failing);
  respond(202, R"({"status":"success"})");
  while (clock.t - began < 4h && channels.outcomes.back().state != delivery_state::succeeded)
    advance(1min, 1s);
  advance(1min, 1s);
  REQUIRE(sender.posts.size() >= 2);
  CHECK(action(sender.posts.size() - 2) == "trigger");
  CHECK(action(sender.posts.size() - 1) == "resolve");
  for (auto& [key, d] : channels.outbox)
    CHECK(d.state == delivery_state::succeeded);
  CHECK(health().state == channel_state::healthy);
  auto all = sender.posts.size();
  advance(24h, 1min);
  CHECK(sender.posts.size() == all);
}

TEST_CASE_METHOD(provided, "what a provider refuses is given up at once, and what comes after it is sent") {
  use_pagerduty();
  respond(400, R"({"status":"invalid event","message":"bad key"})");
  auto id = fail_one();
  REQUIRE(channels.outcomes.size() == 1);
  CHECK(channels.outcomes[0].state == delivery_state::failed);
  CHECK(channels.outcomes[0].attempt.message == "The receiver said: bad key");
  CHECK(channels.outcomes[0].timeline.at(0).kind == timeline_kind::notification_failed);
  CHECK(health().state == channel_state::failing);
  advance(24h, 1min);
  CHECK(sender.posts.size() == 1);
  respond(202, "{}");
  resolve(id);
  REQUIRE(sender.posts.size() == 2);
  CHECK(action(1) == "resolve");
  CHECK(health().state == channel_state::healthy);
}

TEST_CASE_METHOD(provided, "a provider that says it is gone ends the channel until somebody edits it") {
  use("discord", R"({"webhook_url":"https://discord.example/api/webhooks/1/a"})");
  respond(404, R"({"message":"Unknown Webhook","code":10015})");
  fail_one();
  CHECK(health().state == channel_state::disabled);
  CHECK(health().disabled_reason == "gone");
  advance(24h, 1min);
  CHECK(sender.posts.size() == 1);
}

TEST_CASE_METHOD(provided, "a Slack answer of 200 that is no success is none, and a rate limit waits a minute") {
  use("slack", R"({"bot_token":"xoxb-1","channel":"#ops"})");
  respond(429, R"({"ok":false,"error":"ratelimited"})");
  fail_one();
  advance(59s, 1s);
  CHECK(sender.posts.size() == 1);
  respond(200, R"({"ok":false,"error":"channel_not_found"})");
  advance(2s, 1s);
  CHECK(sender.posts.size() == 2);
  CHECK(channels.outcomes.back().state == delivery_state::failed);
  CHECK_FALSE(channels.outcomes.back().attempt.ok());
}

TEST_CASE_METHOD(provided, "the message of an incident is updated in place, and posted anew when it is lost") {
  use("slack", R"({"bot_token":"xoxb-1","channel":"#ops"})");
  respond(200, R"({"ok":true,"channel":"C0A","ts":"1.2"})");
  auto id = fail_one();
  CHECK(sender.posts.at(0).post.url == "https://slack.com/api/chat.postMessage");
  respond(200, R"({"ok":false,"error":"message_not_found"})");
  resolve(id);
  REQUIRE(sender.posts.size() == 2);
  CHECK(sender.posts[1].post.url == "https://slack.com/api/chat.update");
  CHECK(sender.posts[1].post.body->find(R"("ts":"1.2")") != std::string::npos);
  respond(200, R"({"ok":true,"channel":"C0A","ts":"3.4"})");
  advance(10s, 1s);
  REQUIRE(sender.posts.size() == 3);
  CHECK(sender.posts[2].post.url == "https://slack.com/api/chat.postMessage");
  CHECK(channels.outcomes.back().state == delivery_state::succeeded);
}

TEST_CASE_METHOD(provided, "a mail goes to the relay, and without one says why it did not") {
  use("email", R"({"to":["oncall@example.com"]})");
  auto tried = ask<delivery_attempt>(test_channel{org, channel, {}, false, {}});
  REQUIRE(tried);
  CHECK_FALSE(tried->ok());
  CHECK(tried->message.find("--smtp-url") != std::string::npos);
  deps.sending.mail_from = "alerts@gochron.example";
  auto again = ask<delivery_attempt>(test_channel{org, channel, {}, false, {}});
  REQUIRE(again);
  CHECK(again->ok());
  REQUIRE(sender.mails.size() == 1);
  CHECK(sender.mails[0].to == std::vector<std::string>{"oncall@example.com"});
  CHECK(sender.posts.empty());
}

TEST_CASE_METHOD(provided, "only what signs has a secret to roll") {
  use_pagerduty();
  CHECK(ask<channel_record>(roll_secret{org, channel, {}, 3600s, {}, {}}).error().code == errc::conflict);
}
