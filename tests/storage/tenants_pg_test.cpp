#include "core/audit_entries.hpp"
#include "core/organizations.hpp"
#include "store_world.hpp"

using namespace gochron;
using namespace gochron::test;

namespace {

struct tenants_world : store_world {
  user_record user(const std::string& email, user_role role = user_role::member) {
    user_record x;
    x.id = user_id::make(clock.now());
    x.org = org;
    x.created_at = x.updated_at = clock.now();
    x.spec.email = email;
    x.spec.name = "Ada";
    x.spec.role = role;
    return x;
  }
  result<user_record> create(const user_record& x, bool dry = false) {
    write_note note;
    note.dry = dry;
    return ask<user_record>([&](auto done) { store->users().create(x, note, done); });
  }
  result<user_record> update(user_record x) {
    ++x.version;
    return ask<user_record>([&](auto done) { store->users().update(x, {}, done); });
  }
  status remove(const user_record& x, org_id whose, std::vector<token_record> tokens = {}) {
    write_note note;
    for (auto& t : tokens)
      note.consequences.push_back(core::entry_of({}, audit_action::remove, clock.now(), &t, nullptr));
    return ask<void>([&](auto done) { store->users().remove(whose, x.id, {}, tokens, note, done); });
  }
  std::vector<token_record> tokens_of(const user_record& x) {
    return *ask<std::vector<token_record>>([&](auto done) { store->tokens().of_user(org, x.id, done); });
  }

  token_record token(std::uint8_t secret, std::optional<user_id> whose = {}) {
    token_record x;
    x.id = token_id::make(clock.now());
    x.org = org;
    x.name = "ci";
    x.scopes = {"*:read"};
    x.user = whose;
    x.digest.fill(secret);
    x.hint = "gct_abcd";
    x.created_at = start;
    return x;
  }
  result<token_record> create(const token_record& x) {
    return ask<token_record>([&](auto done) { store->tokens().create(x, {}, done); });
  }
  result<token_record> update(const token_record& x) {
    return ask<token_record>([&](auto done) { store->tokens().update(x, {}, done); });
  }
  result<token_record> find(std::uint8_t secret) {
    sha256_digest digest;
    digest.fill(secret);
    return ask<token_record>([&](auto done) { store->tokens().find(digest, done); });
  }
  tenancy_snapshot snapshot() {
    return *ask<tenancy_snapshot>([&](auto done) { store->organizations().snapshot(done); });
  }
};

} // namespace

TEST_CASE_METHOD(tenants_world, "an email is unique in its organisation, whatever the case") {
  auto ada = user("ada@example.com");
  REQUIRE(create(ada));
  CHECK(create(user("ADA@example.com")).error().code == errc::conflict);
  CHECK(create(user("ADA@example.com"), true).error().code == errc::conflict);
  auto made = core::new_organization("other", "free", start);
  REQUIRE(
      ask<organization>([&](auto done) { store->organizations().create(made.record, made.owner_token, {}, done); }));
  auto theirs = user("ada@example.com");
  theirs.org = made.record.id;
  CHECK(create(theirs));
  auto grace = user("grace@example.com");
  REQUIRE(create(grace));
  grace.spec.email = "Ada@Example.com";
  CHECK(update(grace).error().code == errc::conflict);
}

TEST_CASE_METHOD(tenants_world, "a user is changed where the version is the one that was meant") {
  auto ada = user("ada@example.com");
  REQUIRE(create(ada));
  ada.spec.managed_by = "terraform";
  ada.spec.role = user_role::viewer;
  REQUIRE(update(ada));
  CHECK(update(ada).error().code == errc::stale);
  auto listed = ask<page<user_record>>([&](auto done) { store->queries().users(org, {}, "ADA@", {}, done); });
  REQUIRE(listed->rows.size() == 1);
  CHECK(listed->rows[0].spec == ada.spec);
  CHECK(listed->rows[0].version == 2);
  ada.org = stranger;
  CHECK(update(ada).error().code == errc::not_found);
  CHECK(remove(ada, stranger).error().code == errc::not_found);
  CHECK(ask<page<user_record>>([&](auto done) { store->queries().users(stranger, {}, {}, {}, done); })->rows.empty());
}

