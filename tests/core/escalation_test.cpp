#include "core/escalation.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "core/names.hpp"

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

channel_id chn(std::uint8_t n) {
  return numbered<channel_id>(n);
}

constexpr timestamp t0{1'000'000s};

escalation_step step(std::string key, seconds delay, std::vector<std::uint8_t> targets) {
  escalation_step x;
  x.key = std::move(key);
  x.delay = delay;
  for (auto n : targets)
    x.targets.push_back({escalation_target_type::channel, chn(n)});
  return x;
}

/// Three steps after 0 s, 5 min and 10 min, to channels 1, 2 and 3; all of them can be told unless a case says so.
struct ladder {
  escalation_policy_record policy;
  std::vector<channel_id> silent; ///< cannot be told

  ladder() {
    policy.id = numbered<policy_id>(9);
    policy.spec.name = "Night";
    policy.spec.steps = {step("one", 0s, {1}), step("two", 5min, {2}), step("three", 10min, {3})};
  }

  target_resolver resolve() const {
    return {[this](const escalation_target& x, urgency, timestamp) {
              bool off = std::ranges::find(silent, channel_id{x.id}) != silent.end();
              page_route route;
              route.via = {x.id};
              return off ? target_answer{} : target_answer{{route}, {}, {}};
            },
            [](const pending_page&) { return std::optional<page_route>{}; }};
  }

  escalation begin(std::int64_t turn = 1) const {
    incident i;
    i.id = numbered<incident_id>(4);
    return begin_escalation({std::make_shared<const escalation_policy_record>(policy), numbered<rule_id>(2)}, i, turn,
                            t0);
  }

  /// Climbs at each due instant and lists what happened: "minute:channel,channel".
  std::vector<std::string> course(escalation x, std::size_t most = 20) const {
    std::vector<std::string> told;
    while (x.due_at && told.size() < most) {
      auto at = *x.due_at;
      auto move = climb(x, policy, resolve(), at);
      std::string line = std::to_string((at - t0) / 1min) + ":";
      for (auto& c : move.channels)
        line += std::to_string(c.value.bytes[15]);
      told.push_back(line);
      CHECK(move.after.version == x.version + 1);
      x = move.after;
    }
    told.push_back(std::string{name_of(x.state)});
    return told;
  }
};

using course = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(ladder, "each step is told after its delay from the step before it, then the ladder is exhausted") {
  auto x = begin();
  CHECK(x.due_at == t0);
  CHECK(x.version == 1);
  CHECK(ladder::course(x) == ::course{"0:1", "5:2", "15:3", "exhausted"});
}

TEST_CASE_METHOD(ladder, "the first step's delay counts from the opening") {
  policy.spec.steps[0].delay = 90s;
  CHECK(begin().due_at == t0 + 90s);
}

TEST_CASE_METHOD(ladder, "a repeat begins the next cycle after its own delay, as often as it says") {
  policy.spec.repeat = {1, 60min};
  policy.spec.steps[0].delay = 1min; // not added to the repeat's
  CHECK(ladder::course(begin()) == ::course{"1:1", "6:2", "16:3", "76:1", "81:2", "91:3", "exhausted"});
}

TEST_CASE_METHOD(ladder, "a repeat without a count goes on for ever") {
  policy.spec.repeat = {std::nullopt, 1min};
  auto told = ladder::course(begin(), 100);
  CHECK(told.size() == 101);
  CHECK(told.back() == "running");
}

TEST_CASE_METHOD(ladder, "a step nobody of which can be told is passed over at once, or waited for") {
  silent = {chn(1), chn(2)};
  SECTION("advance") {
    CHECK(ladder::course(begin()) == ::course{"0:3", "exhausted"});
    auto move = climb(begin(), policy, resolve(), t0);
    REQUIRE(move.lines.size() == 4); // two skipped, one told, exhausted
    CHECK(move.lines[0].kind == timeline_kind::escalation_skipped);
    CHECK(
        move.lines[0].message ==
        "Nobody can be told by step 1 (`one`) of the escalation policy Night, cycle 1: the next step follows at once.");
    CHECK(move.lines[2].kind == timeline_kind::escalated);
    CHECK(move.lines[3].kind == timeline_kind::escalation_exhausted);
  }
  SECTION("wait") {
    policy.spec.on_no_one = on_no_one::wait;
    CHECK(ladder::course(begin()) == ::course{"0:", "5:", "15:3", "exhausted"});
  }
}

TEST_CASE_METHOD(ladder, "where nobody can be told at all there is one look a cycle, not a loop") {
  silent = {chn(1), chn(2), chn(3)};
  policy.spec.repeat = {std::nullopt, 60s};
  CHECK(ladder::course(begin(), 4) == ::course{"0:", "1:", "2:", "3:", "running"});
  policy.spec.repeat = {0, 60s};
  auto move = climb(begin(), policy, resolve(), t0);
  CHECK(move.after.state == escalation_state::exhausted);
  CHECK_FALSE(move.after.last);
}

