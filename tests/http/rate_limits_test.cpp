#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "http/rate_limits.hpp"

using namespace gochron;
using namespace gochron::http;
using namespace std::chrono_literals;
using core::rate_policy;

namespace {

constexpr timestamp start{1'000'000s};

rate_limits limits_of(std::int64_t token, std::int64_t anonymous = 0, std::int64_t pings = 0) {
  // A window so long that no time passes in it, whatever the machine does.
  auto slow = [](std::int64_t quota) { return rate_policy{quota, std::chrono::hours{quota * 100}}; };
  return {{slow(token), slow(anonymous), slow(pings)}, start};
}

int let_in(rate_limits& of, token_id who, timestamp made_at, int asked) {
  int n = 0;
  for (int i = 0; i < asked; ++i) {
    rate_charge c;
    n += !of.charge(c, who, made_at);
  }
  return n;
}

std::string value_of(const std::vector<header>& all, std::string_view name) {
  for (auto& h : all)
    if (h.name == name)
      return h.value;
  return "missing";
}

} // namespace

TEST_CASE("one token's flood leaves another's requests unharmed") {
  auto limits = limits_of(10);
  auto flood = token_id::make(start), other = token_id::make(start);
  CHECK(let_in(limits, flood, start, 10'000) == 10);
  CHECK(let_in(limits, other, start, 10) == 10);
}

TEST_CASE("a token that was made before this start begins with an empty bucket, a new one with a full one") {
  auto limits = limits_of(10);
  CHECK(let_in(limits, token_id::make(start), start - 1ms, 10) == 0);
  CHECK(let_in(limits, token_id::make(start), start, 20) == 10);
}

TEST_CASE("concurrent requests share exactly one bucket") {
  auto limits = limits_of(1000);
  auto who = token_id::make(start);
  std::atomic<int> passed{0};
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 8; ++i)
      clients.emplace_back([&] { passed += let_in(limits, who, start, 500); });
  }
  CHECK(passed == 1000);
}

TEST_CASE("the headers show each policy, and X-RateLimit-* the one with the least left") {
  rate_limits limits{{rate_policy::per_second(100), {}, {}}, start};
  rate_charge c;
  REQUIRE_FALSE(limits.charge(c, token_id::make(start), start));
  REQUIRE_FALSE(limits.charge_write(c, org_id::make(start), "monitors", 60));
  std::vector<header> all;
  add_rate_headers(all, c);
  CHECK(value_of(all, "RateLimit-Policy") == R"("default";q=100;w=1, "writes";q=60;w=60)");
  CHECK(value_of(all, "RateLimit") == R"("default";r=99;t=1, "writes";r=59;t=1)");
  CHECK(value_of(all, "X-RateLimit-Limit") == "60");
  CHECK(value_of(all, "X-RateLimit-Remaining") == "59");
  CHECK(value_of(all, "X-RateLimit-Reset") == "1");
}

TEST_CASE("an answer of 304 gives back what it took") {
  auto limits = limits_of(5);
  auto who = token_id::make(start);
  for (int i = 0; i < 50; ++i) {
    rate_charge c;
    REQUIRE_FALSE(limits.charge(c, who, start));
    limits.give_back(c);
    CHECK(c.lines[0].verdict.remaining == 5);
  }
  CHECK(let_in(limits, who, start, 9) == 5);
}

TEST_CASE("a refusal says when to come back") {
  rate_limits limits{{{1, 90s}, {}, {}}, start};
  auto who = token_id::make(start);
  rate_charge c;
  REQUIRE_FALSE(limits.charge(c, who, start));
  auto e = limits.charge(c, who, start);
  REQUIRE(e);
  CHECK(e->code == errc::rate_limited);
  CHECK(e->retry_after == 90s);
}

TEST_CASE("addresses have buckets of their own, IPv6 by its /64") {
  auto limits = limits_of(0, 2);
  auto asks = [&](const char* ip) { return !limits.charge_anonymous(ip); };
  CHECK((asks("192.0.2.1") && asks("192.0.2.1") && !asks("192.0.2.1")));
  CHECK(asks("192.0.2.2"));
  CHECK((asks("2001:db8::1") && asks("2001:db8::2") && !asks("2001:db8::ffff:3")));
  CHECK(asks("2001:db8:0:1::1"));
  CHECK(limits.is_exhausted("192.0.2.1"));
  CHECK_FALSE(limits.is_exhausted("192.0.2.2"));
  CHECK_FALSE(limits.charge_ping("192.0.2.1")); // no limit: 0
  for (int i = 0; i < 9; ++i)
    CHECK(asks("unix"));
}

TEST_CASE("writes are counted by organisation and noun") {
  auto limits = limits_of(0);
  auto one = org_id::make(start), two = org_id::make(start);
  auto writes = [&](org_id org, const char* noun) {
    rate_charge c;
    return !limits.charge_write(c, org, noun, 1);
  };
  CHECK((writes(one, "monitors") && !writes(one, "monitors")));
  CHECK(writes(one, "channels"));
  CHECK(writes(two, "monitors"));
}

TEST_CASE("full buckets are forgotten, and newcomers beyond the bound share one") {
  rate_table table;
  rate_policy quick{10, 1ms}, slow{10, std::chrono::hours{1}};
  auto now = core::rate_time{1h};
  auto key = [](std::uint64_t n) {
    rate_key k;
    k.part = n + 1;
    return k;
  };
  for (std::uint64_t i = 0; i < 300'000; ++i)
    table.take(key(i), quick, now += 10us, {});
  CHECK(table.size() <= 64 * 256);
  for (std::uint64_t i = 0; i < 80 * rate_table::most_in_part; ++i)
    table.take(key(i), slow, now, {});
  CHECK(table.size() <= 64 * (rate_table::most_in_part + 1));
}
