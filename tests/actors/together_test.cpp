#include "actors/together.hpp"

#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

/// Gathers writes of monitors, as the store's does, and writes into the fake one.
struct fake_joint final : joint_write, std::enable_shared_from_this<fake_joint> {
  struct handed_in {
    std::function<void()> write;
    std::function<void(error)> refuse;
  };
  explicit fake_joint(fake_monitor_store& to) : rows(to) {}
  fake_monitor_store& rows;
  std::map<std::size_t, handed_in> parts;
  std::optional<error> closed;
  int writes = 0;

  std::shared_ptr<write_part> part(std::size_t n, std::function<void()> arrived) override;
  void hand_in(std::size_t n, handed_in x, const std::function<void()>& arrived) {
    if (closed)
      return x.refuse(*closed);
    parts[n] = std::move(x);
    arrived();
  }
  void write(bool) override {
    closed = not_applied();
    ++writes;
    for (auto& [n, x] : std::exchange(parts, {}))
      x.write();
  }
  void abandon(error why) override {
    if (!closed)
      closed = why;
    for (auto& [n, x] : std::exchange(parts, {}))
      x.refuse(why);
  }
};

[[noreturn]] void unexpected() {
  throw std::logic_error("only edits are written together here");
}

struct fake_part final : write_part, monitor_store {
  std::shared_ptr<fake_joint> of;
  std::size_t n;
  std::function<void()> arrived;
  fake_part(std::shared_ptr<fake_joint> to, std::size_t place, std::function<void()> told)
    : of(std::move(to)), n(place), arrived(std::move(told)) {}

  monitor_store& monitors() override { return *this; }
  channel_store& channels() override { unexpected(); }
  rule_store& rules() override { unexpected(); }
  schedule_store& schedules() override { unexpected(); }
  answer_store& answers() override { unexpected(); }
  policy_store& policies() override { unexpected(); }
  maintenance_store& windows() override { unexpected(); }
  people_store& people() override { unexpected(); }

  void update(monitor_record x, std::optional<transition> step, write_note note,
              reply_to<monitor_record> done) override {
    auto& rows = of->rows;
    of->hand_in(n,
                {[&rows, x, step, note, done] { rows.update(x, step, note, done); },
                 [done](error why) { done(fail(std::move(why))); }},
                arrived);
  }
  void create(monitor_record, write_note, reply_to<monitor_record>) override { unexpected(); }
  void remove(org_id, monitor_id, std::optional<transition>, write_note, reply_to<void>) override { unexpected(); }
  void expire(org_id, monitor_id, transition, std::vector<alert_rule_record>, write_note, reply_to<expiry>) override {
    unexpected();
  }
  void commit(transition, reply_to<void>) override { unexpected(); }
  void commit_if_open(transition, incident_id, reply_to<void>) override { unexpected(); }
  void load(monitor_id, reply_to<loaded_monitor>) override { unexpected(); }
  void load(org_id, monitor_id, incident_id, reply_to<incident>) override { unexpected(); }
  bool note(check_result) override { unexpected(); }
  bool note(monitor_id, org_id, const monitor_runtime&) override { unexpected(); }
};

std::shared_ptr<write_part> fake_joint::part(std::size_t n, std::function<void()> arrived) {
  return std::make_shared<fake_part>(shared_from_this(), n, std::move(arrived));
}

/// Two monitors that are renamed together.
struct together_world : world {
  std::shared_ptr<fake_joint> joint = std::make_shared<fake_joint>(monitors);
  monitor_id first = add_paused("first"), second = add_paused("second"); // in the order in which they are asked
  std::shared_ptr<std::optional<status>> told = std::make_shared<std::optional<status>>();
  bool crash = false; ///< the second, when it is asked

  monitor_id add_paused(const char* name) {
    auto spec = http_monitor();
    spec.name = name;
    spec.paused = true;
    advance(10ms);
    return add(spec);
  }

