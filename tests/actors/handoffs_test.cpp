#include "actors/handoffs.hpp"
#include "core/channels/notice.hpp"
#include "core/on_call/timetable.hpp"
#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

struct fake_schedule_store final : schedule_store {
  std::map<schedule_id, schedule_record> rows;
  std::vector<handoff_step> steps; ///< that were written
  bool away = false;
  bool overtaken = false; ///< the next step meets another `told`

  void create(schedule_record, write_note, reply_to<schedule_record>) override { FAIL("not foreseen"); }
  void update(schedule_record, bool, write_note, reply_to<schedule_record>) override { FAIL("not foreseen"); }
  void remove(org_id, schedule_id, std::optional<std::int64_t>, write_note, reply_to<void>) override {
    FAIL("not foreseen");
  }
  void create(schedule_override, write_note, reply_to<schedule_override>) override { FAIL("not foreseen"); }
  void load(org_id, schedule_id, override_id, reply_to<schedule_override>) override { FAIL("not foreseen"); }
  void update(schedule_override, schedule_override, std::optional<schedule_override>, write_note,
              reply_to<schedule_override>) override {
    FAIL("not foreseen");
  }
  void end(org_id, schedule_id, override_id, timestamp, write_note, reply_to<void>) override { FAIL("not foreseen"); }
  void set_feed(org_id, schedule_id, std::optional<sha256_digest>, timestamp, write_note, reply_to<void>) override {
    FAIL("not foreseen");
  }
  void load(org_id org, schedule_id id, reply_to<schedule_record> done) override {
    if (away)
      return done(try_later(errc::unavailable, "The database is away."));
    auto it = rows.find(id);
    it == rows.end() || it->second.org != org ? done(fail(errc::not_found, "row")) : done(it->second);
  }
  void record(handoff_step step, reply_to<void> done) override {
    if (away)
      return done(try_later(errc::unavailable, "The database is away."));
    auto it = rows.find(step.schedule);
    if (it == rows.end())
      return done(fail(errc::not_found, "row"));
    if (std::exchange(overtaken, false))
      return done(fail(errc::stale, "told"));
    REQUIRE(it->second.told == step.told_before);
    it->second.told = step.told;
    steps.push_back(std::move(step));
    done({});
  }
  void handoff_tellers(schedule_id after, std::uint32_t, reply_to<std::vector<handoff_teller>> done) override {
    if (away)
      return done(try_later(errc::unavailable, "The database is away."));
    std::vector<handoff_teller> found;
    for (auto& [id, x] : rows)
      if (id > after && x.spec.tells_handoffs())
        found.push_back({id, x.org});
    done(found);
  }
};

/// Ada and Ben take turns of a day each, from now on, and a channel hears of it.
struct turns_of_a_day : world {
  fake_schedule_store schedules;
  user_id ada = user_id::make(timestamp{1s}), ben = user_id::make(timestamp{2s});
  channel_id ops = add_channel("ops");
  schedule_id primary = add_schedule();
  std::vector<channel_id> woken;
  actors::handoffs_actor board;
  bool late_books = false; ///< what is read is answered when release() is called
  std::vector<std::function<void()>> read;

  turns_of_a_day() {
    names = {{ada, "Ada"}, {ben, "Ben"}};
    deps.outbox_changed = [this](org_id, channel_id id) { woken.push_back(id); };
    deps.on_call = [this, answer = deps.on_call](org_id o, std::vector<schedule_id> ids, timestamp from, timestamp to,
                                                 reply_to<std::vector<on_call_books>> done) {
      answer(o, ids, from, to, reply_to<std::vector<on_call_books>>{[this, done](result<std::vector<on_call_books>> x) {
               late_books ? read.push_back([done, x] { done(x); }) : done(std::move(x));
             }});
    };
    beside_shard = [this](actors::ticked m) { caf::anon_send(board, std::move(m)); };
  }
  ~turns_of_a_day() { end(); }

