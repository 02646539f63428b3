#include "core/paging.hpp"

#include <catch2/catch.hpp>

#include "core/escalation.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

template <class Id>
Id numbered(std::uint8_t n) {
  Id x;
  x.value.bytes[15] = n;
  return x;
}

constexpr timestamp t0{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
const auto ada = numbered<user_id>(1), bob = numbered<user_id>(2), eve = numbered<user_id>(3);
const auto mail = numbered<channel_id>(11), phone = numbered<channel_id>(12), bobs = numbered<channel_id>(13);
const auto hall = numbered<channel_id>(19);

/// Ada has a mailbox and a telephone, Bob a telephone, Eve nothing; there is a channel of everybody's.
struct people {
  std::shared_ptr<alert_book> book = std::make_shared<alert_book>();
  paging_world world;
  escalation_policy_record policy;

  people() {
    book->channels = {{mail, true, {}, true, true, ada, channel_type::email},
                      {phone, true, {}, true, true, ada, channel_type::sms},
                      {bobs, true, {}, true, true, bob, channel_type::sms},
                      {hall, true, {}, true, true, {}, channel_type::webhook}};
    world.alerts = book;
    world.name_of = [](const user_id& x) { return x == ada ? "Ada" : x == bob ? "Bob" : "Eve"; };
    policy.id = numbered<policy_id>(9);
    policy.spec.name = "Night";
  }
  void rule(const user_id& user, channel_id via, seconds delay, urgency hurry = urgency::high) {
    notification_rule_record x;
    x.id = numbered<notification_rule_id>(static_cast<std::uint8_t>(book->notification_rules.size() + 1));
    x.spec.user = user;
    x.spec.contact_method = contact_method_of(via);
    x.spec.delay = delay;
    x.spec.urgency = hurry;
    book->notification_rules.push_back(x);
  }
  channel_brief& brief(channel_id id) { return *std::ranges::find(book->channels, id, &channel_brief::id); }
  target_answer ask(escalation_target t, urgency hurry = urgency::high, timestamp at = t0) {
    return resolver_of(world).of(t, hurry, at);
  }
  /// `11+0` : by channel 11 at once.
  static std::vector<std::string> spell(const target_answer& x) {
    std::vector<std::string> all;
    for (const auto& r : x.routes)
      all.push_back(std::to_string(r.via.value.bytes[15]) + '+' + std::to_string(r.delay.count()));
    return all;
  }

  void step(const std::string& key, seconds delay, std::vector<escalation_target> targets) {
    policy.spec.steps.push_back({key, delay, std::move(targets), step_strategy::all});
  }
  escalation begin(severity how_bad = severity::critical) {
    incident i;
    i.id = numbered<incident_id>(4);
    i.severity = how_bad;
    return begin_escalation({std::make_shared<const escalation_policy_record>(policy), numbered<rule_id>(2)}, i, 1, t0);
  }
  escalation_move climb_at(const escalation& x, timestamp at) { return climb(x, policy, resolver_of(world), at); }
};

using routes = std::vector<std::string>;
escalation_target user(const user_id& x) {
  return {escalation_target_type::user, x};
}

} // namespace

TEST_CASE_METHOD(people, "without rules a user is told at once by everything that is in use") {
  CHECK(spell(ask(user(ada))) == routes{"11+0", "12+0"});
  brief(phone).enabled = false; // or not verified
  CHECK(spell(ask(user(ada))) == routes{"11+0"});
}

TEST_CASE_METHOD(people, "rules say by what and when, each urgency its own") {
  rule(ada, mail, 0s);
  rule(ada, phone, 5min);
  rule(ada, mail, 0s, urgency::low);
  CHECK(spell(ask(user(ada))) == routes{"11+0", "12+300"});
  CHECK(spell(ask(user(ada), urgency::low)) == routes{"11+0"});
  CHECK(spell(ask(user(bob))) == routes{"13+0"});
}

TEST_CASE_METHOD(people, "rules that lead nowhere do not keep a page from somebody who can be reached") {
  rule(ada, phone, 5min);
  brief(phone).enabled = false;
  CHECK(spell(ask(user(ada))) == routes{"11+0"});
}

