#include "core/sealer.hpp"

#include <catch2/catch.hpp>

using namespace gochron::core;

namespace {

sealer::key key_of(std::uint8_t x) {
  sealer::key k;
  k.fill(x);
  return k;
}

} // namespace

TEST_CASE("what was sealed opens to the same bytes") {
  sealer box{key_of(1)};
  for (std::string plain : {std::string{}, std::string{"whsec_x"}, std::string(1, '\0'), std::string(100'000, 'q')}) {
    auto sealed = box.seal(plain, "channel secret 1");
    CHECK(sealed.size() == plain.size() + 28);
    CHECK(box.open(sealed, "channel secret 1") == plain);
  }
  CHECK(box.open(box.seal("x", ""), "") == "x");
}

TEST_CASE("the same text is sealed differently each time, and is not to be seen") {
  sealer box{key_of(1)};
  auto a = box.seal("the password", "p"), b = box.seal("the password", "p");
  CHECK(a != b);
  CHECK(a.substr(0, 12) != b.substr(0, 12));
  CHECK(a.find("password") == std::string::npos);
}

TEST_CASE("a sealed value opens for its own key and purpose only") {
  sealer box{key_of(1)}, other{key_of(2)};
  auto sealed = box.seal("secret", "channel secret 1");
  CHECK_FALSE(other.open(sealed, "channel secret 1"));
  CHECK_FALSE(box.open(sealed, "channel secret 2"));
  CHECK_FALSE(box.open(sealed, ""));
}

TEST_CASE("a value altered in any bit or length does not open") {
  sealer box{key_of(1)};
  auto sealed = box.seal("secret", "p");
  for (std::size_t i = 0; i < sealed.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      auto altered = sealed;
      altered[i] = static_cast<char>(altered[i] ^ (1 << bit));
      CHECK_FALSE(box.open(altered, "p"));
    }
  for (std::size_t n = 0; n < sealed.size(); ++n)
    CHECK_FALSE(box.open(std::string_view{sealed}.substr(0, n), "p"));
  CHECK_FALSE(box.open(sealed + "x", "p"));
}
