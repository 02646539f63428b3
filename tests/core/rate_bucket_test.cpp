#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include "core/rate_bucket.hpp"

using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

// How many of `asked` requests at `now` are let in.
int let_in(rate_bucket& b, const rate_policy& p, rate_time now, int asked) {
  int n = 0;
  for (int i = 0; i < asked; ++i)
    n += take(b, p, now).allowed;
  return n;
}

} // namespace

TEST_CASE("a bucket fills at the rate, and no further than the burst") {
  struct step {
    rate_time at;
    int asked, allowed;
  };
  struct row {
    rate_policy policy;
    std::vector<step> steps;
  };
  auto table = std::vector<row>{
      {rate_policy::per_second(100), {{0ms, 150, 100}, {5ms, 1, 0}, {10ms, 2, 1}, {1s, 200, 99}, {1h, 500, 100}}},
      {rate_policy::per_second(10, 50), {{0ms, 60, 50}, {100ms, 5, 1}, {1100ms, 20, 10}, {7s, 60, 50}}},
      {rate_policy::per_second(2, 1), {{0ms, 2, 1}, {499ms, 1, 0}, {500ms, 1, 1}, {10s, 9, 1}}},
      {{60, std::chrono::minutes{1}}, {{0ms, 61, 60}, {1s, 2, 1}, {90s, 99, 60}}},
  };
  for (auto& [policy, steps] : table) {
    rate_bucket b;
    for (auto& s : steps) {
      INFO(policy.quota << " in " << policy.window.count() << " ns, at " << s.at.count());
      CHECK(let_in(b, policy, s.at, s.asked) == s.allowed);
    }
  }
}

TEST_CASE("the verdict says what is left, when it is full again and when to come back") {
  auto p = rate_policy::per_second(10);
  rate_bucket b;
  auto first = take(b, p, 5s);
  CHECK(first.remaining == 9);
  CHECK(first.until_full == 100ms);
  CHECK(first.retry_after == 0ms);
  CHECK(let_in(b, p, 5s, 9) == 9);
  auto refused = take(b, p, 5s + 30ms);
  CHECK_FALSE(refused.allowed);
  CHECK(refused.remaining == 0);
  CHECK(refused.retry_after == 70ms);
  CHECK(refused.until_full == 970ms);
  CHECK(take(b, p, 5s + 30ms + refused.retry_after).allowed);
}

TEST_CASE("to be refused costs nothing") {
  auto p = rate_policy::per_second(1);
  rate_bucket b;
  CHECK(take(b, p, 0s).allowed);
  CHECK(let_in(b, p, 500ms, 1000) == 0);
  CHECK(take(b, p, 1s).allowed);
}

TEST_CASE("what is given back can be taken again") {
  auto p = rate_policy::per_second(3);
  rate_bucket b;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(take(b, p, 0s).allowed);
    give_back(b, p);
  }
  CHECK(look(b, p, 0s).remaining == 3);
  CHECK(let_in(b, p, 0s, 9) == 3);
}

TEST_CASE("to give back to a full bucket makes it no fuller than full") {
  auto p = rate_policy::per_second(3);
  rate_bucket b;
  REQUIRE(take(b, p, 1s).allowed);
  give_back(b, p);
  give_back(b, p);
  CHECK(look(b, p, 1s).remaining == 3);
  CHECK(let_in(b, p, 1s, 9) == 3);
}

TEST_CASE("after a start there is at most what the rate gave since") {
  auto p = rate_policy::per_second(100);
  for (auto [since, allowed] :
       {std::pair<rate_time, int>{0ms, 0}, {9ms, 0}, {10ms, 1}, {500ms, 50}, {1s, 100}, {1h, 100}}) {
    auto b = begun(p, 7s);
    INFO(since.count());
    CHECK(let_in(b, p, 7s + since, 1000) == allowed);
  }
}

TEST_CASE("no sequence of restarts lets through more than the rate and one burst") {
  std::mt19937 dice{1};
  auto p = rate_policy::per_second(100, 20);
  rate_time now = 1s, begin = now;
  rate_bucket fresh;
  std::int64_t passed = let_in(fresh, p, now, 1000);
  for (int life = 0; life < 500; ++life) {
    auto b = begun(p, now);
    for (int i = 0; i < 20; ++i) {
      now += std::chrono::microseconds{dice() % 20'000};
      passed += let_in(b, p, now, static_cast<int>(dice() % 30));
    }
    REQUIRE(passed <= 20 + (now - begin) / 10ms);
  }
}

TEST_CASE("a bucket that is full may be forgotten: nobody can tell") {
  auto p = rate_policy::per_second(50, 10);
  auto b = begun(p, 3s);
  REQUIRE(let_in(b, p, 4s, 4) == 4);
  REQUIRE(b.is_full(5s));
  auto anew = begun(p, 3s);
  CHECK(look(b, p, 5s).remaining == look(anew, p, 5s).remaining);
  CHECK_FALSE(begun(p, 3s).is_full(3s + 199ms));
}

TEST_CASE("no rate is no limit") {
  CHECK_FALSE(rate_policy::per_second(0).limits());
  CHECK_FALSE(rate_policy{}.limits());
  CHECK(rate_policy::per_second(1).limits());
}