TEST_CASE_METHOD(people, "who has nothing to be told by is named") {
  auto answer = ask(user(eve));
  CHECK(answer.routes.empty());
  CHECK(answer.unreachable == std::vector<paged_user>{{eve, "Eve"}});
}

TEST_CASE_METHOD(people, "a contact method is no channel, whoever names it as one") {
  CHECK(ask({escalation_target_type::channel, mail}).routes.empty());
  CHECK(spell(ask({escalation_target_type::channel, hall})) == routes{"19+0"});
}

TEST_CASE_METHOD(people, "a team is its members, an empty or missing one nobody") {
  team_record x;
  x.id = numbered<team_id>(5);
  x.spec.name = "Payments";
  x.spec.members = {{bob, team_role::manager}, {ada, team_role::responder}};
  book->teams = {std::make_shared<const team_record>(x)};
  escalation_target team{escalation_target_type::team, x.id};
  CHECK(spell(ask(team)) == routes{"13+0", "11+0", "12+0"});
  x.spec.members.clear();
  book->teams = {std::make_shared<const team_record>(x)};
  CHECK(ask(team).nobody == "Nobody is in the team Payments.");
  book->teams.clear();
  CHECK_FALSE(ask(team).nobody.empty());
}

TEST_CASE_METHOD(people, "a schedule is whoever is on call at that instant") {
  on_call_books books;
  books.of.id = numbered<schedule_id>(6);
  books.of.name = "Primary";
  schedule_override shift;
  shift.kind = override_kind::add;
  shift.start_at = t0;
  shift.end_at = t0 + 1h;
  shift.user_ids = {bob};
  books.of.revisions.push_back({t0 - 24h, "UTC", {}, {}});
  books.of.overrides = {shift};
  world.schedules = {books};
  escalation_target target{escalation_target_type::schedule, books.of.id};
  CHECK(spell(ask(target, urgency::high, t0)) == routes{"13+0"});
  CHECK(ask(target, urgency::high, t0 + 1h).nobody == "Nobody is on call by the schedule Primary.");
}

TEST_CASE_METHOD(people, "a delayed page is owed when the step tells, and told to the second") {
  rule(ada, mail, 0s);
  rule(ada, phone, 5min);
  step("one", 0s, {user(ada)});
  step("two", 15min, {user(bob)});
  auto first = climb_at(begin(), t0);
  CHECK(first.channels == std::vector{mail});
  CHECK(first.people == std::vector<paged_user>{{ada, "Ada"}});
  CHECK(first.after.pending == std::vector<pending_page>{{phone, ada, 5min, t0 + 5min}});
  CHECK(first.after.look_at() == t0 + 5min);
  CHECK(first.lines.at(0).message ==
        "Nobody has taken it: step 1 (`one`) of the escalation policy Night, cycle 1: Ada (email) told.");
  CHECK(first.lines.at(1).message ==
        "Ada is told by sms in 5 min, unless somebody has taken it by then (step 1 (`one`) "
        "of the escalation policy Night, cycle 1).");
  CHECK_FALSE(is_due(first.after, t0 + 5min - 1ms));
  auto later = climb_at(first.after, t0 + 5min);
  CHECK(later.channels == std::vector{phone});
  CHECK(later.after.pending.empty());
  CHECK(later.after.due_at == first.after.due_at); // the ladder itself has not moved
  CHECK(later.after.next == first.after.next);
  CHECK(later.after.look_at() == t0 + 15min);
}

TEST_CASE_METHOD(people, "the next step cancels nothing, an acknowledgement everything") {
  rule(ada, mail, 0s);
  rule(ada, phone, 10min);
  step("one", 0s, {user(ada)});
  step("two", 5min, {user(bob)});
  auto x = climb_at(begin(), t0).after;
  x = climb_at(x, t0 + 5min).after;
  CHECK(x.state == escalation_state::exhausted);
  CHECK(x.pending.size() == 1);
  CHECK(x.look_at() == t0 + 10min); // an exhausted ladder still owes it
  CHECK(climb_at(x, t0 + 10min).channels == std::vector{phone});
  CHECK(acknowledged(x, &policy.spec, t0 + 6min).pending.empty());
  CHECK(ended(x, t0 + 6min).pending.empty());
}

