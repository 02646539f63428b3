#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

result<channel_record> update(store_world& w, const channel_record& x) {
  return w.ask<channel_record>([&](auto done) { w.store->channels().update(x, {}, done); });
}

result<channel_record> load_channel(store_world& w, channel_id id) {
  return w.ask<channel_record>([&](auto done) { w.store->channels().load(id, done); });
}

result<delivery> redeliver(store_world& w, org_id org, delivery_id id, std::int32_t attempts) {
  return w.ask<delivery>([&](auto done) { w.store->channels().redeliver(org, id, attempts, w.clock.now(), {}, done); });
}

result<delivery> get_delivery(store_world& w, org_id org, delivery_id id) {
  return w.ask<delivery>([&](auto done) { w.store->queries().delivery_by_id(org, id, done); });
}

} // namespace

TEST_CASE_METHOD(store_world, "a channel comes back with its secrets, which are sealed in the database") {
  auto c = channel();
  c.health = {channel_state::failing, 3, clock.now() - 1h, clock.now() - 2h, ""};
  REQUIRE(create(c));
  auto found = load_channel(*this, c.id);
  REQUIRE(found);
  CHECK(found->spec == c.spec);
  CHECK(found->secret.value == "whsec_present");
  CHECK(found->secret.previous == "whsec_previous");
  CHECK(found->secret.previous_expires_at == clock.now() + 1h);
  CHECK(found->health.consecutive_failures == 3);
  CHECK(number("SELECT count(*) FROM channels WHERE spec::text LIKE '%hidden%' OR encode(sealed, 'escape') LIKE "
               "'%hidden%' OR encode(secret_sealed, 'escape') LIKE '%whsec%'") == 0);
}

TEST_CASE_METHOD(store_world, "a secret that was sealed with another key is an error, not a wrong secret") {
  auto c = channel();
  REQUIRE(create(c));
  options.key.fill(8);
  open();
  CHECK(load_channel(*this, c.id).error().code == errc::internal);
}

TEST_CASE_METHOD(store_world, "only the head of each incident is due, and incidents do not wait for each other") {
  auto m = monitor();
  auto c = channel();
  REQUIRE(create(m));
  REQUIRE(create(c));
  auto first = opening(m, 1, {c.id});
  auto second = opening(m, 2, {c.id});
  REQUIRE(commit(first));
  REQUIRE(commit(second));
  auto resolved = opening(m, 1, {c.id});
  resolved.incidents.clear();
  resolved.change.reset();
  resolved.events[0].incident = first.incidents[0].id;
  resolved.events[0].sequence = 2;
  resolved.deliveries[0].event = resolved.events[0];
  REQUIRE(commit(resolved));

  auto now_due = due(c.id);
  REQUIRE(now_due.size() == 2);
  CHECK(due(c.id, {first.deliveries[0].id}).size() == 1); // in flight: its follower waits
  REQUIRE(record(outcome(first.deliveries[0], 1, 500)));
  CHECK(due(c.id).size() == 1);
  auto waiting = ask<due_deliveries>([&](auto done) { store->channels().due(org, c.id, clock.now(), 9, {}, done); });
  CHECK(waiting->next_due == clock.now() + 5s);
  clock.advance(5s);
  REQUIRE(record(outcome(first.deliveries[0], 2, 204)));
  CHECK(due(c.id).size() == 2);
  auto kept =
      ask<page<delivery_attempt>>([&](auto done) { store->queries().attempts(org, first.deliveries[0].id, {}, done); });
  REQUIRE(kept->rows.size() == 2);
  CHECK(kept->rows[0].status == 500);
  CHECK(kept->rows[1].response_headers.at(1).second == "\"quoted\"");
}

TEST_CASE_METHOD(store_world,
                 "what a receiver calls its message comes with the later deliveries of the same incident") {
  auto m = monitor();
  auto c = channel();
  REQUIRE(create(m));
  REQUIRE(create(c));
  auto first = opening(m, 1, {c.id});
  auto other = opening(m, 2, {c.id});
  auto followed = [&](std::int64_t sequence) {
    auto x = opening(m, 1, {c.id});
    x.incidents.clear();
    x.change.reset();
    x.events[0].incident = first.incidents[0].id;
    x.events[0].sequence = sequence;
    x.deliveries[0].event = x.events[0];
    return x;
  };
  auto second = followed(2), third = followed(3);
  for (auto& x : {first, other, second, third})
    REQUIRE(commit(x));
  auto recorded = [&](const delivery& d, std::optional<std::string> reference) {
    auto x = outcome(d, 1, 200);
    x.attempt.reference = std::move(reference);
    REQUIRE(record(x));
  };
  auto reference = [&](const transition& of) {
    for (auto& d : due(c.id))
      if (d.id == of.deliveries[0].id)
        return d.reference;
    FAIL("it is not due");
    return std::string{};
  };
  CHECK(reference(first).empty());
  recorded(first.deliveries[0], "C1 1.2");
  CHECK(reference(second) == "C1 1.2");
  CHECK(reference(other).empty());
  recorded(second.deliveries[0], std::nullopt); // says nothing new
  CHECK(reference(third) == "C1 1.2");
  recorded(second.deliveries[0], ""); // the message is lost
  CHECK(reference(third).empty());
}