TEST_CASE_METHOD(ladder, "a round robin begins one further with each incident and with each cycle") {
  policy.spec.steps = {step("one", 0s, {1, 2, 3})};
  policy.spec.steps[0].strategy = step_strategy::round_robin;
  policy.spec.repeat = {3, 60s};
  CHECK(ladder::course(begin(0)) == ::course{"0:1", "1:2", "2:3", "3:1", "exhausted"});
  CHECK(ladder::course(begin(1)).front() == "0:2");
  CHECK(ladder::course(begin(2)).front() == "0:3");
  CHECK(ladder::course(begin(3)).front() == "0:1");
}

TEST_CASE_METHOD(ladder, "an acknowledgement stops the ladder") {
  auto x = climb(begin(), policy, resolve(), t0).after;
  auto acked = acknowledged(x, &policy.spec, t0 + 1min);
  CHECK(acked.state == escalation_state::acknowledged);
  CHECK_FALSE(acked.due_at);
  CHECK(acknowledged(acked, &policy.spec, t0 + 2min).version == acked.version);
}

TEST_CASE_METHOD(ladder, "an acknowledgement that times out tells the step told last again, and the ladder goes on") {
  policy.spec.ack_timeout = 30min;
  auto x = climb(begin(), policy, resolve(), t0).after;
  x = climb(x, policy, resolve(), t0 + 5min).after;
  auto acked = acknowledged(x, &policy.spec, t0 + 6min);
  REQUIRE(acked.due_at == t0 + 36min);
  auto back = climb(acked, policy, resolve(), t0 + 36min);
  CHECK(back.unacknowledges);
  CHECK(back.channels.empty());
  CHECK(back.lines[0].message == "Acknowledged and not resolved within 30 min: triggered again.");
  CHECK(back.after.due_at == t0 + 36min);
  CHECK(ladder::course(back.after) == ::course{"36:2", "46:3", "exhausted"});
  auto again = climb(back.after, policy, resolve(), t0 + 36min);
  CHECK(again.lines[0].message.starts_with("Told again: step 2 (`two`)"));
}

TEST_CASE_METHOD(ladder, "an exhausted ladder whose acknowledgement times out tells its last step again") {
  policy.spec.ack_timeout = 30min;
  auto x = begin();
  while (x.due_at)
    x = climb(x, policy, resolve(), *x.due_at).after;
  CHECK(x.state == escalation_state::exhausted);
  auto acked = acknowledged(x, &policy.spec, t0 + 20min);
  auto back = climb(acked, policy, resolve(), *acked.due_at).after;
  CHECK(ladder::course(back) == ::course{"50:3", "exhausted"});
}

TEST_CASE_METHOD(ladder, "an acknowledgement before anybody was told goes back to the first step") {
  policy.spec.steps[0].delay = 10min;
  auto acked = acknowledged(begin(), &policy.spec, t0 + 1min);
  CHECK(ladder::course(unacknowledged(acked, t0 + 2min)).front() == "2:1");
}

TEST_CASE_METHOD(ladder, "a ladder that could tell nobody begins with its first step when it is taken back") {
  silent = {chn(1), chn(2), chn(3)};
  auto x = climb(begin(), policy, resolve(), t0).after;
  REQUIRE(x.state == escalation_state::exhausted);
  auto back = unacknowledged(acknowledged(x, &policy.spec, t0 + 1min), t0 + 2min);
  CHECK(back.state == escalation_state::running);
  SECTION("somebody can be told by now") {
    silent.clear();
    CHECK(ladder::course(back) == ::course{"2:1", "7:2", "17:3", "exhausted"});
  }
  SECTION("nobody can still, and that is all") {
    CHECK(ladder::course(back) == ::course{"2:", "exhausted"});
  }
  SECTION("so after a snooze") {
    silent.clear();
    CHECK(ladder::course(unacknowledged(at_rest(x, t0 + 1min), t0 + 3min)).front() == "3:1");
  }
}

TEST_CASE_METHOD(ladder, "another urgency is no move, and none for what has ended") {
  auto x = climb(begin(), policy, resolve(), t0).after;
  auto low = with_urgency(x, urgency::low);
  CHECK(low.urgency == urgency::low);
  CHECK(low.version == x.version + 1);
  CHECK(low.moved_at == x.moved_at);
  CHECK(low.due_at == x.due_at);
  CHECK(with_urgency(low, urgency::low).version == low.version);
  CHECK(with_urgency(ended(x, t0), urgency::low).urgency == x.urgency);
}