TEST_CASE_METHOD(people, "a page and a step that are due at once are one move") {
  rule(ada, mail, 0s);
  rule(ada, phone, 5min);
  step("one", 0s, {user(ada)});
  step("two", 5min, {user(bob)});
  auto x = climb_at(begin(), t0).after;
  auto move = climb_at(x, t0 + 5min);
  CHECK(move.channels == std::vector{phone, bobs});
  CHECK(move.people == std::vector<paged_user>{{ada, "Ada"}, {bob, "Bob"}});
}

TEST_CASE_METHOD(people, "what is owed stays bounded by the rules, however often the steps come by") {
  rule(ada, phone, 1h);
  step("one", 0s, {user(ada)});
  policy.spec.repeat = {std::nullopt, 60s};
  auto x = begin();
  for (int i = 0; i < 30; ++i)
    x = climb_at(x, *x.due_at).after;
  CHECK(x.pending == std::vector<pending_page>{{phone, ada, 1h, t0 + 1h}});
}

TEST_CASE_METHOD(people, "a method that is no longer in use when its time comes is passed over") {
  rule(ada, mail, 0s);
  rule(ada, phone, 5min);
  step("one", 0s, {user(ada)});
  auto x = climb_at(begin(), t0).after;
  brief(phone).enabled = false;
  auto move = climb_at(x, t0 + 5min);
  CHECK(move.channels.empty());
  CHECK(move.after.pending.empty());
}

TEST_CASE_METHOD(people, "the severity of the incident chooses the rules") {
  rule(ada, phone, 0s, urgency::high);
  rule(ada, mail, 0s, urgency::low);
  step("one", 0s, {user(ada)});
  CHECK(climb_at(begin(severity::error), t0).channels == std::vector{phone});
  CHECK(climb_at(begin(severity::warning), t0).channels == std::vector{mail});
  CHECK(climb_at(begin(severity::info), t0).channels == std::vector{mail});
}

TEST_CASE_METHOD(people, "nobody on call: the next step at once, and the timeline says why") {
  step("one", 0s, {user(eve), {escalation_target_type::schedule, numbered<schedule_id>(6)}});
  step("two", 5min, {user(bob)});
  auto move = climb_at(begin(), t0);
  CHECK(move.channels == std::vector{bobs});
  CHECK(move.people == std::vector<paged_user>{{bob, "Bob"}});
  CHECK(move.lines.at(0).message == "Eve has no verified contact method that is in use.");
  CHECK(move.lines.at(1).message == "The schedule is gone.");
  CHECK(move.lines.at(2).kind == timeline_kind::escalation_skipped);
}

TEST_CASE_METHOD(people, "a simulation shows people, methods and instants") {
  rule(ada, mail, 0s);
  rule(ada, phone, 5min);
  step("one", 1min, {user(ada), user(eve)});
  auto f = forecast(policy, 1, resolver_of(world), t0, 200);
  REQUIRE(f.calls.size() == 1);
  const auto& told = f.calls[0].recipients;
  REQUIRE(told.size() == 3);
  CHECK(told[0].channel == mail);
  CHECK(told[0].at == t0 + 1min);
  CHECK(told[1].channel == phone);
  CHECK(told[1].type == channel_type::sms);
  CHECK(told[1].at == t0 + 6min);
  CHECK(told[2].user == eve);
  CHECK_FALSE(told[2].channel);
  CHECK(forecast_end(policy, t0, 200) == t0 + 1min + 1ms);
}

TEST_CASE("ids of targets carry the prefix of their type") {
  escalation_target x{escalation_target_type::team, numbered<team_id>(7)};
  auto text = target_text(x);
  CHECK(text == numbered<team_id>(7).str());
  escalation_target y{escalation_target_type::team, uuid{}};
  CHECK(read_target_id(text, y));
  CHECK(x == y);
  y.type = escalation_target_type::user;
  CHECK_FALSE(read_target_id(text, y));
}