TEST_CASE_METHOD(store_world, "an attempt recorded twice counts once") {
  auto m = monitor();
  auto c = channel();
  REQUIRE(create(m));
  REQUIRE(create(c));
  auto step = opening(m, 1, {c.id});
  REQUIRE(commit(step));
  auto x = outcome(step.deliveries[0], 1, 200);
  x.attempt.response_body = std::string("nul \0 and bad \xff bytes", 21);
  REQUIRE(record(x));
  REQUIRE(record(x));
  CHECK(number("SELECT count(*) FROM delivery_attempts") == 1);
  auto d = get_delivery(*this, org, step.deliveries[0].id);
  CHECK(d->attempts == 1);
  CHECK(d->state == delivery_state::succeeded);
  CHECK(d->finished_at.has_value());
}

TEST_CASE_METHOD(store_world, "many attempts of many channels are recorded together, each with its own outcome") {
  auto m = monitor();
  REQUIRE(create(m));
  std::vector<channel_record> cs{channel("a"), channel("b"), channel("c")};
  std::vector<std::vector<attempt_outcome>> of(cs.size());
  for (auto& c : cs)
    REQUIRE(create(c));
  for (std::int64_t n = 1; n <= 20; ++n) {
    auto step = opening(m, n, {cs[0].id, cs[1].id, cs[2].id});
    REQUIRE(commit(step));
    for (std::size_t i = 0; i < cs.size(); ++i)
      of[i].push_back(outcome(step.deliveries[i], 1, n % 5 == 0 ? 500 : 200));
  }
  of[1].back().health = {channel_state::failing, 1, clock.now(), {}, ""};
  of[2].back().health = {channel_state::disabled, 1, clock.now(), {}, "gone"};
  std::vector<std::future<status>> done;
  for (auto& xs : of) {
    auto promise = std::make_shared<std::promise<status>>();
    done.push_back(promise->get_future());
    store->channels().record(xs, reply_to<void>{[promise](status s) { promise->set_value(std::move(s)); }});
  }
  for (auto& x : done)
    CHECK(x.get());
  CHECK(number("SELECT count(*) FROM delivery_attempts") == 60);
  CHECK(number("SELECT count(*) FROM deliveries WHERE state = 'succeeded'") == 48);
  CHECK(due(cs[0].id).empty());
  clock.advance(5s);
  CHECK(due(cs[0].id).size() == 4);
  CHECK(load_channel(*this, cs[0].id)->health.state == channel_state::healthy);
  CHECK(load_channel(*this, cs[1].id)->health.state == channel_state::failing);
  CHECK(load_channel(*this, cs[2].id)->health.disabled_reason == "gone");
}

TEST_CASE_METHOD(store_world, "disabling a channel cancels what is pending, by an edit or by an attempt") {
  auto m = monitor();
  auto edited = channel(), gone = channel();
  REQUIRE(create(m));
  REQUIRE(create(edited));
  REQUIRE(create(gone));
  auto first = opening(m, 1, {edited.id, gone.id});
  auto second = opening(m, 2, {edited.id, gone.id});
  REQUIRE(commit(first));
  REQUIRE(commit(second));
  edited.version = 2;
  edited.spec.enabled = false;
  REQUIRE(update(*this, edited));
  CHECK(due(edited.id).empty());
  auto last = outcome(first.deliveries[1], 1, 410);
  last.state = delivery_state::failed;
  last.next_attempt_at.reset();
  last.health = {channel_state::disabled, 1, clock.now(), {}, "gone"};
  REQUIRE(record(last));
  CHECK(due(gone.id).empty());
  CHECK(get_delivery(*this, org, first.deliveries[1].id)->state == delivery_state::failed);
  CHECK(get_delivery(*this, org, second.deliveries[1].id)->state == delivery_state::canceled);
  CHECK(load_channel(*this, gone.id)->health.disabled_reason == "gone");
  CHECK(load_channel(*this, gone.id)->version == 1);
}