  void begin() {
    board = sys.spawn(actors::handoffs, &deps, &schedules, actors::leaf_address{1, 0});
    settle();
  }
  void end() {
    if (board)
      caf::anon_send_exit(board, caf::exit_reason::user_shutdown);
    board = nullptr;
    settle();
  }
  schedule_id add_schedule() {
    schedule_record x;
    x.id = schedule_id::make(clock.t);
    x.org = org;
    x.spec.name = "Primary";
    schedule_layer layer;
    layer.key = "l";
    layer.rotation = {rotation_unit::day, 1, local_seconds{std::chrono::floor<seconds>(clock.t.time_since_epoch())}};
    layer.members = {{ada}, {ben}};
    x.spec.layers = {layer};
    x.spec.handoff_channels = {ops};
    x.present = core::first_revision(x.spec, clock.t - 24h * 365);
    schedules.rows[x.id] = x;
    books[x.id] = {{x.id, "Primary", {x.present}, {}}, {}, clock.t};
    return x.id;
  }
  void release() {
    late_books = false;
    for (auto& x : std::exchange(read, {}))
      x();
    settle();
  }
  void change() {
    caf::anon_send(board, actors::schedule_changed{org, primary});
    settle();
  }
  schedule_override stand_in(user_id who, milliseconds length) const {
    schedule_override x;
    x.kind = override_kind::replace;
    x.start_at = clock.t;
    x.end_at = clock.t + length;
    x.user_ids = {who};
    return x;
  }
  void override_now(user_id who, milliseconds length) {
    books[primary].of.overrides.push_back(stand_in(who, length));
    change();
  }
  // What was told: the headline of each, as the channel reads it.
  std::vector<std::string> told() const {
    std::vector<std::string> all;
    for (const auto& step : schedules.steps)
      for (const auto& e : step.events)
        all.push_back(core::read_notice(*e.body)->headline);
    return all;
  }
};

using lines = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(turns_of_a_day, "a hand-off is told at its instant, once, and nothing when the board begins") {
  begin();
  CHECK(told().empty());
  CHECK(schedules.rows[primary].told == std::vector{ada});
  advance(24h - 10ms, 1h);
  CHECK(told().empty());
  advance(10ms);
  CHECK(told() == lines{"On call now: Ben (Primary)"});
  CHECK(schedules.steps.back().events.front().at == clock.t);
  CHECK(woken == std::vector{ops});
  advance(24h, 1h);
  CHECK(told() == lines{"On call now: Ben (Primary)", "On call now: Ada (Primary)"});
}

TEST_CASE_METHOD(turns_of_a_day, "what happened while nobody watched is told once, when somebody does again") {
  begin();
  end();
  advance(24h * 3, 1h);
  begin();
  CHECK(told() == lines{"On call now: Ben (Primary)"});
  end();
  advance(24h * 2, 1h);
  begin();
  CHECK(told().size() == 1);
}

TEST_CASE_METHOD(turns_of_a_day, "an override is told when it begins and when it ends, and so is a gap") {
  begin();
  override_now(ben, 1h);
  CHECK(told() == lines{"On call now: Ben (Primary)"});
  change();
  CHECK(told().size() == 1);
  advance(1h, 1min);
  CHECK(told().back() == "On call now: Ada (Primary)");
  schedules.rows[primary].spec.layers.clear();
  books[primary].of.revisions = {core::first_revision({}, clock.t - 1h)};
  change();
  CHECK(told().back() == "Nobody is on call: Primary");
}

TEST_CASE_METHOD(turns_of_a_day, "a schedule that borrows from another hears of the other's changes") {
  auto other = schedule_id::make(clock.t + 1ms);
  schedule_override borrows;
  borrows.kind = override_kind::schedule;
  borrows.start_at = clock.t - 1h;
  borrows.end_at = clock.t + 1000h;
  borrows.other = other;
  books[primary].of.overrides = {borrows};
  schedule_spec lent;
  lent.layers = schedules.rows[primary].spec.layers;
  lent.layers[0].members = {{ada}};
  books[primary].others = {{other, "Lender", {core::first_revision(lent, clock.t - 24h)}, {}}};
  begin();
  lent.layers[0].members = {{ben}};
  books[primary].others = {{other, "Lender", {core::first_revision(lent, clock.t - 24h)}, {}}};
  caf::anon_send(board, actors::schedule_changed{org, other});
  settle();
  CHECK(told() == lines{"On call now: Ben (Primary)"});
  caf::anon_send(board, actors::schedule_changed{org_id::make(clock.t), other});
  settle();
  CHECK(told().size() == 1);
}

