#include "core/audit_entries.hpp"
#include "storage/audit/chain_sealer.hpp"
#include "store_world.hpp"

using namespace gochron;
using namespace gochron::test;

namespace {

/// Seals when the test says so.
struct audit_world : store_world {
  audit_world() {
    options.seals = false;
    open();
  }

  change_origin origin() {
    change_origin x;
    x.who = "token:test";
    x.reason = "because";
    return x;
  }

  write_note note(const monitor_record* before, const monitor_record* after) {
    write_note x;
    auto what = !before ? audit_action::create : after ? audit_action::update : audit_action::remove;
    x.entry = core::entry_of(origin(), what, clock.now(), before, after);
    return x;
  }

  monitor_record add(const std::string& name) {
    auto x = monitor(name, name);
    auto made = ask<monitor_record>([&](auto done) { store->monitors().create(x, note(nullptr, &x), done); });
    REQUIRE(made);
    clock.advance(1s);
    return *made;
  }

  void seal() {
    auto db = sql();
    auto sealed = storage::seal_next(*db);
    REQUIRE(sealed);
  }

  std::vector<audit_entry> entries(audit_query q = {}) {
    q.oldest_first = true;
    auto x = ask<page<audit_entry>>([&](auto done) { store->audit().entries(org, q, {200, {}}, done); });
    REQUIRE(x);
    return x->rows;
  }

  audit_verdict verify(std::int64_t after = 0) {
    auto x = ask<audit_verdict>([&](auto done) { store->audit().verify(org, after, done); });
    REQUIRE(x);
    return *x;
  }

  void tamper(const std::string& how) { REQUIRE(sql()->execute(how)); }
};

} // namespace

TEST_CASE_METHOD(audit_world, "a write leaves an entry, and one that meets no row leaves none") {
  auto m = add("shop");
  auto next = m;
  next.version = 2;
  next.spec.interval = seconds{30};
  auto update = [&] {
    return ask<monitor_record>([&](auto done) { store->monitors().update(next, {}, note(&m, &next), done); });
  };
  REQUIRE(update());
  CHECK(update().error().code == errc::stale);
  auto all = entries();
  REQUIRE(all.size() == 2);
  CHECK(all[0].action == audit_action::create);
  CHECK(all[1].patch == R"([{"op":"replace","path":"/interval_seconds","value":30}])");
  CHECK(all[1].version_from == 1);
  CHECK(all[1].version_to == 2);
  CHECK(all[1].reason == "because");
  CHECK_FALSE(all[1].sequence);
  auto one = ask<audit_entry>([&](auto done) { store->audit().entry(org, all[1].id, done); });
  REQUIRE(one);
  CHECK(one->patch == all[1].patch);
  CHECK(ask<audit_entry>([&](auto done) { store->audit().entry(stranger, all[1].id, done); }).error().code ==
        errc::not_found);
}

TEST_CASE_METHOD(audit_world, "entries are found by who, what, whereto and when") {
  auto a = add("a"), b = add("b");
  auto gone = note(&b, nullptr);
  REQUIRE(ask<void>([&](auto done) { store->monitors().remove(org, b.id, {}, gone, done); }));
  audit_query q;
  q.resource = b.id.str();
  CHECK(entries(q).size() == 2);
  q.actions = {audit_action::remove};
  CHECK(entries(q).size() == 1);
  q = {};
  q.types = {audited_resource::channel};
  CHECK(entries(q).empty());
  q = {};
  q.from = start + 1s;
  CHECK(entries(q).size() == 2);
  q.actor = "nobody";
  CHECK(entries(q).empty());
}

TEST_CASE_METHOD(audit_world, "the chain holds, over several sealings, and says where it ends") {
  add("a");
  CHECK(verify().unsealed == 1);
  CHECK(verify().valid);
  seal();
  add("b");
  add("c");
  seal();
  auto all = entries();
  CHECK(all[0].sequence == 1);
  CHECK(all[0].previous_hash == sha256_digest{});
  CHECK(all[1].previous_hash == all[0].hash);
  CHECK(all[2].previous_hash == all[1].hash);
  auto found = verify();
  CHECK(found.valid);
  CHECK(found.complete);
  CHECK(found.entries == 3);
  CHECK(found.last_sequence == 3);
  CHECK(found.unsealed == 0);
  CHECK(found.head == all[2].hash);
  CHECK(verify(2).entries == 1);
  CHECK(verify(2).valid);
  CHECK(verify(3).entries == 0);
  auto beyond = ask<audit_verdict>([&](auto done) { store->audit().verify(org, 4, done); });
  CHECK(beyond.error().code == errc::invalid);
}

