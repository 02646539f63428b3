#include <atomic>
#include <thread>

#include "storage/housekeeping/engine_run.hpp"
#include "storage/repository.hpp"
#include "store_world.hpp"

using namespace gochron;
using namespace gochron::storage;
using test::store_world;
using namespace std::chrono_literals;

namespace {

const statement rename_organization{"test_rename", "UPDATE organizations SET name = $2 WHERE id = $1 RETURNING id"};

/// Two organisations; somebody's transaction can hold the row of one.
struct locked_world : store_world {
  writer_options options;
  std::unique_ptr<connection> somebody = sql();
  org_id held = add("held"), other = add("other");

  locked_world() {
    store->stop();
    options.conninfo = conninfo;
    options.linger = 1ms;
    options.session.lock_timeout = 300ms;
    options.set_aside = 50ms;
    options.set_aside_most = 200ms;
  }

  org_id add(const std::string& name) {
    auto id = org_id::make(clock.now());
    number("WITH x AS (INSERT INTO organizations VALUES ('" + to_string(id.value) + "', '" + name +
           "', 'free', '2026-03-01') RETURNING 1) SELECT count(*) FROM x");
    return id;
  }

  void hold(org_id id) {
    REQUIRE(somebody->execute("BEGIN; SELECT FROM organizations WHERE id = '" + to_string(id.value) + "' FOR UPDATE"));
  }

  void let_go() { REQUIRE(somebody->execute("ROLLBACK")); }

  static void submit(writer& to, write_unit x) { to.submit(std::move(x)); }
  static void submit(writer_group& to, write_unit x) {
    auto entity = x.entity;
    to.submit(entity, std::move(x));
  }

  template <class Writer>
  static std::future<status> rename(Writer& w, org_id id, const std::string& name, bool patient = true) {
    auto promise = std::make_shared<std::promise<status>>();
    write_unit unit;
    unit.commands.push_back({&rename_organization, params{} << id << name});
    unit.patient = patient;
    unit.entity = id.value;
    unit.done = [promise](result<std::span<const rows>> x) {
      promise->set_value(x ? status{} : status{fail(x.error())});
    };
    submit(w, std::move(unit));
    return promise->get_future();
  }

  std::int64_t named(const std::string& name) {
    return number("SELECT count(*) FROM organizations WHERE name = '" + name + "'");
  }
};

template <class T>
bool waits(std::future<T>& x) {
  return x.wait_for(0s) == std::future_status::timeout;
}

} // namespace

TEST_CASE_METHOD(locked_world, "a write that meets a lock holds up nobody but its own entity, and follows in order") {
  writer w{options, clock};
  hold(held);
  auto first = rename(w, held, "first");
  auto neighbour = rename(w, other, "neighbour");
  REQUIRE(neighbour.wait_for(10s) == std::future_status::ready);
  CHECK(neighbour.get());
  auto second = rename(w, held, "second");
  CHECK(rename(w, other, "later").get());
  CHECK(waits(first));
  CHECK(waits(second));
  CHECK(w.stats().aside == 2);
  let_go();
  CHECK(first.get());
  CHECK(second.get());
  CHECK(named("second") == 1);
  CHECK(w.stats().aside == 0);
  CHECK(rename(w, held, "and on").get()); // and it recovers
}

TEST_CASE_METHOD(locked_world, "an API write that meets a lock is refused and not written afterwards") {
  writer w{options, clock};
  hold(held);
  auto refused = rename(w, held, "refused", false).get();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  let_go();
  CHECK(rename(w, held, "after").get());
  CHECK(named("refused") == 0);
}

TEST_CASE_METHOD(locked_world, "what somebody waits for does not wait for what the engine has to write") {
  options.session.lock_timeout = 60s;
  writer_group writers{options, 1, clock};
  hold(held);
  auto own = rename(writers, held, "own");
  CHECK(rename(writers, other, "asked for", false).get());
  CHECK(waits(own));
  auto all_written = std::make_shared<std::promise<status>>();
  writers.after_writes(held.value, [=](status s) { all_written->set_value(std::move(s)); });
  let_go();
  CHECK(own.get());
  CHECK(all_written->get_future().get());
  CHECK(named("own") == 1);
  CHECK(named("asked for") == 1);
}

TEST_CASE_METHOD(locked_world, "stop does not wait for what is aside, and says so") {
  writer w{options, clock};
  hold(held);
  auto lost = rename(w, held, "lost");
  CHECK(rename(w, other, "kept").get());
  w.stop();
  auto answer = lost.get();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == errc::unavailable);
  CHECK(named("kept") == 1);
}

