#include <atomic>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "actors/usage_ledger.hpp"

using namespace gochron;
using namespace gochron::actors;

namespace {

/// An organisation whose plan has room for ten of each.
struct ledger_of_ten : usage_ledger {
  org_id org = org_id::make({});
  tenancy_snapshot rows;

  ledger_of_ten() {
    plan ten;
    ten.name = "ten";
    ten.most.fill(10);
    rows.plans = {ten};
    rows.organizations = {{{org, "X", "ten", {}}, 0}};
    refresh(rows, begin_refresh());
  }
  std::int64_t used(countable what) const { return limits(org)->used[static_cast<std::size_t>(what)]; }
};

} // namespace

TEST_CASE_METHOD(ledger_of_ten, "room is given back unless the thing came to be") {
  {
    auto held = reserve(org, countable::monitors);
    REQUIRE(held);
    CHECK(used(countable::monitors) == 1);
  }
  CHECK(used(countable::monitors) == 0);
  {
    auto held = reserve(org, countable::monitors, 3);
    (*held)->settle(true);
    (*held)->settle(true);
  }
  CHECK(used(countable::monitors) == 3);
  give_back(org, countable::monitors, 3);
  CHECK(used(countable::monitors) == 0);
  auto held = reserve(org, countable::monitors);
  (*held)->settle(false); // at once, however long somebody holds on to it
  CHECK(used(countable::monitors) == 0);
}

TEST_CASE_METHOD(ledger_of_ten, "of two at the cap one wins, and many at once leave no room unused") {
  for (int round = 0; round < 50; ++round) {
    std::vector<usage_ledger::room> kept[8];
    {
      std::vector<std::jthread> all;
      for (auto& mine : kept)
        all.emplace_back([this, &mine] {
          for (int i = 0; i < 5; ++i)
            if (auto held = reserve(org, countable::channels))
              mine.push_back(*held);
        });
    }
    std::size_t won = 0;
    for (auto& mine : kept)
      won += mine.size();
    REQUIRE(won == 10);
    REQUIRE(reserve(org, countable::channels).error().code == errc::limit_exceeded);
  }
  CHECK(used(countable::channels) == 0);
}

TEST_CASE_METHOD(ledger_of_ten, "many are reserved whole or not at all") {
  REQUIRE(reserve(org, countable::monitors, 10));
  add(org, countable::monitors, 4);
  CHECK_FALSE(reserve(org, countable::monitors, 7));
  CHECK(used(countable::monitors) == 4);
  CHECK(reserve(org, countable::monitors, 6));
}

TEST_CASE_METHOD(ledger_of_ten, "what is over a cap that was lowered stays, and grows no further") {
  add(org, countable::users, 15);
  CHECK_FALSE(reserve(org, countable::users));
  give_back(org, countable::users, 5);
  CHECK_FALSE(reserve(org, countable::users));
  give_back(org, countable::users);
  CHECK(reserve(org, countable::users));
}

TEST_CASE_METHOD(ledger_of_ten, "an unknown organisation has no caps, and what it has is counted once it is known") {
  auto other = org_id::make({});
  CHECK_FALSE(knows(other));
  add(other, countable::monitors, 100);
  CHECK(reserve(other, countable::monitors));
  CHECK_FALSE(limits(other));
  put({other, "Y", "ten", {}});
  CHECK(limits(other)->used[0] == 100);
  CHECK_FALSE(reserve(other, countable::monitors));
}

TEST_CASE_METHOD(ledger_of_ten, "tokens that others made are counted by the next refresh") {
  rows.organizations[0].tokens = 4;
  refresh(rows, begin_refresh());
  CHECK(used(countable::tokens) == 4);
}

TEST_CASE_METHOD(ledger_of_ten, "a snapshot that may be older than a token does not uncount it") {
  auto begun = begin_refresh();
  auto held = reserve(org, countable::tokens); // committed behind the snapshot
  (*held)->settle(true);
  refresh(rows, begun);
  CHECK(used(countable::tokens) == 1);

  auto under_way = reserve(org, countable::tokens);
  refresh(rows, begin_refresh());
  CHECK(used(countable::tokens) == 2);
  (*under_way)->settle(true);

  auto leaving = removing_tokens(org);
  rows.organizations[0].tokens = 1; // it is gone in the database, and not yet told
  refresh(rows, begin_refresh());
  CHECK(used(countable::tokens) == 2);
  give_back(org, countable::tokens);
  leaving.reset();

  auto older = begin_refresh();
  auto newer = begin_refresh();
  rows.organizations[0].tokens = 7;
  refresh(rows, older);
  CHECK(used(countable::tokens) == 1);
  refresh(rows, newer);
  CHECK(used(countable::tokens) == 7);
}
