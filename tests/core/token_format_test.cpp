#include "core/token_format.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "core/bytes.hpp"

using namespace gochron;
using namespace gochron::core;

TEST_CASE("a token is its random bytes in base62 and a check that anyone can recompute") {
  // python3: zlib.crc32 of the first 47 characters, in base62
  CHECK(make_token(std::array<std::uint8_t, 32>{}) == "gct_" + std::string(43, '0') + "1lPF2B");
  std::array<std::uint8_t, 32> ones;
  ones.fill(0xff);
  CHECK(make_token(ones) == "gct_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13jQp3L");
}

TEST_CASE("fresh tokens are well formed and never the same") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    auto token = make_token();
    CHECK(token.size() == token_size);
    CHECK(is_well_formed_token(token));
    seen.insert(token);
  }
  CHECK(seen.size() == 1000);
}

TEST_CASE("a typo is found without asking the server") {
  auto token = make_token();
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto typo = token;
    typo[i] = typo[i] == 'x' ? 'y' : 'x';
    CHECK_FALSE(is_well_formed_token(typo));
    CHECK_FALSE(is_well_formed_token(std::string_view{token}.substr(0, i)));
  }
  for (std::size_t i = 4; i + 1 < token.size(); ++i)
    if (token[i] != token[i + 1]) {
      auto swapped = token;
      std::swap(swapped[i], swapped[i + 1]);
      CHECK_FALSE(is_well_formed_token(swapped));
    }
  CHECK_FALSE(is_well_formed_token(token + "0"));
  CHECK_FALSE(is_well_formed_token(""));
  CHECK_FALSE(is_well_formed_token("gct_" + std::string(49, '\xff')));
}

TEST_CASE("what is stored of a token tells nothing of its secret part but a hint") {
  auto token = make_token();
  CHECK(token_digest(token) == sha256(token));
  CHECK(token_hint(token) == token.substr(0, 8));
}

TEST_CASE("scopes allow exactly what the table says") {
  struct row {
    std::vector<std::string> granted;
    const char* needed;
    bool allowed;
  };
  const row table[] = {
      {{}, "monitors:read", false},
      {{"monitors:read"}, "monitors:read", true},
      {{"monitors:read"}, "monitors:write", false},
      {{"monitors:read"}, "channels:read", false},
      {{"monitors:write"}, "monitors:write", true},
      {{"monitors:write"}, "monitors:read", false},
      {{"monitors:read", "monitors:write"}, "monitors:read", true},
      {{"*:read"}, "alert-rules:read", true},
      {{"*:read"}, "alert-rules:write", false},
      {{"*:read"}, "*:read", true},
      {{"*:read"}, "*:write", false},
      {{"*:write"}, "alert-rules:write", true},
      {{"*:write"}, "alert-rules:read", true},
      {{"*:write"}, "*:read", true},
      {{"*:write"}, "admin", false},
      {{"monitors:write"}, "*:write", false},
      {{"admin"}, "tokens:write", true},
      {{"admin"}, "*:write", true},
      {{"admin"}, "admin", true},
      {{"channels:read", "admin"}, "incidents:write", true},
      {{"admin"}, "teapots:read", false},
      {{"teapots:read"}, "teapots:read", false},
  };
  for (const auto& x : table) {
    INFO(x.needed << (x.granted.empty() ? "" : " with " + x.granted.front()));
    CHECK(scope_allows(x.granted, x.needed) == x.allowed);
  }
}

TEST_CASE("a scope is a noun of the API and read or write, or admin") {
  for (auto noun : scope_nouns()) {
    CHECK(is_valid_scope(std::string{noun} + ":read"));
    CHECK(is_valid_scope(std::string{noun} + ":write"));
  }
  for (auto good : {"*:read", "*:write", "admin"})
    CHECK(is_valid_scope(good));
  for (auto bad : {"", ":", "*", "monitors", "monitors:", ":read", "monitors:delete", "monitors:*", "Monitors:read",
                   "monitors:read ", "monitors:read:write", "admin:read", "*:", "**:read"})
    CHECK_FALSE(is_valid_scope(bad));
}
