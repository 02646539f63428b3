#include "core/schema/resources.hpp"
#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

struct told_world : store_world {
  monitor_record shop = monitor();
  channel_record telephone = made("+15558675310");
  transition opened = opening(shop, 17, {telephone.id});

  told_world() {
    REQUIRE(create(shop));
    REQUIRE(create(telephone));
    REQUIRE(commit(opened));
    REQUIRE(record(outcome(sent(), 1, 201)));
  }

  channel_record made(const std::string& number) {
    auto x = channel("Telephone");
    auto spec = core::create<channel_spec>(
        R"({"name":"Telephone","type":"sms","sms":{"account_sid":"AC0123456789abcdef0123456789abcdef",)"
        R"("auth_token":"hidden","from":"+15005550006","to":")" +
        number + "\"}}");
    REQUIRE(spec);
    x.spec = *spec;
    return x;
  }

  const delivery& sent() const { return opened.deliveries[0]; }

  result<linked_incident> linked(const delivery_id& id, std::string verb = "acknowledge") {
    return ask<linked_incident>([&](auto done) { store->feedback().linked(id, verb, done); });
  }
  std::vector<texted_incident> texted(org_id by, std::string number, std::optional<std::int64_t> which) {
    auto x = ask<std::vector<texted_incident>>([&](auto done) { store->feedback().texted(by, number, which, done); });
    REQUIRE(x);
    return *x;
  }
  status report(org_id by, carrier_state state, std::string code = {}) {
    return ask<void>([&](auto done) { store->feedback().report(by, sent().id, {state, code, clock.now()}, done); });
  }
  std::optional<carrier_report> reported() {
    auto x = ask<delivery>([&](auto done) { store->queries().delivery_by_id(org, sent().id, done); });
    REQUIRE(x);
    return x->report;
  }

  /// The step that acknowledges, by a link.
  transition acknowledging(std::string verb = "acknowledge") {
    transition t;
    t.org = org;
    t.monitor = shop.id;
    t.runtime = opened.runtime;
    ++t.runtime.sequence;
    auto x = opened.incidents[0];
    x.state = incident_state::acknowledged;
    x.acknowledged_by = "channel:Telephone";
    ++x.sequence;
    t.incidents = {x};
    audit_entry entry;
    entry.id = audit_id::make(clock.now());
    entry.org = org;
    entry.at = clock.now();
    entry.actor = "channel:Telephone";
    entry.action = audit_action::acknowledge;
    entry.type = audited_resource::incident;
    entry.resource = x.id.str();
    entry.patch = "[]";
    write_note note;
    note.entry = entry;
    note.link = link_use{sent().id, x.id, verb};
    t.note = std::make_shared<const write_note>(note);
    return t;
  }
};

} // namespace

TEST_CASE_METHOD(told_world, "a link knows its incident, and is used by the transaction of its effect alone") {
  auto x = linked(sent().id);
  REQUIRE(x);
  CHECK(x->about.id == opened.incidents[0].id);
  CHECK(x->about.org == org);
  CHECK(x->to.channel == telephone.id);
  CHECK(x->to.channel_name == "Telephone");
  CHECK_FALSE(x->to.user);
  CHECK_FALSE(x->used);
  auto step = acknowledging();
  REQUIRE(commit(step));
  CHECK(linked(sent().id)->used);
  CHECK(linked(sent().id)->about.state == incident_state::acknowledged);
  CHECK_FALSE(linked(sent().id, "resolve")->used);
  CHECK(number("SELECT count(*) FROM link_uses WHERE actor = 'channel:Telephone'") == 1);
  REQUIRE(commit(step)); // the same again, as after a commit in doubt
  CHECK(number("SELECT count(*) FROM link_uses") == 1);
}

TEST_CASE_METHOD(told_world, "a delivery that is not there, or about no incident, is no link") {
  CHECK(linked(delivery_id::make(clock.now())).error().code == errc::not_found);
  REQUIRE(ask<void>([&](auto done) { store->channels().remove(org, telephone.id, {}, done); }));
  CHECK(linked(sent().id).error().code == errc::not_found);
}

TEST_CASE_METHOD(told_world, "a channel is found by itself and by what was sent to it, with its secrets") {
  for (auto found : {ask<channel_record>([&](auto done) { store->feedback().channel(telephone.id, done); }),
                     ask<channel_record>([&](auto done) { store->feedback().channel_of(sent().id, done); })}) {
    REQUIRE(found);
    CHECK(found->id == telephone.id);
    CHECK(found->org == org);
    CHECK(found->spec == telephone.spec);
  }
  auto nobody = ask<channel_record>([&](auto done) { store->feedback().channel(channel_id::make(start), done); });
  CHECK(nobody.error().code == errc::not_found);
}

TEST_CASE_METHOD(told_world, "a telephone was told of what was sent to it, in its organisation") {
  CHECK(texted(org, "+15558675310", {}).size() == 1);
  CHECK(texted(org, "+15558675310", 17).size() == 1);
  CHECK(texted(org, "+15558675310", 17)[0].to.channel_name == "Telephone");
  CHECK(texted(org, "+15558675310", 18).empty());
  CHECK(texted(org, "+15558675311", {}).empty());
  CHECK(texted(stranger, "+15558675310", {}).empty());
  CHECK(texted(stranger, "+15558675310", 17).empty());
}

TEST_CASE_METHOD(told_world, "of several open incidents two are told, of one that is over none without its number") {
  for (std::int64_t number : {18, 19}) {
    clock.advance(1s);
    auto next = opening(shop, number, {telephone.id});
    REQUIRE(commit(next));
    CHECK(texted(org, "+15558675310", number).empty()); // it has not been sent yet
    REQUIRE(record(outcome(next.deliveries[0], 1, 201)));
  }
  auto both = texted(org, "+15558675310", {});
  REQUIRE(both.size() == 2);
  CHECK(both[0].about.number == 19);
  CHECK(number("WITH x AS (UPDATE incidents SET state = 'resolved' WHERE number = 17 RETURNING 1) SELECT 1") == 1);
  CHECK(texted(org, "+15558675310", 17).size() == 1);
  CHECK(number("WITH x AS (UPDATE incidents SET state = 'resolved' RETURNING 1) SELECT 1") == 1);
  CHECK(texted(org, "+15558675310", {}).empty());
}

TEST_CASE_METHOD(told_world, "a carrier's last word stays, and what did not arrive is a line, once") {
  CHECK_FALSE(reported());
  REQUIRE(report(org, carrier_state::sent));
  CHECK(reported()->state == carrier_state::sent);
  REQUIRE(report(org, carrier_state::undelivered, "30003"));
  for (auto late : {carrier_state::delivered, carrier_state::sent, carrier_state::undelivered})
    REQUIRE(report(org, late));
  CHECK(reported()->state == carrier_state::undelivered);
  CHECK(reported()->code == "30003");
  CHECK(number("SELECT count(*) FROM incident_timeline WHERE kind = 'notification_failed'") == 1);
  CHECK(number("SELECT count(*) FROM incident_timeline WHERE message = 'The message to Telephone did not arrive: its "
               "carrier says undelivered, error 30003.'") == 1);
}

TEST_CASE_METHOD(told_world, "no organisation reports on another's delivery") {
  CHECK(report(stranger, carrier_state::failed).error().code == errc::not_found);
  CHECK_FALSE(reported());
}
