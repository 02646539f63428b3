#include "core/json_patch.hpp"

#include <catch2/catch.hpp>

using namespace gochron;

namespace {

core::json_value json(const char* text) {
  auto x = core::parse_json(text);
  REQUIRE(x);
  return std::move(*x);
}

std::string patch(const char* before, const char* after) {
  return core::json_patch(json(before), json(after), json(after));
}

} // namespace

TEST_CASE("what is the same needs no patch, whatever the order of its members") {
  CHECK(patch(R"({"a":1,"b":[{"c":null}]})", R"({"b":[{"c":null}],"a":1})") == "[]");
}

TEST_CASE("members are added, removed and replaced at their places") {
  CHECK(patch(R"({"a":1,"b":2,"c":{"d":true}})", R"({"a":3,"c":{"d":true,"e":"x"}})") ==
        R"([{"op":"replace","path":"/a","value":3},{"op":"remove","path":"/b"},)"
        R"({"op":"add","path":"/c/e","value":"x"}])");
}

TEST_CASE("names with slashes and tildes are escaped as RFC 6901 wants it") {
  CHECK(patch(R"({"a/b":1,"m~n":1})", R"({"a/b":2,"m~n":3})") ==
        R"([{"op":"replace","path":"/a~1b","value":2},{"op":"replace","path":"/m~0n","value":3}])");
}

TEST_CASE("an array is changed between what it begins and ends with alike") {
  CHECK(patch(R"([1,2,3,4])", R"([1,9,4])") ==
        R"([{"op":"replace","path":"/1","value":9},{"op":"remove","path":"/2"}])");
  CHECK(patch(R"([1,4])", R"([1,2,3,4])") ==
        R"([{"op":"add","path":"/1","value":2},{"op":"add","path":"/2","value":3}])");
  CHECK(patch(R"([1,2,3])", R"([])") ==
        R"([{"op":"remove","path":"/0"},{"op":"remove","path":"/0"},{"op":"remove","path":"/0"}])");
  CHECK(patch(R"([1,1])", R"([1,1,1])") == R"([{"op":"add","path":"/2","value":1}])");
  CHECK(patch(R"([{"a":1,"b":1}])", R"([{"a":1,"b":2}])") == R"([{"op":"replace","path":"/0/b","value":2}])");
}

TEST_CASE("a value of another kind replaces, at the root too") {
  CHECK(patch("null", R"({"a":1})") == R"([{"op":"replace","path":"","value":{"a":1}}])");
  CHECK(patch(R"({"a":[1]})", R"({"a":{"0":1}})") == R"([{"op":"replace","path":"/a","value":{"0":1}}])");
}

TEST_CASE("a secret that changed is in the patch as null, and one that did not is not") {
  auto before = json(R"({"name":"a","password":"old","headers":[{"v":"x"}],"token":"same"})");
  auto after = json(R"({"name":"a","password":"new","headers":[{"v":"y"}],"token":"same"})");
  auto shown = json(R"({"name":"a","password":null,"headers":null,"token":null})");
  CHECK(core::json_patch(before, after, shown) ==
        R"([{"op":"replace","path":"/password","value":null},{"op":"replace","path":"/headers","value":null}])");
}

TEST_CASE("a secret that is new is added as null") {
  CHECK(core::json_patch(json(R"({})"), json(R"({"password":"new"})"), json(R"({})")) ==
        R"([{"op":"add","path":"/password","value":null}])");
}
