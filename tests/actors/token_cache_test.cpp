#include <catch2/catch.hpp>

#include "actors/token_cache.hpp"

using namespace gochron;
using namespace gochron::actors;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon{43'200s};

sha256_digest digest(std::uint8_t n) {
  sha256_digest x{};
  x.fill(n);
  return x;
}

token_record token(std::uint8_t secret) {
  token_record x;
  x.id = token_id::make(noon);
  x.digest = digest(secret);
  return x;
}

token_record rotated(token_record x, std::uint8_t secret, std::optional<timestamp> until) {
  x.previous_digest = until ? std::optional{x.digest} : std::nullopt;
  x.previous_expires_at = until;
  x.digest = digest(secret);
  ++x.version;
  return x;
}

} // namespace

TEST_CASE("a token is found under both its digests, and under no older one") {
  token_cache cache;
  auto first = token(1);
  auto second = rotated(first, 2, noon + 1h), third = rotated(second, 3, noon + 1h);
  cache.put(first);
  cache.put(second);
  CHECK((cache.find(digest(1)) && cache.find(digest(2))));
  cache.put(third);
  CHECK_FALSE(cache.find(digest(1)));
  CHECK((cache.find(digest(2)) && cache.find(digest(3))));
  CHECK(cache.find(digest(2))->version == 3);
  cache.put(rotated(third, 4, std::nullopt));
  CHECK_FALSE(cache.find(digest(3)));
  CHECK(cache.find(digest(4)));
}

TEST_CASE("a look-up that was under way puts nothing older back") {
  token_cache cache;
  auto old = token(1);
  cache.put(rotated(old, 2, std::nullopt));
  cache.put(old);
  CHECK_FALSE(cache.find(digest(1)));
  cache.forget(old.id);
  cache.put(rotated(old, 2, std::nullopt));
  CHECK_FALSE(cache.find(digest(2)));
}

TEST_CASE("each secret is in force until its own end, and none beyond the token's") {
  auto x = rotated(token(1), 2, noon + 1h);
  CHECK(is_in_force(x, digest(2), noon + 10h));
  CHECK(is_in_force(x, digest(1), noon + 59min));
  CHECK_FALSE(is_in_force(x, digest(1), noon + 1h));
  CHECK_FALSE(is_in_force(x, digest(3), noon));
  x.expires_at = noon + 30min;
  CHECK_FALSE(is_in_force(x, digest(2), noon + 30min));
  CHECK_FALSE(is_in_force(x, digest(1), noon + 30min));
  CHECK(is_in_force(x, digest(1), noon + 29min));
}

TEST_CASE("a use is noted once a minute") {
  token_cache cache;
  auto id = token_id::make(noon);
  CHECK(cache.should_note_use(id, noon));
  CHECK_FALSE(cache.should_note_use(id, noon + 59s));
  CHECK(cache.should_note_use(id, noon + 60s));
}
