#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

/// Ada, with a contact method.
struct people_world : store_world {
  user_record ada = user("ada@example.com");
  channel_record mail;

  people_world() {
    REQUIRE(ask<user_record>([&](auto done) { store->users().create(ada, {}, done); }));
    mail = method(ada.id, "mail");
    REQUIRE(create(mail));
  }

  user_record user(const std::string& email) {
    user_record x;
    x.id = user_id::make(clock.now());
    x.org = org;
    x.created_at = x.updated_at = clock.now();
    x.spec.email = email;
    x.spec.name = "Ada";
    return x;
  }
  channel_record method(user_id whose, const std::string& name) {
    auto x = channel(name);
    x.spec.user = whose;
    return x;
  }
  notification_rule_record notification(channel_id via, seconds delay = 0s) {
    notification_rule_record x;
    x.id = notification_rule_id::make(clock.now());
    x.org = org;
    x.created_at = x.updated_at = clock.now();
    x.spec.user = ada.id;
    x.spec.contact_method = contact_method_of(via);
    x.spec.delay = delay;
    return x;
  }
  team_record team(std::vector<user_id> members) {
    team_record x;
    x.id = team_id::make(clock.now());
    x.org = org;
    x.created_at = x.updated_at = clock.now();
    x.spec.name = "Payments";
    for (auto& m : members)
      x.spec.members.push_back({m, team_role::responder});
    return x;
  }
  escalation_policy_record policy(std::vector<escalation_target> targets) {
    escalation_policy_record x;
    x.id = policy_id::make(clock.now());
    x.org = org;
    x.created_at = x.updated_at = clock.now();
    x.spec.name = "Night";
    x.spec.steps = {{"one", 0s, std::move(targets), step_strategy::all}};
    return x;
  }

  result<notification_rule_record> save(const notification_rule_record& x) {
    return ask<notification_rule_record>([&](auto done) { store->people().create(x, {}, done); });
  }
  result<team_record> save(const team_record& x) {
    return ask<team_record>([&](auto done) { store->people().create(x, {}, done); });
  }
  result<escalation_policy_record> save(const escalation_policy_record& x) {
    return ask<escalation_policy_record>([&](auto done) { store->policies().create(x, {}, done); });
  }
  template <class Id>
  status remove_of(Id id) {
    return ask<void>([&](auto done) { store->people().remove(org, id, {}, {}, done); });
  }
  status remove_user() {
    return ask<void>([&](auto done) { store->users().remove(org, ada.id, {}, {}, {}, done); });
  }
  status remove_channel(channel_id id) {
    return ask<void>([&](auto done) { store->channels().remove(org, id, {}, done); });
  }
  channel_record loaded(channel_id id) {
    auto x = ask<channel_record>([&](auto done) { store->channels().load(id, done); });
    REQUIRE(x);
    return *x;
  }
  /// Every one that the start of an engine sees.
  template <class T>
  std::vector<T> at_start(std::function<void(T)> startup_visitor::*member) {
    std::vector<T> all;
    startup_visitor v;
    v.*member = [&all](T x) { all.push_back(std::move(x)); };
    REQUIRE(store->load(v));
    return all;
  }
};

} // namespace

TEST_CASE_METHOD(people_world, "a contact method is a channel's row that no list of channels has") {
  auto channels = ask<page<channel_record>>([&](auto done) { store->queries().channels(org, {}, {}, done); });
  CHECK(channels->rows.empty());
  channel_query by_type;
  by_type.types = {channel_type::webhook};
  CHECK(ask<page<channel_record>>([&](auto done) { store->queries().channels(org, by_type, {}, done); })->rows.empty());
  contact_method_query q;
  q.user = ada.id;
  auto mine = ask<page<contact_method_record>>([&](auto done) { store->queries().contact_methods(org, q, {}, done); });
  REQUIRE(mine->rows.size() == 1);
  CHECK(mine->rows[0].spec == contact_method_spec{mail.spec});
  q.verified = true;
  CHECK(ask<page<contact_method_record>>([&](auto done) {
          store->queries().contact_methods(org, q, {}, done);
        })->rows.empty());
  q = {};
  q.user = user_id::make(clock.now());
  CHECK(ask<page<contact_method_record>>([&](auto done) {
          store->queries().contact_methods(org, q, {}, done);
        })->rows.empty());
}

TEST_CASE_METHOD(people_world, "keys of channels and of contact methods do not meet") {
  auto shared = channel("ops");
  shared.spec.key = "ops";
  REQUIRE(create(shared));
  auto x = method(ada.id, "ops");
  x.spec.key = "ops";
  REQUIRE(create(x));
  auto again = method(ada.id, "again");
  again.spec.key = "ops";
  CHECK(create(again).error().code == errc::conflict);
  auto ids = [&](keyed_noun noun) {
    return ask<std::vector<uuid>>([&](auto done) { store->queries().ids_by_key(org, noun, {"ops"}, done); })->at(0);
  };
  CHECK(ids(keyed_noun::channel) == shared.id.value);
  CHECK(ids(keyed_noun::contact_method) == x.id.value);
}