TEST_CASE_METHOD(ladder, "an edit does not touch the steps of a snapshot") {
  policy.spec.in_flight = in_flight::snapshot;
  auto x = climb(begin(), policy, resolve(), t0).after;
  policy.spec.steps = {step("other", 0s, {7})};
  CHECK(ladder::course(x) == ::course{"5:2", "15:3", "exhausted"});
}

TEST_CASE_METHOD(ladder, "a live ladder finds its place by the step's key, else by its index") {
  policy.spec.in_flight = in_flight::live;
  auto x = climb(begin(), policy, resolve(), t0).after; // `two` is next
  SECTION("moved") {
    policy.spec.steps.insert(policy.spec.steps.begin(), step("zero", 0s, {7}));
    CHECK(ladder::course(x) == ::course{"5:2", "15:3", "exhausted"});
  }
  SECTION("renamed") {
    policy.spec.steps[1] = step("deux", 1min, {8});
    CHECK(ladder::course(x) == ::course{"5:8", "15:3", "exhausted"});
  }
  SECTION("cut off behind the first") {
    policy.spec.steps.resize(1);
    CHECK(ladder::course(x) == ::course{"5:", "exhausted"});
    policy.spec.repeat = {1, 10min};
    CHECK(ladder::course(x) == ::course{"5:", "15:1", "exhausted"});
  }
}

TEST_CASE_METHOD(ladder, "to hurry makes the next step due, once for the same as_of") {
  auto x = climb(begin(), policy, resolve(), t0).after;
  auto first = hurried(x, x.moved_at, t0 + 1min);
  REQUIRE(first);
  CHECK(first->due_at == t0 + 1min);
  CHECK_FALSE(hurried(*first, x.moved_at, t0 + 1min));
  CHECK_FALSE(hurried(*first, t0 + 30s, t0 + 2min));
  auto same_instant = hurried(x, t0 + 1min, t0 + 1min);
  REQUIRE(same_instant);
  CHECK_FALSE(hurried(*same_instant, t0 + 1min, t0 + 1min));
  CHECK(hurried(x, std::nullopt, t0 + 1min));
  CHECK(ladder::course(*first) == ::course{"1:2", "11:3", "exhausted"});
}

TEST_CASE_METHOD(ladder,
                 "what somebody has taken, or what waits, goes on with its next step when somebody hurries it") {
  auto x = climb(begin(), policy, resolve(), t0).after;
  for (const auto& still : {acknowledged(x, &policy.spec, t0 + 1min), at_rest(x, t0 + 1min)}) {
    auto next = hurried(still, std::nullopt, t0 + 2min);
    REQUIRE(next);
    CHECK(next->state == escalation_state::running);
    CHECK(ladder::course(*next) == ::course{"2:2", "12:3", "exhausted"});
    CHECK_FALSE(hurried(still, t0 + 30s, t0 + 2min)); // it was taken since
  }
  x.next.reset(); // told everybody
  x.due_at.reset();
  x.state = escalation_state::exhausted;
  auto taken = acknowledged(x, &policy.spec, t0 + 1min);
  CHECK_FALSE(hurried(taken, std::nullopt, t0 + 2min));
  CHECK(left_behind(taken, t0 + 2min).state == escalation_state::exhausted);
  CHECK_FALSE(left_behind(taken, t0 + 2min).due_at);
  CHECK_FALSE(hurried(ended(begin(), t0), std::nullopt, t0));
}

TEST_CASE_METHOD(ladder, "handed to a policy an incident begins it at once, by hand") {
  policy.spec.steps.front().delay = 5min;
  auto old = ended(climb(begin(), policy, resolve(), t0 + 5min).after, t0 + 6min);
  auto record = std::make_shared<const escalation_policy_record>(policy);
  incident of;
  of.severity = severity::warning;
  auto again = reassigned(&old, record, of, 3, t0 + 10min);
  CHECK(again.id == old.id);
  CHECK(again.version == old.version + 1);
  CHECK(again.turn == 3);
  CHECK(again.urgency == urgency::low);
  CHECK_FALSE(again.rule);
  CHECK(ladder::course(again) == ::course{"10:1", "15:2", "25:3", "exhausted"});
  auto first = reassigned(nullptr, record, of, 4, t0 + 10min);
  CHECK(first.id != old.id);
  CHECK(first.version == 1);
  CHECK(first.due_at == t0 + 10min);
}

