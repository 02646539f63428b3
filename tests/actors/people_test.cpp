#include "core/local_clock.hpp"
#include "core/names.hpp"
#include "core/on_call/timetable.hpp"
#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

timestamp utc(int y, unsigned m, unsigned d, int hour, int minute = 0) {
  return timestamp{std::chrono::sys_days{std::chrono::year{y} / static_cast<int>(m) / static_cast<int>(d)}} +
         std::chrono::hours{hour} + std::chrono::minutes{minute};
}
local_seconds local(int y, unsigned m, unsigned d, int hour) {
  return local_seconds{std::chrono::local_days{std::chrono::year{y} / static_cast<int>(m) / static_cast<int>(d)}} +
         std::chrono::hours{hour};
}

/// People with verified contact methods, schedules that they are on, and one monitor under a policy.
struct crew : world {
  std::map<channel_id, std::string> methods; ///< "Ada:sms"
  schedule_id primary = schedule_id::make(timestamp{3s});
  policy_id policy;
  monitor_id monitor;
  timestamp opened{};

  crew() {
    monitors.committed = [this](const transition& x) {
      for (const auto& i : x.incidents)
        policies.keep(i);
      for (auto& d : x.deliveries)
        channels.outbox[d.id] = d;
    };
  }

  user_id person(const std::string& name) {
    auto id = user_id::make(clock.t);
    names[id] = name;
    return id;
  }
  channel_id method(user_id of, const std::string& label) {
    channel_spec spec;
    spec.name = label;
    spec.user = of;
    spec.target = webhook_target{"http://" + label + "/", {}, 10s};
    auto id = add_channel(spec);
    auto row = channels.rows.at(id);
    row.proof.verified_at = clock.t;
    channels.rows[id] = row;
    alerts.put(row);
    methods[id] = names.at(of) + ":" + label;
    return id;
  }
  void rule(user_id of, channel_id via, seconds delay) {
    notification_rule_record x;
    x.id = notification_rule_id::make(clock.t);
    x.org = org;
    x.spec.user = of;
    x.spec.contact_method = contact_method_of(via);
    x.spec.delay = delay;
    alerts.put(x);
  }

  void on_call_by(schedule_spec spec, std::vector<schedule_override> overrides = {}) {
    on_call_books x;
    x.of.id = primary;
    x.of.name = spec.name;
    x.of.revisions = {core::first_revision(spec, timestamp{0s})};
    x.of.overrides = std::move(overrides);
    books[primary] = x;
  }
  static escalation_step step(const std::string& key, seconds delay, escalation_target to) {
    return {key, delay, {to}, step_strategy::all};
  }
  void climb_by(std::vector<escalation_step> steps, std::function<void(escalation_policy_spec&)> more = {}) {
    escalation_policy_spec x;
    x.name = "Night";
    x.steps = std::move(steps);
    if (more)
      more(x);
    policy = add_policy(x);
    add_climbing_rule(policy);
  }
  void fail_now() {
    if (monitor.is_nil())
      monitor = add(http_monitor(60s));
    answer(verdict::down, reason::connect_refused);
    for (int i = 0; i < 130 && !view(monitor).runtime.open_incident; ++i)
      advance(1s, 100ms);
    opened = incident_now().opened_at;
    advance(300ms, 100ms); // to the first step's tick
  }
  void recover() {
    answer(verdict::up);
    advance(61s, 100ms);
    monitors.steps.clear();
  }
  incident incident_now() {
    const auto& open = monitors.rows.at(monitor).open_incidents;
    REQUIRE(open.size() == 1);
    return open[0];
  }
  escalation ladder() { return incident_now().escalations.at(0); }

  /// "minutes since the opening:who:by what" of each page.
  std::vector<std::string> paged() {
    std::vector<std::string> all;
    for (auto& s : monitors.steps)
      for (auto& d : s.deliveries)
        if (d.event.type == event_type::incident_escalated) {
          CHECK(d.user.has_value());
          all.push_back(std::to_string((d.created_at - opened + 1s) / 1min) + ":" + methods.at(d.channel));
        }
    return all;
  }
  std::vector<std::string> lines(timeline_kind kind) {
    std::vector<std::string> all;
    for (auto& s : monitors.steps)
      for (auto& x : s.timeline)
        if (x.kind == kind)
          all.push_back(x.message);
    return all;
  }
  void crash_policy() {
    caf::anon_send(shard, get_policy{org, policy, reply_to<escalation_policy_record>{[](auto) {
                                       throw std::runtime_error("a broken policy");
                                     }}});
    settle();
  }
};

using told = std::vector<std::string>;

schedule_spec weekly(const std::string& zone, std::vector<user_id> turns, local_seconds anchor) {
  schedule_spec x;
  x.name = "Primary";
  x.time_zone = zone;
  schedule_layer layer;
  layer.key = layer.name = "weekly";
  layer.rotation = {rotation_unit::week, 1, anchor};
  for (auto& u : turns)
    layer.members.push_back({u});
  x.layers = {layer};
  return x;
}

} // namespace

