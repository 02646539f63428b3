#include "net/url.hpp"

#include <catch2/catch.hpp>

#include "net/text.hpp"

using namespace gochron::net;

TEST_CASE("a URL is taken apart") {
  struct row {
    std::string text, host;
    std::uint16_t port;
    std::string target, whole;
  };
  const std::vector<row> rows{
      {"http://example.com", "example.com", 80, "/", "http://example.com/"},
      {"HTTPS://Example.COM", "example.com", 443, "/", "https://example.com/"},
      {"https://example.com:443/a", "example.com", 443, "/a", "https://example.com/a"},
      {"http://example.com:8080?x=1", "example.com", 8080, "/?x=1", "http://example.com:8080/?x=1"},
      {"http://[::1]:81/a?b#c", "::1", 81, "/a?b", "http://[::1]:81/a?b"},
      {"http://[2001:DB8::1]", "2001:db8::1", 80, "/", "http://[2001:db8::1]/"},
      {"http://127.1:/x", "127.1", 80, "/x", "http://127.1/x"},
      {"http://example.com./x", "example.com.", 80, "/x", "http://example.com./x"},
      {"http://a_b-c.xn--bcher-kva.test/%20|{}", "a_b-c.xn--bcher-kva.test", 80, "/%20|{}",
       "http://a_b-c.xn--bcher-kva.test/%20|{}"},
      {"http://h/a@b:c", "h", 80, "/a@b:c", "http://h/a@b:c"},
  };
  for (const auto& r : rows) {
    INFO(r.text);
    auto x = parse_url(r.text);
    REQUIRE(x);
    CHECK(x->host == r.host);
    CHECK(x->port == r.port);
    CHECK(x->target == r.target);
    CHECK(x->str() == r.whole);
  }
}

TEST_CASE("what is not exactly an http URL is refused with a sentence") {
  for (std::string text : {"",
                           "example.com",
                           "//example.com",
                           "ftp://example.com",
                           "http:/example.com",
                           "http://",
                           "http:///x",
                           "http://:80",
                           "http://a:b@example.com",
                           "http://@example.com",
                           "http://example.com:0",
                           "http://example.com:65536",
                           "http://example.com:8a",
                           "http://example.com:+80",
                           "http://exa mple.com",
                           "http://example.com/a b",
                           "http://example.com/\r\nX: y",
                           "http://b\xc3\xbc"
                           "cher.test",
                           "http://..",
                           "http://a..b",
                           "http://[::1",
                           "http://[::1]x",
                           "http://[zz]",
                           "http://::1",
                           "http://1.2.3.256",
                           "http://1.2.3.4.5",
                           "http://08",
                           "http://a%41",
                           "http://example.com\\@127.0.0.1/",
                           "javascript:alert(1)",
                           " http://example.com"}) {
    INFO(text);
    auto x = parse_url(text);
    REQUIRE_FALSE(x);
    CHECK(x.error().detail.ends_with('.'));
  }
  CHECK_FALSE(parse_url("http://example.com/" + std::string(9000, 'a')));
  CHECK_FALSE(parse_url("http://" + std::string(64, 'a') + ".test"));
}

TEST_CASE("a reference is resolved as RFC 3986 says") {
  const auto base = parse_url("http://a/b/c/d;p?q").value();
  // RFC 3986, 5.4
  const std::vector<std::pair<std::string, std::string>> cases{
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g/"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q"},
      {"g#s", "http://a/b/c/g"},
      {"g?y#s", "http://a/b/c/g?y"},
      {";x", "http://a/b/c/;x"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {"..g", "http://a/b/c/..g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g/../h", "http://a/b/c/h"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {"https://x:8443/y", "https://x:8443/y"},
  };
  for (const auto& [reference, expected] : cases) {
    INFO(reference);
    auto x = resolve_reference(base, reference);
    REQUIRE(x);
    CHECK(x->str() == expected);
  }
  for (std::string bad : {"mailto:x@y", "javascript:1", "http:g", "//", "//u@h/", "a b", "\xc3\xbc"}) {
    INFO(bad);
    CHECK_FALSE(resolve_reference(base, bad));
  }
}

TEST_CASE("text becomes valid UTF-8 without NUL and without half characters") {
  const std::string r = "\xef\xbf\xbd";
  CHECK(to_valid_utf8("plain", 100) == "plain");
  CHECK(to_valid_utf8("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 100) == "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
  CHECK(to_valid_utf8("a\xff"
                      "b",
                      100) == "a" + r + "b");
  CHECK(to_valid_utf8(std::string("a\0b", 3), 100) == "a" + r + "b");
  CHECK(to_valid_utf8("\xc0\xaf", 100) == r + r);                 // overlong
  CHECK(to_valid_utf8("\xed\xa0\x80", 100) == r + r + r);         // surrogate
  CHECK(to_valid_utf8("\xf4\x90\x80\x80", 100) == r + r + r + r); // beyond U+10FFFF
  CHECK(to_valid_utf8("\xe2\x82", 100) == r + r);                 // cut off
  CHECK(to_valid_utf8("ab\xe2\x82\xac", 4) == "ab");
  CHECK(to_valid_utf8("ab\xff", 4) == "ab");
  CHECK(to_valid_utf8("abc", 0).empty());
}