TEST_CASE_METHOD(store_world, "what was owed to a channel while it was disabled is canceled when it is enabled again") {
  auto m = monitor();
  auto c = channel();
  c.spec.enabled = false;
  REQUIRE(create(m));
  REQUIRE(create(c));
  auto decided_before = opening(m, 1, {c.id});
  REQUIRE(commit(decided_before));
  c.version = 2;
  c.spec.enabled = true;
  REQUIRE(update(*this, c));
  CHECK(due(c.id).empty());
  CHECK(get_delivery(*this, org, decided_before.deliveries[0].id)->state == delivery_state::canceled);
  auto next = opening(m, 2, {c.id});
  REQUIRE(commit(next));
  c.version = 3;
  c.spec.name = "another";
  REQUIRE(update(*this, c));
  CHECK(due(c.id).size() == 1); // it was enabled, and stays so
}

TEST_CASE_METHOD(store_world, "a finished delivery can be sent again, a pending one not") {
  auto m = monitor();
  auto c = channel();
  REQUIRE(create(m));
  REQUIRE(create(c));
  auto step = opening(m, 1, {c.id});
  REQUIRE(commit(step));
  auto id = step.deliveries[0].id;
  CHECK(redeliver(*this, org, id, 0).error().code == errc::conflict);
  REQUIRE(record(outcome(step.deliveries[0], 1, 200)));
  CHECK(redeliver(*this, stranger, id, 1).error().code == errc::not_found);
  CHECK(redeliver(*this, org, id, 0).error().code == errc::conflict); // it was tried since
  auto again = redeliver(*this, org, id, 1);
  REQUIRE(again);
  CHECK(again->state == delivery_state::pending);
  CHECK(again->attempts_base == 1);
  CHECK(due(c.id).size() == 1);
}

TEST_CASE_METHOD(store_world, "a channel that a rule names cannot be removed, and says which rule") {
  auto c = channel();
  REQUIRE(create(c));
  auto r = rule({c.id});
  REQUIRE(create(r));
  auto remove = [&](org_id who) {
    return ask<void>([&](auto done) { store->channels().remove(who, c.id, {}, done); });
  };
  CHECK(remove(stranger).error().code == errc::not_found);
  CHECK(remove(org).error().blocked_by == std::vector{r.id.str()});
  r.version = 2;
  r.spec.channel_ids.clear();
  REQUIRE(ask<alert_rule_record>([&](auto done) { store->rules().update(r, {}, done); }));
  CHECK(remove(org));
}

TEST_CASE_METHOD(store_world, "a rule that names what is not there is refused with a pointer to each") {
  auto c = channel();
  auto m = monitor();
  REQUIRE(create(c));
  REQUIRE(create(m));
  auto r = rule({c.id, channel_id::make(start)}, {monitor_id::make(start), m.id});
  auto refused = create(r);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::invalid);
  REQUIRE(refused.error().violations.size() == 2);
  CHECK(refused.error().violations[0].pointer == "/channel_ids/1");
  CHECK(refused.error().violations[1].pointer == "/monitor_ids/0");
  r.spec.channel_ids = {c.id};
  r.spec.monitor_ids = {m.id};
  REQUIRE(create(r));
  auto listed = ask<page<alert_rule_record>>([&](auto done) {
    store->queries().rules(org, {{{r.id}, {}, {}, {}}, {}}, {}, done);
  });
  REQUIRE(listed->rows.size() == 1);
  CHECK(listed->rows[0].spec == r.spec);
  auto theirs = rule({c.id});
  theirs.org = stranger;
  CHECK_FALSE(create(theirs));
}

TEST_CASE_METHOD(store_world, "a token is found by its digest until it is removed") {
  token_record t;
  t.id = token_id::make(start);
  t.org = org;
  t.name = "ci";
  t.scopes = {"*:read", "monitors:write"};
  t.digest.fill(42);
  t.hint = "gct_abcd";
  t.created_at = start;
  REQUIRE(ask<token_record>([&](auto done) { store->tokens().create(t, {}, done); }));
  CHECK(ask<token_record>([&](auto done) { store->tokens().create(t, {}, done); }).error().code == errc::conflict);
  auto find = [&] { return ask<token_record>([&](auto done) { store->tokens().find(t.digest, done); }); };
  CHECK(find()->scopes == t.scopes);
  auto remove = [&](org_id who, std::int64_t version = 1) {
    return ask<void>([&](auto done) { store->tokens().remove(who, t.id, version, {}, done); });
  };
  CHECK(remove(stranger).error().code == errc::not_found);
  CHECK(remove(org, 2).error().code == errc::stale);
  store->tokens().touch(t.id, start + 1min, "203.0.113.9");
  CHECK(remove(org)); // same writer: the touch went before
  CHECK(find().error().code == errc::not_found);
}
