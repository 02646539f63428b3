#include "core/bytes.hpp"

#include <set>

#include <catch2/catch.hpp>

using namespace gochron;
using namespace gochron::core;

TEST_CASE("base64 is that of RFC 4648, both ways") {
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {std::string("\0\0\xff", 3), "AAD/"},
  };
  for (const auto& [plain, text] : vectors) {
    CHECK(to_base64(octets(plain)) == text);
    CHECK(from_base64(text) == plain);
  }
}

TEST_CASE("text that is not canonical base64 is refused") {
  for (auto bad : {"Z", "Zg", "Zg=", "Zg==\n", " Zg==", "Zh==", "Zm9=", "====", "=Zg=", "Zm9v====", "Zm-v",
                   "Zm9vZg==Zg==", "Zm\n9"})
    CHECK_FALSE(from_base64(bad));
}

TEST_CASE("hashes are those of the published vectors") {
  CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  // RFC 4231, test case 2
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("secrets are compared whole") {
  CHECK(constant_time_equal("", ""));
  CHECK(constant_time_equal("sha256=ab", "sha256=ab"));
  CHECK_FALSE(constant_time_equal("sha256=ab", "sha256=ac"));
  CHECK_FALSE(constant_time_equal("sha256=ab", "sha256=a"));
  CHECK_FALSE(constant_time_equal("", "a"));
}

TEST_CASE("random bytes do not repeat") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    std::array<std::uint8_t, 16> x{};
    fill_random(x);
    seen.insert(to_hex(x));
  }
  CHECK(seen.size() == 1000);
}