TEST_CASE_METHOD(tenants_world, "the last owner can be neither removed nor demoted") {
  auto first = user("first@example.com", user_role::owner), second = user("second@example.com", user_role::owner);
  REQUIRE(create(first));
  CHECK(remove(first, org).error().code == errc::conflict);
  auto demoted = first;
  demoted.spec.role = user_role::admin;
  CHECK(update(demoted).error().code == errc::conflict);
  REQUIRE(create(second));
  REQUIRE(update(demoted));
  CHECK(remove(second, org).error().code == errc::conflict);
  CHECK(remove(first, org));
}

TEST_CASE_METHOD(tenants_world, "with a user their tokens go, and nobody else's") {
  auto ada = user("ada@example.com");
  REQUIRE(create(ada));
  auto hers = token(1, ada.id), free = token(2);
  REQUIRE(create(hers));
  REQUIRE(create(free));
  CHECK(find(1)->user == ada.id);
  auto known = tokens_of(ada);
  REQUIRE(known.size() == 1);
  CHECK(known[0].id == hers.id);
  CHECK(ask<std::vector<token_record>>([&](auto done) { store->tokens().of_user(stranger, ada.id, done); })->empty());
  auto renamed = hers;
  ++renamed.version;
  for (auto& said : {std::vector<token_record>{}, {free}, {renamed}, {hers, free}})
    CHECK(remove(ada, org, said).error().code == errc::stale);
  CHECK(find(1));
  CHECK(number("SELECT count(*) FROM audit_log") == 0);
  REQUIRE(remove(ada, org, known));
  CHECK(number("SELECT count(*) FROM audit_log WHERE resource_type = 'token' AND action = 'delete'") == 1);
  CHECK(find(1).error().code == errc::not_found);
  CHECK(find(2));
  CHECK(create(token(3, ada.id)).error().code == errc::conflict);
}

TEST_CASE_METHOD(tenants_world, "a token cannot belong to a user of another organisation") {
  auto made = core::new_organization("other", "free", start);
  REQUIRE(
      ask<organization>([&](auto done) { store->organizations().create(made.record, made.owner_token, {}, done); }));
  auto theirs = user("ada@example.com");
  theirs.org = made.record.id;
  REQUIRE(create(theirs));
  CHECK_FALSE(create(token(1, theirs.id)));
  CHECK(find(1).error().code == errc::not_found);
}

TEST_CASE_METHOD(tenants_world, "a rotated token is found by both digests") {
  auto t = token(1);
  REQUIRE(create(t));
  t.previous_digest = t.digest;
  t.previous_expires_at = start + 1h;
  t.digest.fill(2);
  t.hint = "gct_next";
  ++t.version;
  REQUIRE(update(t));
  for (std::uint8_t secret : std::initializer_list<std::uint8_t>{1, 2}) {
    auto found = find(secret);
    REQUIRE(found);
    CHECK(found->digest == t.digest);
    CHECK(found->previous_digest == t.previous_digest);
    CHECK(found->previous_expires_at == start + 1h);
  }
  CHECK(update(t).error().code == errc::stale);
  t.previous_digest.reset();
  t.previous_expires_at.reset();
  ++t.version;
  REQUIRE(update(t));
  CHECK(find(1).error().code == errc::not_found);
  t.org = stranger;
  ++t.version;
  CHECK(update(t).error().code == errc::not_found);
}

TEST_CASE_METHOD(tenants_world, "plans are rows, and so is which one an organisation has") {
  auto before = snapshot();
  REQUIRE(before.organizations.size() == 1);
  CHECK(before.organizations[0].record.plan == "self_hosted");
  auto of = [](const tenancy_snapshot& x, std::string_view name) {
    return std::ranges::find_if(x.plans, [&](auto& p) { return p.name == name; });
  };
  CHECK(of(before, "free")->cap(countable::monitors) == 20);
  CHECK(of(before, "team")->cap(countable::monitors) == 1000);
  CHECK(of(before, "free")->history_days == 60);
  CHECK(of(before, "self_hosted")->cap(countable::monitors) == std::nullopt);
  auto made = core::new_organization("new", "pro", start);
  auto create_it = [&] {
    return ask<organization>(
        [&](auto done) { store->organizations().create(made.record, made.owner_token, {}, done); });
  };
  made.record.plan = "no such plan";
  CHECK(create_it().error().code == errc::invalid);
  made.record.plan = "pro";
  REQUIRE(create_it());
  auto after = snapshot();
  REQUIRE(after.organizations.size() == 2);
  auto found = ask<token_record>([&](auto done) { store->tokens().find(made.owner_token.digest, done); });
  CHECK(found->org == made.record.id);
  for (auto& row : after.organizations)
    CHECK(row.tokens == (row.record.id == made.record.id ? 1 : 0));
}