TEST_CASE_METHOD(audit_world, "whoever alters an entry, takes one out or swaps two is found") {
  for (auto name : {"a", "b", "c", "d"})
    add(name);
  seal();
  REQUIRE(verify().valid);
  SECTION("alters") {
    tamper("UPDATE audit_log SET actor = 'system' WHERE sequence = 2");
    CHECK(verify().first_broken == 2);
    CHECK(verify().last_sequence == 1);
  }
  SECTION("alters its time by a millisecond") {
    tamper("UPDATE audit_log SET at = at + interval '1 millisecond' WHERE sequence = 3");
    CHECK(verify().first_broken == 3);
  }
  SECTION("takes one out") {
    tamper("DELETE FROM audit_log WHERE sequence = 3");
    CHECK(verify().first_broken == 3);
  }
  SECTION("takes the last one out") {
    tamper("DELETE FROM audit_log WHERE sequence = 4");
    CHECK(verify().first_broken == 4);
  }
  SECTION("takes all of them out") {
    tamper("DELETE FROM audit_log");
    CHECK(verify().first_broken == 1);
  }
  SECTION("takes the head out") {
    tamper("DELETE FROM audit_heads");
    CHECK_FALSE(verify().valid);
  }
  SECTION("swaps two") {
    tamper("UPDATE audit_log SET sequence = -sequence WHERE sequence IN (2, 3);"
           "UPDATE audit_log SET sequence = 5 + sequence WHERE sequence < 0");
    CHECK(verify().first_broken == 2);
  }
  SECTION("swaps what two say") {
    tamper("UPDATE audit_log a SET patch = b.patch, resource_id = b.resource_id FROM audit_log b "
           "WHERE (a.sequence, b.sequence) IN ((2, 3), (3, 2))");
    CHECK(verify().first_broken == 2);
  }
  CHECK_FALSE(verify().valid);
}

TEST_CASE_METHOD(audit_world, "a dry write is judged like any other, and nothing of it stays") {
  auto m = add("shop");
  auto twin = monitor("twin", "shop");
  auto dry = note(nullptr, &twin);
  dry.dry = true;
  auto create = [&](const monitor_record& x) {
    return ask<monitor_record>([&](auto done) { store->monitors().create(x, dry, done); });
  };
  CHECK(create(twin).error().code == errc::conflict);
  auto other = monitor("other", "other");
  CHECK(create(other));
  CHECK(create(other)); // nor does the second meet the first
  auto gone = note(&m, nullptr);
  gone.dry = true;
  REQUIRE(ask<void>([&](auto done) { store->monitors().remove(org, m.id, {}, gone, done); }));
  CHECK(number("SELECT count(*) FROM monitors") == 1);
  CHECK(number("SELECT count(*) FROM monitor_state") == 1);
  CHECK(entries().size() == 1);
}

TEST_CASE_METHOD(audit_world, "an answer is kept with its effect, or not at all") {
  auto keeping = [&](const monitor_record& x, const std::string& key) {
    auto n = note(nullptr, &x);
    n.answer = kept_answer{org, token_id::make(start), key, {}, "the answer, with a whsec_secret"};
    n.answer->fingerprint.fill(3);
    return n;
  };
  auto x = monitor("shop", "shop");
  auto n = keeping(x, "k1");
  auto find = [&](const kept_answer& of) {
    return ask<kept_answer>([&](auto done) { store->answers().find(of.org, of.token, of.key, done); });
  };
  CHECK(find(*n.answer).error().code == errc::not_found);
  REQUIRE(ask<monitor_record>([&](auto done) { store->monitors().create(x, n, done); }));
  auto found = find(*n.answer);
  REQUIRE(found);
  CHECK(found->answer == n.answer->answer);
  CHECK(found->fingerprint == n.answer->fingerprint);
  CHECK(number("SELECT count(*) FROM kept_answers WHERE answer LIKE '%whsec%'::bytea") == 0);

  auto y = monitor("other", "shop"); // the key of the monitor is taken
  auto refused = keeping(y, "k2");
  CHECK(ask<monitor_record>([&](auto done) { store->monitors().create(y, refused, done); }).error().code ==
        errc::conflict);
  CHECK(find(*refused.answer).error().code == errc::not_found);

  auto z = monitor("third");
  auto twice = keeping(z, "k1");
  twice.answer->token = n.answer->token;
  CHECK(ask<monitor_record>([&](auto done) { store->monitors().create(z, twice, done); }).error().code ==
        errc::conflict);
  CHECK(number("SELECT count(*) FROM monitors") == 1);
}

TEST_CASE_METHOD(audit_world, "an answer without a transaction is kept, too, and forgotten after a day") {
  kept_answer x{org, token_id::make(start), "k", {}, "hello"};
  REQUIRE(ask<void>([&](auto done) { store->answers().keep(x, done); }));
  auto later = x;
  later.answer = "another";
  REQUIRE(ask<void>([&](auto done) { store->answers().keep(later, done); }));
  auto found = ask<kept_answer>([&](auto done) { store->answers().find(org, x.token, "k", done); });
  REQUIRE(found);
  CHECK(found->answer == "hello");
  auto db = sql();
  REQUIRE(storage::forget(*db, start + 23h, {}));
  CHECK(number("SELECT count(*) FROM kept_answers") == 1);
  REQUIRE(storage::forget(*db, start + 25h, {}));
  CHECK(number("SELECT count(*) FROM kept_answers") == 0);
}
