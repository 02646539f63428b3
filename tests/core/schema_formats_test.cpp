#include "core/schema/formats.hpp"

#include <catch2/catch.hpp>

#include "core/schema/nearest.hpp"
#include "core/schema/time.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

TEST_CASE("URLs that may be asked") {
  for (std::string_view url :
       {"http://example.com", "https://example.com/", "HTTPS://EXAMPLE.COM:8443/a?b=c#d", "http://localhost:1",
        "http://127.0.0.1:65535/x", "http://[2001:db8::7]:80/", "http://[::1]", "https://a_b.example/%20",
        "http://example.com?q", "https://xn--bcher-kva.example/"}) {
    INFO(url);
    CHECK_FALSE(url_fault(url));
  }
}

TEST_CASE("URLs that may not be asked") {
  for (std::string_view url : {"",
                               "example.com",
                               "ftp://example.com",
                               "http:/example.com",
                               "http://",
                               "http:///path",
                               "http://user@example.com/",
                               "http://user:pw@example.com/",
                               "http://example.com:0/",
                               "http://example.com:65536/",
                               "http://example.com:/",
                               "http://example.com:1:2/",
                               "http://exa mple.com/",
                               "http://example.com/a b",
                               "http://example.com/\n",
                               "http://bücher.example/",
                               "http://[::1/",
                               "http://::1/",
                               "http://[127.0.0.1]/",
                               "http://999.1.1.1/",
                               "http://127.1/",
                               "http://-a.example/",
                               "http://a..example/",
                               "javascript:alert(1)",
                               "file:///etc/passwd",
                               "http://example.com\\@evil.example/"}) {
    INFO(url);
    CHECK(url_fault(url));
  }
  CHECK(url_fault("http://example.com/" + std::string(2048, 'a')));
  CHECK_FALSE(url_fault("http://example.com/" + std::string(2029, 'a')));
}

TEST_CASE("hosts are names or addresses") {
  for (std::string_view x : {"a", "a.", "a.b-c.example", "0xg", "1a", "1.0x.example", "example.com.", "192.0.2.1",
                             "2001:db8::1", "::", "_smtp.example"})
    CHECK(is_host(x));
  for (std::string_view x : {"", ".", "-", "a..b", "a b", "[::1]", "1.2.3", "256.1.1.1", "0x7f000001", "0x7f.1", "0X",
                             "a.0x1.", "example.123", "a/b", "a:80", "é"})
    CHECK_FALSE(is_host(x));
  CHECK_FALSE(is_host(std::string(64, 'a') + ".example"));
}

TEST_CASE("header names are tokens, values have no control characters") {
  for (std::string_view x : {"Accept", "x-1", "!#$%&'*+-.^_`|~"})
    CHECK(is_header_name(x));
  for (std::string_view x : {"", "a b", "a:", "a\r\nb", "é"})
    CHECK_FALSE(is_header_name(x));
  CHECK_FALSE(is_header_name(std::string_view{"a\0b", 3}));
  for (std::string_view x : {"", "a", "a\tb", "é"})
    CHECK(is_header_value(x));
  CHECK_FALSE(is_header_value(std::string_view{"a\0b", 3}));
  for (std::string_view x : {"a\r\nb", "a\nb", "\x7f", " a", "a ", "\ta"})
    CHECK_FALSE(is_header_value(x));
}

TEST_CASE("text that holds no certificate is no certificate") {
  CHECK(certificates_fault(""));
  CHECK(certificates_fault("hello"));
  CHECK(certificates_fault("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
}

TEST_CASE("instants are RFC 3339, UTC, to the millisecond") {
  CHECK(to_rfc3339(timestamp{0ms}) == "1970-01-01T00:00:00.000Z");
  CHECK(to_rfc3339(timestamp{-1ms}) == "1969-12-31T23:59:59.999Z");
  CHECK(to_rfc3339(timestamp{1'709'210'096'007ms}) == "2024-02-29T12:34:56.007Z");
  CHECK(parse_rfc3339("2024-02-29T12:34:56.007Z") == timestamp{1'709'210'096'007ms});
  CHECK(parse_rfc3339("2024-02-29T12:34:56Z") == timestamp{1'709'210'096'000ms});
  // What Go, Python and JavaScript write of the same.
  for (std::string_view same :
       {"2024-02-29T12:34:56.25Z", "2024-02-29T12:34:56.250+00:00", "2024-02-29T12:34:56.250000Z",
        "2024-02-29T12:34:56.250000000Z", "2024-02-29T12:34:56.250000+00:00"}) {
    INFO(same);
    CHECK(parse_rfc3339(same) == timestamp{1'709'210'096'250ms});
  }
  CHECK(parse_rfc3339("2024-02-29T12:34:56+00:00") == timestamp{1'709'210'096'000ms});
  for (std::string_view bad : {"",
                               "2024-02-29",
                               "2023-02-29T00:00:00Z",
                               "2024-02-29T24:00:00Z",
                               "2024-02-29T12:60:00Z",
                               "2024-02-29T12:00:60Z",
                               "2024-02-29T12:34:56.Z",
                               "2024-02-29T12:34:56.0000000000Z",
                               "2024-02-29T12:34:56.0001Z",
                               "2024-02-29T12:34:56.123456Z",
                               "2024-02-29T12:34:56+01:00",
                               "2024-02-29T12:34:56-00:00",
                               "2024-02-29t12:34:56z",
                               "2024-02-29 12:34:56Z",
                               "2024-13-01T00:00:00Z",
                               "+024-02-29T12:34:56Z",
                               "2024-02-29T12:34:56.007Z ",
                               "2024-02-29T12:34:56",
                               "2024-02-29T12:34:56.+00:00",
                               "2024-02-29T12:34:56.0x0Z",
                               "2024-02-29T12:34Z",
                               "+00:00",
                               "Z",
                               "2024-02-29T12:34:560Z",
                               "2024-02-29T12:34:56+00:00Z"}) {
    INFO(bad);
    CHECK_FALSE(parse_rfc3339(bad));
  }
}

TEST_CASE("a mistyped word finds the one that was meant") {
  std::vector<std::string_view> words{"interval_seconds", "timeout_ms", "name", "url"};
  CHECK(nearest("intervall_seconds", words) == "interval_seconds");
  CHECK(nearest("timeout", words) == "timeout_ms");
  CHECK(nearest("timeout_seconds", words) == std::nullopt);
  CHECK(nearest("nmae", words) == "name");
  CHECK(nearest("uri", words) == "url");
  CHECK(nearest("zzz", words) == std::nullopt);
  CHECK(nearest(std::string(1000, 'a'), words) == std::nullopt);
}
