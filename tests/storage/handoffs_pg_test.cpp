#include <algorithm>
#include <set>

#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

/// A schedule without layers that tells a channel of its hand-offs.
struct telling : store_world {
  channel_record ops = channel("ops");
  user_id ada = user_id::make(clock.now());
  schedule_record primary = schedule({ops.id});

  telling() {
    REQUIRE(create(ops));
    REQUIRE(save(primary));
  }

  schedule_record schedule(std::vector<channel_id> channels) {
    schedule_record x;
    x.id = schedule_id::make(clock.now());
    x.org = org;
    x.created_at = x.updated_at = clock.now();
    x.spec.name = "Primary";
    x.spec.handoff_channels = std::move(channels);
    x.present.effective_from = clock.now();
    return x;
  }
  result<schedule_record> save(const schedule_record& x) {
    return ask<schedule_record>([&](auto done) { store->schedules().create(x, {}, done); });
  }
  result<schedule_record> change(const schedule_record& x) {
    return ask<schedule_record>([&](auto done) { store->schedules().update(x, false, {}, done); });
  }
  schedule_record loaded() {
    auto x = ask<schedule_record>([&](auto done) { store->schedules().load(org, primary.id, done); });
    REQUIRE(x);
    return *x;
  }
  status record(const handoff_step& x) {
    return ask<void>([&](auto done) { store->schedules().record(x, done); });
  }
  std::vector<schedule_id> tellers(schedule_id after = {}) {
    auto x = ask<std::vector<handoff_teller>>([&](auto done) { store->schedules().handoff_tellers(after, 10, done); });
    REQUIRE(x);
    std::vector<schedule_id> ids;
    for (const auto& one : *x)
      ids.push_back(one.id);
    return ids;
  }
  // Who was told before, who is, and a message of it to the channel.
  handoff_step step(std::optional<std::vector<user_id>> before, std::optional<std::vector<user_id>> now,
                    std::optional<schedule_id> of = std::nullopt) {
    auto about = of.value_or(primary.id);
    handoff_step x{org, about, std::move(before), std::move(now), {}, {}};
    event e;
    e.id = event_id::make(clock.now());
    e.org = org;
    e.type = event_type::on_call_changed;
    e.at = clock.now();
    e.body = std::make_shared<const std::string>(R"({"type":"on_call.changed","data":{"schedule":{"id":")" +
                                                 about.str() + R"("}}})");
    delivery d;
    d.id = delivery_id::make(clock.now());
    d.org = org;
    d.channel = ops.id;
    d.event = e;
    d.created_at = clock.now();
    d.next_attempt_at = clock.now();
    x.events = {e};
    x.deliveries = {d};
    return x;
  }
  std::vector<delivery> owed() {
    auto x = ask<due_deliveries>([&](auto done) { store->channels().due(org, ops.id, clock.now(), 100, {}, done); });
    REQUIRE(x);
    return x->rows;
  }
  std::size_t happened() {
    auto x = ask<event_page>([&](auto done) { store->events().list(org, {}, done); });
    REQUIRE(x);
    return x->rows.size();
  }
};

using people = std::vector<user_id>;

} // namespace

TEST_CASE_METHOD(telling, "a hand-off and its messages are written once, whoever tries it twice") {
  CHECK(loaded().told == std::nullopt);
  REQUIRE(record(step(std::nullopt, people{ada})));
  CHECK(loaded().told == people{ada});
  CHECK(owed().size() == 1);
  CHECK(happened() == 1);
  auto late = record(step(std::nullopt, people{}));
  REQUIRE_FALSE(late);
  CHECK(late.error().code == errc::stale);
  CHECK(owed().size() == 1);
  REQUIRE(record(step(people{ada}, people{})));
  CHECK(loaded().told == people{});
  CHECK(happened() == 2);
}

TEST_CASE_METHOD(telling, "of hand-offs that follow each other a channel is owed the last, of each schedule its own") {
  auto secondary = schedule({ops.id});
  REQUIRE(save(secondary));
  REQUIRE(record(step(std::nullopt, people{ada})));
  REQUIRE(record(step(std::nullopt, people{ada}, secondary.id)));
  CHECK(owed().size() == 2);
  REQUIRE(record(step(people{ada}, people{})));
  auto left = owed();
  REQUIRE(left.size() == 2);
  std::set<std::string> bodies;
  for (const auto& d : left)
    bodies.insert(*d.event.body);
  CHECK(bodies.size() == 2);
  CHECK(happened() == 3);
  auto all = ask<page<delivery>>([&](auto done) { store->queries().deliveries(org, {}, {}, done); });
  REQUIRE(all);
  CHECK(std::ranges::count(all->rows, delivery_state::canceled, &delivery::state) == 1);
}

TEST_CASE_METHOD(telling, "a hand-off of another organisation, or of a schedule that is gone, is not written") {
  auto foreign = step(std::nullopt, people{ada});
  foreign.org = stranger;
  CHECK(record(foreign).error().code == errc::not_found);
  REQUIRE(ask<void>([&](auto done) { store->schedules().remove(org, primary.id, std::nullopt, {}, done); }));
  CHECK(record(step(std::nullopt, people{ada})).error().code == errc::not_found);
  CHECK(owed().empty());
  CHECK(happened() == 0);
}

TEST_CASE_METHOD(telling, "a schedule that tells no longer forgets whom it told, and is not listed") {
  REQUIRE(record(step(std::nullopt, people{ada})));
  CHECK(tellers() == std::vector{primary.id});
  CHECK(tellers(primary.id).empty());
  auto quiet = loaded();
  quiet.spec.handoff_channels.clear();
  ++quiet.version;
  REQUIRE(change(quiet));
  CHECK(loaded().told == std::nullopt);
  CHECK(tellers().empty());
  CHECK(record(step(std::nullopt, people{ada})).error().code == errc::stale);
  quiet.spec.handoff_notify_users = true;
  ++quiet.version;
  REQUIRE(change(quiet));
  CHECK(tellers() == std::vector{primary.id});
  CHECK(loaded().spec == quiet.spec);
}

TEST_CASE_METHOD(telling, "a schedule names channels of its organisation, which stay while it does") {
  auto personal = channel("mail");
  user_record ben;
  ben.id = user_id::make(clock.now());
  ben.org = org;
  ben.created_at = ben.updated_at = clock.now();
  ben.spec.email = "ben@example.com";
  REQUIRE(ask<user_record>([&](auto done) { store->users().create(ben, {}, done); }));
  personal.spec.user = ben.id;
  REQUIRE(create(personal));
  auto wrong = save(schedule({channel_id::make(clock.now()), ops.id, personal.id}));
  REQUIRE_FALSE(wrong);
  std::vector<std::string> places;
  for (const auto& v : wrong.error().violations)
    places.push_back(v.pointer + ' ' + v.code);
  CHECK(places == std::vector<std::string>{"/handoff_channel_ids/0 unknown_id", "/handoff_channel_ids/2 unknown_id"});
  auto remove = [&] { return ask<void>([&](auto done) { store->channels().remove(org, ops.id, {}, done); }); };
  auto refused = remove();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::conflict);
  CHECK(refused.error().blocked_by == std::vector<std::string>{primary.id.str()});
  auto other = primary;
  other.spec.handoff_channels.clear();
  ++other.version;
  REQUIRE(change(other));
  CHECK(remove());
}
