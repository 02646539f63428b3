#include <catch2/catch.hpp>

#include "http/server/target.hpp"

using namespace gochron::http;
using path = std::vector<std::string>;
using query = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("a path is split first and decoded then, and no slash collapses") {
  CHECK(decode_target("/")->path == path{});
  CHECK(decode_target("/a/b")->path == path{"a", "b"});
  CHECK(decode_target("/a/")->path == path{"a", ""});
  CHECK(decode_target("//a")->path == path{"", "a"});
  CHECK(decode_target("/a%2Fb/%E2%82%AC%20+")->path == path{"a/b", "\xe2\x82\xac +"});
  CHECK(decode_target("/../%2e%2e")->path == path{"..", ".."});
  CHECK(decode_target("*")->path == path{"*"});
}

TEST_CASE("a query keeps order and repetition, and plus is a space") {
  CHECK(decode_target("/?a=1&b=x+y%2B&a=2&c&=v&&d=%26=")->query ==
        query{{"a", "1"}, {"b", "x y+"}, {"a", "2"}, {"c", ""}, {"", "v"}, {"d", "&="}});
  CHECK(decode_target("/?")->query == query{});
  CHECK(decode_target("/x?a?b=c")->query == query{{"a?b", "c"}});
}

TEST_CASE("what cannot be decoded is refused") {
  for (auto bad : {"/%", "/%4", "/%zz", "/%+1", "/%00", "/%ff", "/%c0%af", "/%ed%a0%80", "/?a=%", "/?%00=1", "/?a=%ff",
                   "/#a", "/?#"}) {
    INFO(bad);
    CHECK_FALSE(decode_target(bad));
  }
}