TEST_CASE_METHOD(people_world, "neither rules nor policies can name a contact method as a channel") {
  CHECK(create(rule({mail.id})).error().violations.at(0).pointer == "/channel_ids/0");
  auto refused = save(policy({{escalation_target_type::channel, mail.id}}));
  CHECK(refused.error().violations.at(0).pointer == "/steps/0/targets/0/id");
}

TEST_CASE_METHOD(people_world, "a proof is kept, an edit of the row keeps it as it says") {
  auto x = mail;
  x.proof.code_digest = "ab12";
  x.proof.code_expires_at = clock.now() + 10min;
  x.proof.tries = 2;
  x.proof.sent = {clock.now() - 1min, clock.now()};
  REQUIRE(ask<void>([&](auto done) { store->channels().prove(x, {}, done); }));
  CHECK(loaded(mail.id).proof == x.proof);
  CHECK(loaded(mail.id).version == 1);
  write_note rehearsal;
  rehearsal.dry = true;
  auto verified = x;
  verified.proof.verified_at = clock.now();
  REQUIRE(ask<void>([&](auto done) { store->channels().prove(verified, rehearsal, done); }));
  CHECK_FALSE(loaded(mail.id).proof.verified_at);
  REQUIRE(ask<void>([&](auto done) { store->channels().prove(verified, {}, done); }));
  verified.version = 2;
  verified.spec.name = "renamed";
  REQUIRE(ask<channel_record>([&](auto done) { store->channels().update(verified, {}, done); }));
  CHECK(loaded(mail.id).proof == verified.proof);
  CHECK(loaded(mail.id).spec.user == ada.id);
}

TEST_CASE_METHOD(people_world, "what is owed to an address that has to be verified again is canceled") {
  auto m = monitor();
  REQUIRE(create(m));
  auto verified = mail;
  verified.proof.verified_at = clock.now();
  REQUIRE(ask<void>([&](auto done) { store->channels().prove(verified, {}, done); }));
  auto t = opening(m, 1, {mail.id});
  t.deliveries[0].user = ada.id;
  REQUIRE(commit(t));
  REQUIRE(due(mail.id).size() == 1);
  CHECK(due(mail.id)[0].user == ada.id);
  auto moved = verified;
  moved.version = 2;
  moved.proof = {};
  REQUIRE(ask<channel_record>([&](auto done) { store->channels().update(moved, {}, done); }));
  CHECK(due(mail.id).empty());
}

TEST_CASE_METHOD(people_world, "a contact method needs its user, and there is an end to their number") {
  auto nobodys = create(method(user_id::make(clock.now()), "x"));
  CHECK(nobodys.error().violations.at(0).pointer == "/user_id");
  for (std::size_t i = 1; i < most_contact_methods; ++i)
    REQUIRE(create(method(ada.id, "more")));
  CHECK(create(method(ada.id, "one too many")).error().code == errc::limit_exceeded);
}

TEST_CASE_METHOD(people_world, "notification rules are one of a kind, of somebody's own methods, and in the way") {
  auto first = notification(mail.id, 5min);
  REQUIRE(save(first));
  CHECK(at_start(&startup_visitor::notification_rule).at(0).spec == first.spec);
  CHECK(save(notification(mail.id, 5min)).error().code == errc::conflict);
  REQUIRE(save(notification(mail.id, 6min)));
  auto foreign = notification(mail.id, 7min);
  foreign.org = stranger;
  CHECK(save(foreign).error().violations.size() == 2);
  auto shared = channel("ops");
  REQUIRE(create(shared));
  CHECK(save(notification(shared.id)).error().violations.at(0).pointer == "/contact_method_id");
  auto kept = remove_channel(mail.id);
  CHECK(kept.error().code == errc::conflict);
  CHECK(kept.error().blocked_by.size() == 2);
  notification_rule_query q;
  q.contact_method = contact_method_of(mail.id);
  auto found =
      ask<page<notification_rule_record>>([&](auto done) { store->queries().notification_rules(org, q, {}, done); });
  CHECK(found->rows.size() == 2);
  auto changed = first;
  changed.version = 2;
  changed.spec.delay = 6min; // there is one
  CHECK(ask<notification_rule_record>([&](auto done) { store->people().update(changed, {}, done); }).error().code ==
        errc::conflict);
  changed.spec.delay = 1min;
  CHECK(ask<notification_rule_record>([&](auto done) { store->people().update(changed, {}, done); }));
  REQUIRE(remove_of(first.id));
  CHECK(remove_of(first.id).error().code == errc::not_found);
}