TEST_CASE_METHOD(turns_of_a_day, "who stops telling and begins again is not told what was meanwhile") {
  begin();
  schedules.rows[primary].spec.handoff_channels.clear();
  schedules.rows[primary].told.reset(); // as the edit does
  change();
  advance(24h, 1h);
  CHECK(schedules.steps.size() == 1);
  schedules.rows[primary].spec.handoff_channels = {ops};
  change();
  CHECK(told().empty());
  CHECK(schedules.rows[primary].told == std::vector{ben});
  advance(24h, 1h);
  CHECK(told() == lines{"On call now: Ada (Primary)"});
}

TEST_CASE_METHOD(turns_of_a_day, "a database that is away is waited for, and an overtaken step looked at again") {
  schedules.away = true;
  begin();
  advance(10s);
  CHECK(schedules.steps.empty());
  schedules.away = false;
  advance(1s);
  CHECK(schedules.rows[primary].told == std::vector{ada});
  schedules.overtaken = true;
  override_now(ben, 1h);
  advance(10ms);
  CHECK(told() == lines{"On call now: Ben (Primary)"});
  schedules.away = true;
  advance(1h, 1min);
  CHECK(told().size() == 1);
  schedules.away = false;
  advance(2s);
  CHECK(told().back() == "On call now: Ada (Primary)");
}

TEST_CASE_METHOD(turns_of_a_day, "what was read before a change is not told, and the change is looked at") {
  begin();
  books[primary].of.overrides = {stand_in(ben, 1h)};
  late_books = true;
  change(); // reads that Ben stands in
  books[primary].of.overrides.clear();
  change(); // and hears that something has changed
  release();
  CHECK(told().empty());
  late_books = true;
  change(); // reads that Ada is on call
  books[primary].of.overrides = {stand_in(ben, 1h)};
  change();
  release();
  CHECK(told() == lines{"On call now: Ben (Primary)"});
}

TEST_CASE_METHOD(turns_of_a_day, "a lender that changes while its borrower is looked at is not missed") {
  auto other = schedule_id::make(clock.t + 1ms);
  begin();
  late_books = true;
  change(); // begins to borrow: nobody knows it yet
  books[primary].of.overrides = {stand_in(ben, 1h)};
  caf::anon_send(board, actors::schedule_changed{org, other});
  settle();
  release();
  CHECK(told() == lines{"On call now: Ben (Primary)"});
}

TEST_CASE_METHOD(turns_of_a_day,
                 "writes without end leave no timers behind, and a hand-off that comes nearer is told in time") {
  begin();
  auto armed = timers.armed();
  for (int i = 0; i < 100; ++i)
    change();
  CHECK(timers.armed() == armed);
  override_now(ben, 1h);
  CHECK(timers.armed() == armed + 1);
  advance(1h, 1min);
  CHECK(told().back() == "On call now: Ada (Primary)");
  advance(23h, 1h);
  CHECK(told().back() == "On call now: Ben (Primary)");
  CHECK(told().size() == 3);
}

TEST_CASE_METHOD(turns_of_a_day, "what waits for its turn to be read is not read twice for a change before that") {
  for (int i = 0; i < 40; ++i) {
    clock.t += 1ms;
    add_schedule();
  }
  begin();
  late_books = true;
  for (auto& [id, x] : schedules.rows)
    caf::anon_send(board, actors::schedule_changed{org, id}); // 16 are read, the others wait and hear of each other
  settle();
  asked_at.clear();
  release();
  CHECK(asked_at.size() <= 16 + 25);
}

TEST_CASE_METHOD(turns_of_a_day, "a schedule can go") {
  begin();
  schedules.rows.erase(primary);
  change();
  auto armed = timers.armed();
  advance(48h, 1h);
  CHECK(told().empty());
  CHECK(timers.armed() < armed);
}

TEST_CASE_METHOD(turns_of_a_day, "a step in the wall clock hands over at once") {
  begin();
  clock.t += 24h;
  caf::anon_send(board, actors::clock_jumped{});
  settle();
  CHECK(told() == lines{"On call now: Ben (Primary)"});
}

TEST_CASE_METHOD(turns_of_a_day, "more schedules than are looked at at once are all told") {
  for (int i = 0; i < 50; ++i) {
    clock.t += 1ms;
    add_schedule();
  }
  begin();
  CHECK(std::ranges::all_of(schedules.rows, [](auto& x) { return x.second.told.has_value(); }));
  advance(24h, 1h);
  CHECK(told().size() == 51);
}
