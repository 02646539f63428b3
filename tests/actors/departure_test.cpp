#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

/// Whatever can be asked of a monitor, sent one after the other.
struct questions {
  world& of;
  monitor_id id;
  std::vector<std::function<std::optional<error>()>> answers = {}; ///< what each was told, if anything

  template <class Answer, class Message>
  void ask(Message m) {
    answers.push_back([told = of.begin<Answer>(std::move(m))]() -> std::optional<error> {
      if (!*told)
        return error{errc::timed_out, "nobody answered", {}, {}, {}};
      return **told ? std::nullopt : std::optional{(*told)->error()};
    });
  }
  void ask_all() {
    auto same = [](const monitor_spec& x) -> result<monitor_spec> { return x; };
    ask<monitor_view>(get_monitor{of.org, id, {}});
    ask<monitor_view>(edit_monitor{of.org, id, {}, same, by<monitor_view>(), {}, {}});
    ask<void>(remove_monitor{of.org, id, {}, by<void>(), {}, {}});
    ask<check_result>(run_monitor{of.org, id, {}, false, {}});
    ask<monitor_view>(reset_monitor{of.org, id, {}, by<monitor_view>(), {}});
    ask<status_wait>(wait_for_status{of.org, id, {monitor_status::up}, 0s, 60s, {}});
    auto incident_of = incident_id::make(of.clock.t);
    ask<incident>(handle_incident{of.org, id, incident_of, incident_verb::acknowledge, "", by<incident>(), {}});
    ask<void>(actors::ping_monitor{id, {}, {}, {}});
  }
  /// Whether every one of them was told `not_found`.
  bool all_not_found() const {
    return !answers.empty() && std::ranges::all_of(answers, [](auto& told) {
      auto e = told();
      return e && e->code == errc::not_found;
    });
  }
};

template <class Told>
bool is_not_found(const Told& told) {
  return told->has_value() && !(*told)->has_value() && (*told)->error().code == errc::not_found;
}

remove_channel removal(const world& w, channel_id id) {
  return {w.org, id, {}, by<void>(), {}, {}};
}

} // namespace

TEST_CASE_METHOD(world, "what reaches a monitor at the moment that it expires is told that there is none") {
  auto spec = http_monitor();
  spec.expires_at = clock.t + 30s;
  spec.paused = true; // nothing else is written
  auto id = add(spec);
  monitors.away = true;
  advance(30'010ms);
  REQUIRE(monitors.held.size() == 1); // it is being written
  monitors.come_back();
  questions asked{*this, id};
  asked.ask_all(); // behind the answer of the store
  settle();
  CHECK(asked.all_not_found());
  CHECK(counts.monitors == 1);
  advance(20ms);
  CHECK(counts.monitors == 0);
  CHECK(leaves->by_id.empty());
  CHECK(leaves->by_address.empty());
}

TEST_CASE_METHOD(world,
                 "what comes while its shard still knows a deleted monitor is answered as well, and then by it") {
  auto id = add(heartbeat_monitor(60s, 60s));
  REQUIRE(ask<void>(remove_monitor{org, id, {}, by<void>(), {}, {}}));
  questions at_once{*this, id};
  at_once.ask_all();
  settle();
  CHECK(at_once.all_not_found());
  advance(20ms);
  questions later{*this, id};
  later.ask_all();
  settle();
  CHECK(later.all_not_found());
}

TEST_CASE_METHOD(world, "who waits for a turn behind a removal is told that there is no monitor") {
  auto id = add(http_monitor());
  answer(verdict::down, reason::connect_refused);
  monitors.away = true;
  advance(30s); // opens its incident; the step is being written
  auto removed = begin<void>(remove_monitor{org, id, {}, by<void>(), {}, {}});
  questions behind{*this, id};
  auto renamed = [](const monitor_spec& x) -> result<monitor_spec> {
    auto next = x;
    next.name = "renamed";
    return next;
  };
  behind.ask<monitor_view>(edit_monitor{org, id, {}, renamed, by<monitor_view>(), {}, {}});
  behind.ask<void>(remove_monitor{org, id, {}, by<void>(), {}, {}});
  behind.ask<status_wait>(wait_for_status{org, id, {monitor_status::up}, 0s, 60s, {}});
  settle();
  while (!monitors.held.empty()) {
    monitors.held.front()();
    monitors.held.pop_front();
    settle();
  }
  REQUIRE(*removed);
  CHECK(**removed);
  CHECK(behind.all_not_found());
  CHECK_FALSE(monitors.rows.contains(id));
}

TEST_CASE_METHOD(world, "a check that is under way when its monitor goes is answered, and changes nothing any more") {
  auto id = add(http_monitor());
  probes.silent = true;
  auto ran = begin<check_result>(run_monitor{org, id, {}, false, {}});
  settle();
  REQUIRE(probes.late.size() == 1);
  REQUIRE(ask<void>(remove_monitor{org, id, {}, by<void>(), {}, {}}));
  REQUIRE(*ran);
  CHECK((*ran)->error().code == errc::conflict);
  probes.late.front()(); // its answer comes to a monitor that is gone
  settle();
  advance(20ms);
  CHECK(counts.restarts == 0);
  CHECK(monitors.results.empty());
  CHECK(leaves->by_id.empty());
}

TEST_CASE_METHOD(world, "what reaches a channel at the moment that it goes is told that there is none") {
  auto id = add_channel("pager");
  sender.hold = true;
  auto tried = begin<delivery_attempt>(test_channel{org, id, {}, false, {}});
  settle();
  REQUIRE(sender.posts.size() == 1);
  channels.hold = true;
  auto removed = begin<void>(removal(*this, id));
  settle();
  channels.come_back();
  auto shown = begin<channel_record>(get_channel{org, id, {}});
  auto rolled = begin<channel_record>(roll_secret{org, id, {}, 60s, by<channel_record>(), {}});
  auto tested = begin<delivery_attempt>(test_channel{org, id, {}, false, {}});
  auto twice = begin<void>(removal(*this, id));
  settle();
  REQUIRE(*removed);
  CHECK(**removed);
  CHECK(is_not_found(tried));
  CHECK(is_not_found(shown));
  CHECK(is_not_found(rolled));
  CHECK(is_not_found(tested));
  CHECK(is_not_found(twice));
  sender.posts.front().done({}); // the answer of a receiver that nobody waits for
  settle();
  advance(20ms);
  CHECK(counts.restarts == 0);
  CHECK(counts.channels == 0);
  CHECK(ask<channel_record>(get_channel{org, id, {}}).error().code == errc::not_found);
}