  write_together::step rename(monitor_id id) {
    auto change = [this, id](const monitor_spec& now) -> result<monitor_spec> {
      if (crash && id == second)
        throw std::runtime_error("monitor");
      auto next = now;
      next.name = "renamed";
      return next;
    };
    auto start = [this, id, change](std::shared_ptr<write_part> into, std::function<void(status)> ended) {
      auto reply =
          reply_to<monitor_view>{[ended](result<monitor_view> x) { ended(x ? status{} : status{fail(x.error())}); }};
      caf::anon_send(shard, edit_monitor{org, id, {}, change, by<monitor_view>(), std::move(reply), std::move(into)});
    };
    return {id.value, start};
  }

  void write() {
    write_together wanted;
    wanted.steps = {rename(second), rename(first)};
    wanted.reply = reply_to<void>{[told = told](status s) { *told = s; }};
    sys.spawn(actors::together, std::move(wanted), joint);
    settle();
  }
  std::string name_of(monitor_id id) { return monitors.rows.at(id).record.spec.name; }
  bool can_be_edited(monitor_id id) {
    return edit(id, [](auto& x) { x.description = "edited"; }).has_value();
  }
};

} // namespace

TEST_CASE_METHOD(together_world, "what several owners write together is written when all have handed in") {
  write();
  REQUIRE(*told);
  CHECK(told->value());
  CHECK(joint->writes == 1);
  CHECK(name_of(first) == "renamed");
  CHECK(name_of(second) == "renamed");
  CHECK(view(first).record.version == 2);
}

TEST_CASE_METHOD(together_world, "an owner that crashes holds the others for five seconds, then all go on") {
  crash = true;
  write();
  CHECK(counts.restarts == 1);
  pass(4900ms);
  CHECK_FALSE(told->has_value());
  pass(100ms);
  REQUIRE(*told);
  CHECK(told->value().error().code == errc::unavailable);
  CHECK(told->value().error().retry_after == 1s);
  CHECK(joint->writes == 0);
  CHECK(view(first).record.spec.name == "first");
  CHECK(can_be_edited(first));
  CHECK(name_of(first) == "first");

  crash = false;
  advance(1s); // it is started again
  CHECK(view(second).record.spec.name == "second");
  joint = std::make_shared<fake_joint>(monitors);
  told->reset();
  write();
  REQUIRE(*told);
  CHECK(told->value());
  CHECK(name_of(first) == "renamed");
  CHECK(name_of(second) == "renamed");
}

TEST_CASE_METHOD(together_world,
                 "an owner that is busy for too long is not waited for, and writes nothing afterwards") {
  monitors.away = true;
  auto slow = begin<monitor_view>(edit_monitor{org,
                                               second,
                                               {},
                                               [](const monitor_spec& x) -> result<monitor_spec> {
                                                 auto next = x;
                                                 next.description = "slow";
                                                 return next;
                                               },
                                               by<monitor_view>(),
                                               {},
                                               {}});
  settle();
  write();
  pass(5s);
  REQUIRE(*told);
  CHECK(told->value().error().code == errc::unavailable);
  monitors.come_back();
  settle();
  REQUIRE(*slow);
  CHECK(**slow);
  CHECK(joint->writes == 0);
  CHECK(name_of(first) == "first");
  CHECK(name_of(second) == "second");
  CHECK(monitors.rows.at(second).record.spec.description == "slow");
  CHECK(can_be_edited(first));
  CHECK(can_be_edited(second));
}

TEST_CASE_METHOD(together_world,
                 "an owner that crashes behind the commit is said to be in doubt, and starts from its row") {
  monitors.away = true;
  write();
  REQUIRE(joint->writes == 1);
  auto& leaf = *leaves->slots.at(1);
  caf::anon_send(caf::actor_cast<actors::monitor_actor>(leaf.handle),
                 actors::resume{[] { throw std::runtime_error("monitor"); }});
  settle();
  monitors.come_back();
  settle();
  CHECK_FALSE(told->has_value());
  pass(12s);
  REQUIRE(*told);
  CHECK(told->value().error().code == errc::timed_out);
  advance(1s);
  CHECK(view(first).record.spec.name == "renamed");
  CHECK(view(second).record.spec.name == "renamed");
  CHECK(can_be_edited(second));
}
