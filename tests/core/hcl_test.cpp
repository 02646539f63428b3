#include <catch2/catch.hpp>

#include "core/configuration/hcl.hpp"

using namespace gochron::core;

TEST_CASE("a text in HCL means exactly what it was") {
  struct row {
    std::string_view text, written;
  };
  const row rows[] = {
      {"", R"("")"},
      {"plain", R"("plain")"},
      {R"(a "b" \c)", R"("a \"b\" \\c")"},
      {"two\nlines\r\n\tand a tab", R"("two\nlines\r\n\tand a tab")"},
      {std::string_view{"\x01\x1f\x7f", 3}, R"("\u0001\u001f\u007f")"},
      {"é ☃ 日本 👩‍🔧", R"("é ☃ 日本 👩‍🔧")"},
      {"${x}", R"("$${x}")"},
      {"%{ if x }", R"("%%{ if x }")"},
      {"a ${x} b ${y}", R"("a $${x} b $${y}")"},
      {"$", R"("$")"},
      {"{}", R"("{}")"},
      {"5 $ and 100 % {}", R"("5 $ and 100 % {}")"},
      {"$$", R"("$$")"},
      {"$${x}", R"("\u0024$${x}")"}, // `$$${x}` could be read in two ways
      {"$$${x}", R"("\u0024\u0024$${x}")"},
      {"%%{x}", R"("\u0025%%{x}")"},
      {"$%{x}", R"("$%%{x}")"},
      {"%${x}", R"("%$${x}")"},
      {"ends with ${", R"("ends with $${")"},
      {"\\${x}", R"("\\$${x}")"},
      {R"(\u0041)", R"("\\u0041")"},
  };
  for (const auto& x : rows) {
    INFO(x.text);
    CHECK(hcl_text(x.text) == x.written);
  }
}

TEST_CASE("names are identifiers, each once") {
  struct row {
    std::string_view wanted, otherwise, given;
  };
  const row rows[] = {
      {"shop", "monitor", "shop"},
      {"Shop", "monitor", "shop_2"},
      {"shop", "monitor", "shop_3"},
      {"shop_2", "monitor", "shop_2_2"}, // what a name was given is no other's
      {"The Shop: (new)", "monitor", "the_shop_new"},
      {"a.b", "monitor", "a_b"},
      {"a-b", "monitor", "a_b_2"},
      {"__a__b__", "monitor", "a_b_3"},
      {"9 lives", "monitor", "_9_lives"},
      {"", "monitor", "monitor"},
      {"日本", "monitor", "monitor_2"},
      {"日本 shop 1", "monitor", "shop_1"},
      {"${x}", "monitor", "x"},
      {"\"\n\\", "monitor", "monitor_3"},
      {"...", "...", "_"},
  };
  hcl_names names;
  for (const auto& x : rows) {
    INFO(x.wanted);
    CHECK(names.pick(x.wanted, x.otherwise) == x.given);
  }
}

TEST_CASE("long names are cut, and stay apart") {
  hcl_names names;
  std::string text(300, 'a');
  CHECK(names.pick(text, "x") == std::string(64, 'a'));
  CHECK(names.pick(text + "b", "x") == std::string(62, 'a') + "_2");
  for (int i = 0; i < 200; ++i)
    CHECK(names.pick(text, "x").size() <= 64);
  CHECK(names.pick("1" + text, "x") == "_1" + std::string(62, 'a'));
}

TEST_CASE("neighbours of one line are aligned, others stand alone") {
  hcl_body inner, body;
  inner.put("url", R"("x")");
  inner.put("max_redirects", "5");
  body.put("name", R"("shop")");
  body.put("interval_seconds", "60");
  body.put("http", inner.in_braces(2));
  body.put("paused", "true");
  body.put("manual", hcl_body{}.in_braces(2));
  CHECK(body.at(2) == "  name             = \"shop\"\n"
                      "  interval_seconds = 60\n"
                      "  http = {\n"
                      "    url           = \"x\"\n"
                      "    max_redirects = 5\n"
                      "  }\n"
                      "  paused = true\n"
                      "  manual = {}\n");
  CHECK(hcl_body{}.at(2).empty());
}