TEST_CASE_METHOD(ladder, "handed to people an incident tells them alone, until somebody takes it") {
  policy.spec.ack_timeout = 1h;
  policy.spec.repeat.count = std::nullopt;
  auto x = acknowledged(climb(begin(), policy, resolve(), t0).after, &policy.spec, t0 + 1min);
  std::vector<paged_user> people{{numbered<user_id>(7), "Ada"}, {numbered<user_id>(8), "Bob"}};
  auto theirs = handed_to(x, people, &policy.spec, t0 + 2min);
  CHECK(theirs.version == x.version + 1);
  REQUIRE(theirs.snapshot);
  REQUIRE(theirs.snapshot->steps.size() == 1);
  CHECK(theirs.snapshot->steps.front().targets ==
        std::vector<escalation_target>{{escalation_target_type::user, numbered<user_id>(7)},
                                       {escalation_target_type::user, numbered<user_id>(8)}});
  CHECK(theirs.snapshot->ack_timeout == 1h);
  CHECK(ladder::course(theirs) == ::course{"2:78", "exhausted"});
}

TEST_CASE_METHOD(ladder, "people are put on the escalation that lives, else on the one that moved last") {
  incident of;
  CHECK_FALSE(to_hand_over(of));
  auto living = begin();
  auto over = ended(begin(), t0 + 1h);
  over.id = numbered<escalation_id>(2);
  of.escalations = {living, over};
  CHECK(to_hand_over(of)->id == living.id);
  of.escalations = {ended(living, t0 + 1min), over};
  CHECK(to_hand_over(of)->id == over.id);
}

TEST_CASE_METHOD(ladder, "a moment late does not move the steps after it, a standstill does") {
  auto late = climb(begin(), policy, resolve(), t0 + 900ms).after;
  CHECK(late.due_at == t0 + 5min);
  auto very_late = climb(begin(), policy, resolve(), t0 + 1h).after;
  CHECK(very_late.due_at == t0 + 1h + 5min);
}

TEST_CASE_METHOD(ladder, "what has ended stays so") {
  auto x = ended(begin(), t0 + 1min);
  CHECK(x.state == escalation_state::ended);
  CHECK_FALSE(x.due_at);
  CHECK(ended(x, t0 + 2min).version == x.version);
  CHECK(acknowledged(x, &policy.spec, t0).state == escalation_state::ended);
  CHECK(unacknowledged(x, t0).state == escalation_state::ended);
}

TEST_CASE_METHOD(ladder, "a forecast says what climbing does") {
  policy.spec.repeat = {2, 60min};
  silent = {chn(2)};
  auto f = forecast(policy, 1, resolve(), t0, 200);
  std::vector<std::string> seen;
  for (auto& x : f.calls)
    if (!x.recipients.empty() && x.recipients[0].channel)
      seen.push_back(std::to_string((x.at - t0) / 1min) + ":" +
                     std::to_string(x.recipients[0].channel->value.bytes[15]));
  seen.push_back("exhausted");
  CHECK(seen == ladder::course(begin()));
  CHECK(f.calls.size() == 9);
  CHECK(f.exhausted_at);
  CHECK_FALSE(f.truncated);
}

TEST_CASE_METHOD(ladder, "an endless forecast is cut off") {
  policy.spec.repeat = {std::nullopt, 60s};
  auto f = forecast(policy, 1, resolve(), t0, 200);
  CHECK(f.calls.size() == 200);
  CHECK(f.truncated);
  CHECK_FALSE(f.exhausted_at);
  CHECK(who_is_told(policy, 1, resolve(), t0).calls.size() == 3);
}

TEST_CASE_METHOD(ladder, "an incident begins each policy of its rules once") {
  alert_book book;
  auto shared = std::make_shared<const escalation_policy_record>(policy);
  book.policies = {shared};
  alert_rule_record first, second, other;
  first.id = numbered<rule_id>(1);
  second.id = numbered<rule_id>(2);
  first.spec.escalation_policy_id = second.spec.escalation_policy_id = policy.id;
  other.spec.escalation_policy_id = numbered<policy_id>(77); // deleted a moment ago
  book.rules = {other, first, second};
  auto id = numbered<monitor_id>(1);
  monitor_spec monitor;
  occurrence opening{event_type::incident_opened, id, monitor};
  auto begun = policies_of(book, opening);
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].policy == shared);
  CHECK(begun[0].rule == first.id);
  book.rules[1].spec.events = {event_type::incident_resolved};
  CHECK(policies_of(book, opening)[0].rule == second.id);
}

TEST_CASE("only a channel that is there and enabled can be told") {
  alert_book book{{}, {{chn(1), true, {event_type::channel_test}, false}, {chn(2), false, {}, true}}};
  auto resolve = resolver_of({std::make_shared<const alert_book>(book)}).of;
  auto routes = [&](std::uint8_t n) {
    return resolve({escalation_target_type::channel, chn(n)}, urgency::high, t0).routes;
  };
  REQUIRE(routes(1).size() == 1); // whatever its events
  CHECK(routes(1)[0].via == chn(1));
  CHECK(routes(2).empty());
  CHECK(routes(3).empty());
}