TEST_CASE_METHOD(crew, "a weekly rotation with a vacation override over a change of clocks pages the right person") {
  auto ada = person("Ada"), bob = person("Bob"), eve = person("Eve");
  for (auto u : {ada, bob, eve})
    method(u, "sms");
  // Hand-off on Mondays at 09:00 in Berlin: 08:00 UTC until the clocks change on 29 March 2026, 07:00 UTC afterwards.
  schedule_override vacation;
  vacation.kind = override_kind::replace;
  vacation.start_at = utc(2026, 3, 29, 0);
  vacation.end_at = utc(2026, 3, 29, 12);
  vacation.replaced_user_ids = {ada};
  vacation.user_ids = {eve};
  on_call_by(weekly("Europe/Berlin", {ada, bob}, local(2026, 3, 23, 9)), {vacation});
  climb_by({step("one", 0s, {escalation_target_type::schedule, primary})});
  struct night {
    timestamp at;
    const char* who;
  };
  for (auto [at, who] : {night{utc(2026, 3, 28, 23), "0:Ada:sms"}, night{utc(2026, 3, 29, 1, 30), "0:Eve:sms"},
                         night{utc(2026, 3, 29, 12, 1), "0:Ada:sms"}, night{utc(2026, 3, 30, 6, 50), "0:Ada:sms"},
                         night{utc(2026, 3, 30, 7, 5), "0:Bob:sms"}, night{utc(2026, 4, 6, 7, 5), "0:Ada:sms"}}) {
    jump(at - clock.t);
    monitors.steps.clear();
    fail_now();
    INFO(who);
    CHECK(paged() == told{who});
    recover();
  }
}

TEST_CASE_METHOD(crew, "follow the sun: three zones, each in its own day") {
  auto tokyo = person("Tokyo"), london = person("London"), york = person("New York");
  for (auto u : {tokyo, london, york})
    method(u, "sms");
  schedule_spec x;
  x.name = "Sun";
  x.time_zone = "UTC";
  int hour = 0;
  for (auto u : {tokyo, london, york}) {
    schedule_layer layer;
    layer.key = layer.name = names.at(u);
    layer.rotation = {rotation_unit::day, 1, local(2026, 1, 1, 0)};
    layer.members = {{u}};
    std::vector<weekday> all_days;
    for (std::uint8_t d = 0; d < 7; ++d)
      all_days.push_back(static_cast<weekday>(d));
    layer.restrictions = {{all_days, std::chrono::hours{hour}, std::chrono::hours{(hour + 8) % 24}}};
    x.layers.push_back(layer);
    hour += 8;
  }
  on_call_by(x);
  climb_by({step("one", 0s, {escalation_target_type::schedule, primary})});
  struct shift {
    int hour;
    const char* who;
  };
  for (auto [at, who] : {shift{1, "0:Tokyo:sms"}, shift{9, "0:London:sms"}, shift{20, "0:New York:sms"}}) {
    jump(utc(2026, 5, 20, at) - clock.t);
    monitors.steps.clear();
    fail_now();
    INFO(who);
    CHECK(paged() == told{who});
    recover();
  }
}

TEST_CASE_METHOD(crew, "no ack, escalate, repeat, ack, time-out of the ack: through users") {
  auto ada = person("Ada"), bob = person("Bob");
  method(ada, "sms");
  method(bob, "sms");
  climb_by(
      {step("one", 0s, {escalation_target_type::user, ada}), step("two", 5min, {escalation_target_type::user, bob})},
      [](escalation_policy_spec& x) {
        x.repeat = {1, 10min};
        x.ack_timeout = 30min;
      });
  fail_now();
  CHECK(paged() == told{"0:Ada:sms"});
  advance(15min + 1s, 1s);
  CHECK(paged() == told{"0:Ada:sms", "5:Bob:sms", "15:Ada:sms"});
  REQUIRE(handle(monitor, incident_now().id, incident_verb::acknowledge));
  advance(29min, 1s);
  CHECK(paged().size() == 3);
  advance(90s, 1s);
  REQUIRE(paged().size() == 4);
  CHECK(paged().back().ends_with("Ada:sms")); // the step told last
  CHECK(lines(timeline_kind::escalated).front() ==
        "Nobody has taken it: step 1 (`one`) of the escalation policy Night, cycle 1: Ada (webhook) told.");
}