TEST_CASE_METHOD(people_world, "teams keep their members in order and say who is missing") {
  auto bob = user("bob@example.com");
  REQUIRE(ask<user_record>([&](auto done) { store->users().create(bob, {}, done); }));
  auto x = team({bob.id, ada.id});
  REQUIRE(save(x));
  CHECK(at_start(&startup_visitor::team).at(0).spec == x.spec);
  auto missing = save(team({ada.id, user_id::make(clock.now())}));
  CHECK(missing.error().violations.at(0).pointer == "/members/1/user_id");
  team_query q;
  q.user = ada.id;
  CHECK(ask<page<team_record>>([&](auto done) { store->queries().teams(org, q, {}, done); })->rows.size() == 1);
  x.version = 2;
  x.spec.members = {{bob.id, team_role::manager}};
  REQUIRE(ask<team_record>([&](auto done) { store->people().update(x, {}, done); }));
  CHECK(ask<page<team_record>>([&](auto done) { store->queries().teams(org, q, {}, done); })->rows.empty());
}

TEST_CASE_METHOD(people_world, "what a policy names cannot be removed until it names it no longer") {
  auto x = team({});
  REQUIRE(save(x));
  auto p = policy({{escalation_target_type::user, ada.id}, {escalation_target_type::team, x.id}});
  REQUIRE(save(p));
  CHECK(at_start(&startup_visitor::team).size() == 1);
  CHECK(remove_of(x.id).error().blocked_by == std::vector{p.id.str()});
  REQUIRE(remove_channel(mail.id));
  CHECK(remove_user().error().blocked_by == std::vector{p.id.str()});
  p.version = 2;
  p.spec.steps[0].targets = {{escalation_target_type::user, ada.id}};
  REQUIRE(ask<escalation_policy_record>([&](auto done) { store->policies().update(p, {}, done); }));
  CHECK(remove_of(x.id));
  REQUIRE(ask<void>([&](auto done) { store->policies().remove(org, p.id, {}, done); }));
  CHECK(remove_user());
}

TEST_CASE_METHOD(people_world, "a user stays while something names them, and takes along what is theirs alone") {
  REQUIRE(save(notification(mail.id)));
  auto x = team({ada.id});
  REQUIRE(save(x));
  auto kept = remove_user();
  CHECK(kept.error().code == errc::conflict);
  CHECK(kept.error().blocked_by == std::vector{x.id.str()});
  CHECK(number("SELECT count(*) FROM notification_rules") == 1);
  REQUIRE(remove_of(x.id));
  REQUIRE(remove_user());
  CHECK(number("SELECT count(*) FROM notification_rules") == 0);
  CHECK(number("SELECT count(*) FROM channels WHERE user_id IS NOT NULL") == 0);
}

TEST_CASE_METHOD(people_world, "a policy says which of its targets are not there") {
  auto nobody = user_id::make(clock.now());
  auto refused = save(policy({{escalation_target_type::user, nobody},
                              {escalation_target_type::schedule, schedule_id::make(clock.now())},
                              {escalation_target_type::team, team_id::make(clock.now())},
                              {escalation_target_type::user, ada.id}}));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().violations.size() == 3);
}

TEST_CASE_METHOD(people_world, "pages that are still to come are in the row") {
  auto m = monitor();
  REQUIRE(create(m));
  auto p = policy({{escalation_target_type::user, ada.id}});
  REQUIRE(save(p));
  auto t = opening(m, 1, {});
  escalation e;
  e.id = escalation_id::make(clock.now());
  e.org = org;
  e.incident = t.incidents[0].id;
  e.monitor = m.id;
  e.policy = p.id;
  e.state = escalation_state::exhausted;
  e.moved_at = clock.now();
  e.urgency = urgency::low;
  e.pending = {{mail.id, ada.id, 5min, clock.now() + 5min}, {mail.id, ada.id, 9min, clock.now() + 9min}};
  t.incidents[0].escalations = {e};
  REQUIRE(commit(t));
  auto live = ask<std::vector<escalation>>([&](auto done) { store->policies().live(p.id, done); });
  REQUIRE(live->size() == 1);
  CHECK(live->at(0).pending == e.pending);
  CHECK(live->at(0).urgency == urgency::low);
  auto after = t;
  after.change.reset();
  after.timeline.clear();
  after.events.clear();
  ++after.runtime.sequence;
  ++after.incidents[0].sequence;
  after.incidents[0].escalations[0].version = 2;
  after.incidents[0].escalations[0].pending.clear();
  REQUIRE(commit(after));
  CHECK(ask<std::vector<escalation>>([&](auto done) { store->policies().live(p.id, done); })->empty());
}
