#include "gochron/boxed.hpp"

#include <string>

#include <catch2/catch.hpp>

using gochron::boxed;

TEST_CASE("a box is a word while it is empty") {
  static_assert(sizeof(boxed<std::string>) == sizeof(void*));
  boxed<std::string> x;
  CHECK_FALSE(x.has_value());
  CHECK(x.value_or("else") == "else");
  CHECK_FALSE(std::optional<std::string>{x});
}

TEST_CASE("a box is a value: copies are equal and apart") {
  boxed<std::string> a = std::string{"a"};
  auto b = a;
  CHECK(a == b);
  *b = std::string{"b"};
  CHECK(*a == "a");
  CHECK_FALSE(a == b);
  a = b;
  CHECK(a->size() == 1);
  CHECK(a == b);
  a.reset();
  CHECK_FALSE(a == b);
  CHECK(a == boxed<std::string>{});
}
