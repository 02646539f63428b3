#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

edit_of<monitor_spec> set_paused(bool paused) {
  return [paused](const monitor_spec& now) -> result<monitor_spec> {
    auto next = now;
    next.paused = paused;
    return next;
  };
}

/// Keeps what it is asked to keep.
template <class T>
written_by<T> keeping(std::shared_ptr<std::optional<T>> kept) {
  auto x = by<T>();
  x.keep = [kept](const T& shown) {
    *kept = shown;
    kept_answer answer;
    answer.key = "k";
    return answer;
  };
  return x;
}

void same_view(const monitor_view& a, const monitor_view& b) {
  CHECK(a.record.version == b.record.version);
  CHECK(a.record.spec == b.record.spec);
  CHECK(a.runtime.state.status == b.runtime.state.status);
  CHECK(a.runtime.status_since == b.runtime.status_since);
  CHECK(a.runtime.cause.code == b.runtime.cause.code);
  CHECK(a.runtime.open_incident == b.runtime.open_incident);
  CHECK(a.runtime.last_checked_at == b.runtime.last_checked_at);
  CHECK(a.next_check_at == b.next_check_at);
  CHECK(a.uptime_24h == b.uptime_24h);
}

} // namespace

TEST_CASE_METHOD(world, "a dry edit, pause or removal is answered, and nothing has happened") {
  auto id = add(http_monitor());
  answer(verdict::down, reason::connect_refused);
  advance(30s);
  auto before = view(id);
  REQUIRE(before.runtime.open_incident);
  auto steps = monitors.steps.size();
  CHECK(ask<monitor_view>(edit_monitor{org, id, {}, set_paused(true), by<monitor_view>(true), {}}));
  CHECK(ask<void>(remove_monitor{org, id, {}, by<void>(true), {}}));
  auto incident_id = *before.runtime.open_incident;
  CHECK(ask<incident>(handle_incident{org, id, incident_id, incident_verb::resolve, "", by<incident>(true), {}}));
  CHECK(ask<check_result>(run_monitor{org, id, {}, true, {}}));
  same_view(view(id), before);
  CHECK(monitors.steps.size() == steps);
  CHECK(monitors.rows.contains(id));
  auto asked = probes.asked;
  advance(60s);
  CHECK(probes.asked == asked + 2); // it goes on as if nothing had been asked
}

TEST_CASE_METHOD(world, "a dry edit of another version is stale like any other") {
  auto id = add(http_monitor());
  CHECK(ask<monitor_view>(edit_monitor{org, id, 7, set_paused(true), by<monitor_view>(true), {}}).error().code ==
        errc::stale);
  CHECK(ask<void>(remove_monitor{org, id, 7, by<void>(true), {}}).error().code == errc::stale);
}

TEST_CASE_METHOD(world, "what is kept for who asks again is what is answered") {
  auto kept = std::make_shared<std::optional<monitor_view>>();
  actors::new_monitor m;
  m.record.id = monitor_id::make(clock.t);
  m.record.org = org;
  m.record.created_at = clock.t;
  m.record.spec = http_monitor();
  m.by = keeping(kept);
  auto id = m.record.id;
  auto made = ask<monitor_view>(std::move(m));
  REQUIRE(made);
  REQUIRE(*kept);
  same_view(**kept, *made);
  answer(verdict::down, reason::connect_refused);
  advance(30s);
  for (bool paused : {true, false}) {
    kept->reset();
    auto told = ask<monitor_view>(edit_monitor{org, id, {}, set_paused(paused), keeping(kept), {}});
    REQUIRE(told);
    REQUIRE(*kept);
    same_view(**kept, *told);
    REQUIRE(monitors.notes.back().answer);
    advance(10s);
  }
}

TEST_CASE_METHOD(world, "an entry says whose wish it was, also when a ping resumes") {
  auto spec = heartbeat_monitor(60s, 30s);
  spec.paused = true;
  auto id = add(spec);
  CHECK(ping(id, ping_kind::success));
  REQUIRE(monitors.notes.back().entry);
  CHECK(monitors.notes.back().entry->actor == "system");
  CHECK(monitors.notes.back().entry->patch == R"([{"op":"replace","path":"/paused","value":false}])");
  REQUIRE(edit(id, [](auto& s) { s.interval = 30s; }));
  CHECK(monitors.notes.back().entry->actor == "token:test");
  CHECK(monitors.notes.back().entry->reason == "a test");
  CHECK(monitors.notes.back().entry->version_from == 2);
}

TEST_CASE_METHOD(world, "an acknowledgement carries its entry in the step that it causes") {
  auto id = add(http_monitor());
  answer(verdict::down, reason::connect_refused);
  advance(30s);
  auto open = *view(id).runtime.open_incident;
  REQUIRE(handle(id, open, incident_verb::acknowledge));
  auto& step = monitors.steps.back();
  REQUIRE(step.note);
  CHECK(step.note->entry->action == audit_action::acknowledge);
  CHECK(step.note->entry->resource == open.str());
}

TEST_CASE_METHOD(world, "an action that is meant for another version is refused and does nothing") {
  auto id = add(http_monitor());
  auto channel = add_channel("pager");
  CHECK(ask<check_result>(run_monitor{org, id, 2, false, {}}).error().code == errc::stale);
  CHECK(probes.asked == 0);
  CHECK(ask<check_result>(run_monitor{org, id, 1, false, {}}));
  CHECK(probes.asked == 1);
  CHECK(ask<delivery_attempt>(test_channel{org, channel, 2, false, {}}).error().code == errc::stale);
  CHECK(sender.posts.empty());
  auto secret = channels.rows.at(channel).secret.value;
  auto roll = [&](std::int64_t version) {
    return ask<channel_record>(roll_secret{org, channel, version, 3600s, by<channel_record>(), {}});
  };
  CHECK(roll(2).error().code == errc::stale);
  CHECK(channels.rows.at(channel).secret.value == secret);
  CHECK(roll(1));
  CHECK(channels.rows.at(channel).secret.value != secret);
  CHECK(roll(1).error().code == errc::stale); // the first of two has won
}