TEST_CASE_METHOD(crew, "the text follows five minutes after the mail, unless somebody has taken it") {
  auto ada = person("Ada");
  auto mail = method(ada, "mail"), sms = method(ada, "sms");
  rule(ada, mail, 0s);
  rule(ada, sms, 5min);
  climb_by({step("one", 0s, {escalation_target_type::user, ada})});
  fail_now();
  CHECK(paged() == told{"0:Ada:mail"});
  CHECK(ladder().pending.at(0).at == opened + 5min);
  advance(5min - 2s, 100ms);
  CHECK(paged() == told{"0:Ada:mail"});
  advance(3s, 100ms);
  CHECK(paged() == told{"0:Ada:mail", "5:Ada:sms"});
  CHECK(ladder().pending.empty());
  recover();
  fail_now();
  CHECK(paged() == told{"0:Ada:mail"});
  REQUIRE(handle(monitor, incident_now().id, incident_verb::acknowledge));
  CHECK(ladder().pending.empty());
  advance(1h, 1s);
  CHECK(paged() == told{"0:Ada:mail"});
}

TEST_CASE_METHOD(crew, "a page that is still to come outlives a crash, exact to the second") {
  auto ada = person("Ada");
  auto mail = method(ada, "mail"), sms = method(ada, "sms");
  rule(ada, mail, 0s);
  rule(ada, sms, 5min);
  climb_by({step("one", 0s, {escalation_target_type::user, ada})});
  fail_now();
  advance(1min, 100ms);
  crash_policy();
  advance(4min - 2s, 100ms);
  CHECK(paged() == told{"0:Ada:mail"});
  advance(3s, 100ms);
  CHECK(paged() == told{"0:Ada:mail", "5:Ada:sms"}); // and it recovers, and nothing was lost or told twice
  advance(1h, 1s);
  CHECK(paged().size() == 2);
}

TEST_CASE_METHOD(crew, "who is on call is read when the step tells, so an override made a moment ago counts") {
  auto ada = person("Ada"), bob = person("Bob");
  method(ada, "sms");
  method(bob, "sms");
  auto spec = weekly("UTC", {ada}, local(2020, 1, 6, 0));
  on_call_by(spec);
  climb_by({step("one", 0s, {escalation_target_type::schedule, primary}),
            step("two", 5min, {escalation_target_type::schedule, primary})});
  fail_now();
  advance(4min, 1s);
  schedule_override now_bob;
  now_bob.kind = override_kind::replace;
  now_bob.user_ids = {bob};
  now_bob.start_at = clock.t;
  now_bob.end_at = clock.t + 1h;
  on_call_by(spec, {now_bob});
  advance(2min, 100ms);
  CHECK(paged() == told{"0:Ada:sms", "5:Bob:sms"});
}

TEST_CASE_METHOD(crew, "while nobody can say who is on call the ladder waits, and then goes on") {
  auto ada = person("Ada");
  method(ada, "sms");
  on_call_by(weekly("UTC", {ada}, local(2020, 1, 6, 0)));
  climb_by({step("one", 0s, {escalation_target_type::schedule, primary})});
  books_away = true;
  fail_now();
  advance(5s, 100ms);
  CHECK(paged().empty());
  CHECK(asked_at.size() >= 3);
  books_away = false;
  advance(2s, 100ms);
  CHECK(paged() == told{"0:Ada:sms"});
  advance(1h, 1s);
  CHECK(paged().size() == 1);
}

TEST_CASE_METHOD(crew, "nobody on call: the next step at once, with the reason in the timeline") {
  auto bob = person("Bob");
  method(bob, "sms");
  on_call_by(weekly("UTC", {bob}, local(2020, 1, 6, 0)));
  books[primary].of.revisions[0].layers.clear();
  climb_by({step("one", 0s, {escalation_target_type::schedule, primary}),
            step("two", 5min, {escalation_target_type::user, bob})});
  fail_now();
  advance(1s);
  CHECK(paged() == told{"0:Bob:sms"});
  CHECK(lines(timeline_kind::escalation_skipped).at(0) == "Nobody is on call by the schedule Primary.");
}

TEST_CASE_METHOD(crew, "the event says who is told by it") {
  auto ada = person("Ada");
  method(ada, "sms");
  climb_by({step("one", 0s, {escalation_target_type::user, ada})});
  fail_now();
  auto& body = *monitors.steps.back().events.back().body;
  CHECK(body.find(R"("oncall":[{"user_id":")" + ada.str() + R"(","name":"Ada"}])") != std::string::npos);
}

TEST_CASE_METHOD(crew, "whoever was paged hears of the end") {
  auto ada = person("Ada");
  auto sms = method(ada, "sms");
  climb_by({step("one", 0s, {escalation_target_type::user, ada})});
  fail_now();
  CHECK(incident_now().told == std::vector{sms});
  answer(verdict::up);
  advance(61s, 100ms);
  bool heard = false;
  for (auto& s : monitors.steps)
    for (auto& d : s.deliveries)
      heard = heard || (d.event.type == event_type::incident_resolved && d.channel == sms && d.user == ada);
  CHECK(heard);
}