TEST_CASE_METHOD(locked_world, "while a batch gets nowhere, API writes are refused at once") {
  options.patience = 200ms;
  options.session.lock_timeout = 30s;
  writer w{options, clock};
  hold(held);
  auto stuck = rename(w, held, "stuck");
  std::optional<status> refused;
  for (int i = 0; i < 100 && !refused; ++i)
    if (auto x = rename(w, other, "api", false); x.wait_for(100ms) == std::future_status::ready)
      refused = x.get();
  REQUIRE(refused);
  REQUIRE_FALSE(*refused);
  CHECK(refused->error().code == errc::unavailable);
  CHECK(waits(stuck));
  let_go();
  CHECK(stuck.get());
  CHECK(rename(w, other, "again", false).get());
}

TEST_CASE_METHOD(store_world, "who loads a monitor finds the step that was still waiting to be written") {
  auto m = monitor();
  REQUIRE(create(m));
  auto somebody = sql();
  REQUIRE(somebody->execute("BEGIN; SELECT FROM monitor_state FOR UPDATE"));
  auto step = opening(m, 1, {});
  auto written = std::make_shared<std::promise<status>>();
  store->monitors().commit(step, reply_to<void>{[written](status s) { written->set_value(std::move(s)); }});
  auto loaded = std::make_shared<std::promise<result<loaded_monitor>>>();
  auto answer = loaded->get_future();
  store->monitors().load(m.id, reply_to<loaded_monitor>{[loaded](result<loaded_monitor> x) { loaded->set_value(x); }});
  CHECK(answer.wait_for(300ms) == std::future_status::timeout);
  REQUIRE(somebody->execute("ROLLBACK"));
  auto found = answer.get();
  REQUIRE(found);
  CHECK(found->runtime.state.status == monitor_status::down);
  REQUIRE(found->open_incidents.size() == 1);
  CHECK(found->open_incidents.at(0).id == step.incidents[0].id);
  CHECK(written->get_future().get());
}

TEST_CASE_METHOD(store_world, "who loads a monitor finds what was only noted so far") {
  auto m = monitor();
  REQUIRE(create(m));
  for (int i = 1; i <= 20; ++i) {
    monitor_runtime seen;
    seen.sequence = i;
    seen.skipped_slots = i;
    REQUIRE(store->monitors().note(m.id, org, seen));
    auto found = load(m.id);
    REQUIRE(found);
    CHECK(found->runtime.sequence == i);
  }
}

TEST_CASE_METHOD(store_world, "a held row keeps nobody else's notes back, and its own are written when it is free") {
  auto m = monitor("held"), n = monitor("free");
  REQUIRE(create(m));
  REQUIRE(create(n));
  auto somebody = sql();
  REQUIRE(somebody->execute("BEGIN; SELECT FROM monitor_state WHERE monitor_id = '" + to_string(m.id.value) +
                            "' FOR UPDATE"));
  monitor_runtime seen;
  seen.sequence = 7;
  REQUIRE(store->monitors().note(m.id, org, seen));
  REQUIRE(store->monitors().note(n.id, org, seen));
  CHECK_FALSE(store->flush(1s));
  CHECK(number("SELECT count(*) FROM monitor_state WHERE sequence = 7") == 1);
  REQUIRE(somebody->execute("ROLLBACK"));
  CHECK(store->flush(10s));
  CHECK(number("SELECT count(*) FROM monitor_state WHERE sequence = 7") == 2);
}

TEST_CASE_METHOD(store_world, "the sign of life is never ahead of a note that is not written") {
  std::atomic<int> beats{0};
  options.noticed_gaps = [&] {
    ++beats;
    return std::vector<observation_gap>{};
  };
  open();
  auto two_beats = [&] {
    for (int wanted = beats + 3, i = 0; beats < wanted && i < 1000; ++i) // the first may have looked before
      std::this_thread::sleep_for(10ms);
  };
  auto m = monitor();
  REQUIRE(create(m));
  auto somebody = sql();
  REQUIRE(somebody->execute("BEGIN; SELECT FROM monitor_state FOR UPDATE"));
  clock.advance(10min);
  auto noted_at = clock.now();
  monitor_runtime seen;
  seen.sequence = 7;
  REQUIRE(store->monitors().note(m.id, org, seen));
  clock.advance(1h);
  two_beats();
  CHECK(*last_seen(*sql()) == noted_at); // a crash now takes the note: from there on nobody has watched
  REQUIRE(somebody->execute("ROLLBACK"));
  CHECK(store->flush(10s));
  two_beats();
  CHECK(*last_seen(*sql()) == clock.now() - 1s);
}
