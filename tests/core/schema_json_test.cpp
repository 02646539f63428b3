#include "core/schema/json.hpp"

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "core/schema/json_writer.hpp"

using namespace gochron;
using namespace gochron::core;

namespace {

error refusal(std::string_view text, json_limits limits = {}) {
  auto x = parse_json(text, limits);
  INFO(text.substr(0, 200));
  REQUIRE_FALSE(x);
  return x.error();
}

std::string repeat(std::string_view x, int times) {
  std::string all;
  for (int i = 0; i < times; ++i)
    all += x;
  return all;
}

bool mentions(const error& e, std::string_view what) {
  return e.detail.find(what) != std::string::npos;
}

} // namespace

TEST_CASE("JSON values keep their kind") {
  auto x = parse_json(R"({"n":null,"b":true,"i":-7,"f":60.0,"s":"é\n","a":[1],"o":{}})");
  REQUIRE(x);
  CHECK(x->find("n")->is_null());
  CHECK(*x->find("b")->as<bool>());
  CHECK(*x->find("i")->as<std::int64_t>() == -7);
  CHECK_FALSE(x->find("f")->as<std::int64_t>());
  CHECK(*x->find("f")->as<double>() == 60.0);
  CHECK(*x->find("s")->as<std::string>() == "é\n");
  CHECK(x->find("a")->as<json_array>()->size() == 1);
  CHECK(x->find("o")->as<json_object>()->empty());
  CHECK(x->find("missing") == nullptr);
}

TEST_CASE("an integer beyond 63 bits is saturated, not wrapped") {
  auto x = parse_json("18446744073709551615");
  REQUIRE(x);
  CHECK(*x->as<std::int64_t>() == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("text that is not strict JSON is malformed") {
  for (std::string_view text : {"",
                                " ",
                                "{",
                                "}",
                                "[1,]",
                                "{\"a\":1,}",
                                "{a:1}",
                                "{'a':1}",
                                "nul",
                                "01",
                                "+1",
                                "1.",
                                ".5",
                                "NaN",
                                "Infinity",
                                "[1] x",
                                "{} {}",
                                "// no\n{}",
                                "\"\t\"",
                                "\"\\x\"",
                                "\"\\ud800\"",
                                "\"\\ud800\\u0041\"",
                                "\xef\xbb\xbf{}",
                                "\"",
                                "18446744073709551616",
                                "1e400",
                                "[1",
                                "\"\xc0\xaf\"",
                                "\"\xed\xa0\x80\"",
                                "\"\xff\"",
                                "{\"\xff\":1}",
                                "\"\xf4\x90\x80\x80\"",
                                "\"\xe2\x82\""}) {
    CHECK(refusal(text).code == errc::malformed);
  }
}

TEST_CASE("a syntax error is located by byte, line and column") {
  auto e = refusal("{\n  \"a\": 1,\n  \"b\": ]\n}");
  CHECK(mentions(e, "byte 19 (line 3, column 8)"));
}

TEST_CASE("a duplicate name is refused at every level, and named") {
  CHECK(mentions(refusal(R"({"a":1,"a":1})"), "\"a\" occurs twice in one object."));
  CHECK(mentions(refusal(R"({"a":[{"b":1},{"c/d":{"x":1,"x":2}}]})"), "at /a/1/c~1d."));
  CHECK(mentions(refusal(R"({"a":1,"\u0061":1})"), "occurs twice"));
  CHECK(parse_json(R"({"a":{"a":{"a":1}}})"));
}

TEST_CASE("U+0000 is refused in values and names") {
  CHECK(mentions(refusal(R"({"a":["\u0000"]})"), "U+0000 is not accepted, at /a/0."));
  CHECK(refusal(R"({"\u0000":1})").code == errc::malformed);
}

TEST_CASE("32 levels are read, 33 are not, and a hundred thousand do no harm") {
  CHECK(parse_json(repeat("[", 32) + repeat("]", 32)));
  CHECK(refusal(repeat("[", 33) + repeat("]", 33)).code == errc::malformed);
  CHECK(refusal(repeat("[", 100'000) + repeat("]", 100'000)).code == errc::malformed);
  CHECK(refusal(repeat("{\"a\":", 100'000)).code == errc::malformed);
}

TEST_CASE("more values than the bound are too large, however small each is") {
  CHECK(refusal("[" + repeat("1,", 60'000) + "1]").code == errc::too_large);
  CHECK(refusal("[1,2,3]", {.nodes = 3}).code == errc::too_large);
  CHECK(parse_json("[1,2,3]", {.nodes = 4}));
}

TEST_CASE("a refusal leaves nothing behind for the next text") {
  refusal(R"({"a":1,"a":1})");
  refusal("{");
  CHECK(parse_json(R"({"a":1})"));
}

TEST_CASE("what is written is read back the same") {
  std::string text = "\x01\x1f\"\\/\x7f é 日本 😀 \t";
  json_writer w;
  w.begin_array();
  w.text(text);
  w.integer(std::numeric_limits<std::int64_t>::min());
  w.number(99.93);
  w.text({});
  w.end_array();
  auto x = parse_json(w.view());
  REQUIRE(x);
  const auto& items = *x->as<json_array>();
  CHECK(*items[0].as<std::string>() == text);
  CHECK(*items[1].as<std::int64_t>() == std::numeric_limits<std::int64_t>::min());
  CHECK(*items[2].as<double>() == 99.93);
  CHECK(items[3].as<std::string>()->empty());
}
