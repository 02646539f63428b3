#include "net/support/loopback_server.hpp"
#include "net/support/printing.hpp"
#include "net/support/probing.hpp"

using namespace gochron;
using namespace gochron::testing;

TEST_CASE("a healthy server is up, and every phase is timed") {
  loopback_server server{answering(http_answer(200, "hello"))};
  probing p;
  auto x = p.check(http_spec(server.url()));
  INFO(x.message);
  CHECK(x.verdict == verdict::up);
  CHECK(x.reason == reason::none);
  CHECK(x.message.empty());
  CHECK(x.remote_ip == "127.0.0.1");
  CHECK(x.remote_port == server.port());
  CHECK_FALSE(x.timings.dns);
  CHECK_FALSE(x.timings.tls);
  CHECK(x.timings.connect);
  CHECK(x.timings.first_byte);
  CHECK(x.timings.transfer);
  REQUIRE(x.http);
  CHECK(x.http->status == 200);
  CHECK(x.http->version == "1.1");
  CHECK(x.http->headers.empty());
  CHECK(x.http->body_excerpt.empty());
}

TEST_CASE("a port where nobody listens refuses") {
  probing p;
  auto x = p.check(http_spec("http://127.0.0.1:" + std::to_string(unused_port())));
  CHECK(x.verdict == verdict::down);
  CHECK(x.reason == reason::connect_refused);
  CHECK(x.timings.connect);
}

TEST_CASE("a port that never answers times out in time") {
  black_hole hole;
  probing p;
  auto x = p.check(http_spec("http://127.0.0.1:" + std::to_string(hole.port()), 300ms));
  CHECK(x.verdict == verdict::down);
  CHECK(x.reason == reason::connect_timeout);
  CHECK(x.response_time >= 290ms);
  CHECK(x.response_time < 2s);
}

TEST_CASE("the request is what was configured, framed by us") {
  loopback_server* self = nullptr;
  std::string body;
  loopback_server server{[&](peer& c) {
    auto head = c.read_head();
    self->note(head);
    c.send(http_answer(200));
  }};
  self = &server;
  probing p;
  auto spec = http_spec(server.url("/path?q=1"));
  auto& check = http_of(spec);
  check.method = "POST";
  check.body = "payload";
  check.headers = {{"X-Custom", "a"}, {"X-Custom", "b"}, {"Content-Length", "99"}, {"connection", "keep-alive"}};
  check.auth = {auth_kind::basic, "Aladdin", "open sesame", std::nullopt};
  REQUIRE(p.check(spec).verdict == verdict::up);
  auto head = server.heads().at(0);
  CHECK(head.starts_with("POST /path?q=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
  CHECK(head.find("X-Custom: a\r\nX-Custom: b\r\n") != std::string::npos);
  CHECK(head.find("Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n") != std::string::npos);
  CHECK(head.find("User-Agent: gochron/") != std::string::npos);
  CHECK(head.find("Accept-Encoding: identity\r\n") != std::string::npos);
  CHECK(head.find("Content-Length: 7\r\n") != std::string::npos);
  CHECK(head.find("Content-Length: 99\r\n") == std::string::npos);
  CHECK(head.find("keep-alive") == std::string::npos);
  CHECK(head.ends_with("Connection: close\r\n\r\npayload"));
}

TEST_CASE("HEAD has no body whatever its headers say") {
  loopback_server server{answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")};
  probing p;
  auto spec = http_spec(server.url());
  http_of(spec).method = "HEAD";
  CHECK(p.check(spec).verdict == verdict::up);
}

TEST_CASE("status and keywords decide, in that order") {
  struct row {
    int status;
    std::vector<std::string> expected;
    std::optional<std::string> required, forbidden;
    reason why;
  };
  const std::vector<row> rows{
      {200, {"2xx"}, {}, {}, reason::none},
      {404, {"2xx"}, {}, {}, reason::status_mismatch},
      {404, {"2xx", "404"}, {}, {}, reason::none},
      {302, {"200-299", "301-303"}, {}, {}, reason::none},
      {200, {"2xx"}, "lo wor", {}, reason::none},
      {200, {"2xx"}, "absent", {}, reason::keyword_missing},
      {200, {"2xx"}, {}, "world", reason::keyword_present},
      {500, {"2xx"}, "absent", "world", reason::status_mismatch},
  };
  probing p;
  for (const auto& r : rows) {
    loopback_server server{answering(http_answer(r.status, "hello world"))};
    auto spec = http_spec(server.url());
    http_of(spec).expected_status = r.expected;
    http_of(spec).required_keyword = r.required;
    http_of(spec).forbidden_keyword = r.forbidden;
    auto x = p.check(spec);
    CHECK(x.reason == r.why);
    CHECK((x.verdict == verdict::up) == (r.why == reason::none));
    CHECK(x.http->body_excerpt == (r.why == reason::none ? "" : "hello world"));
  }
}

TEST_CASE("an answer that takes longer than wished is degraded") {
  loopback_server server{[](peer& c) {
    c.read_head();
    c.pause(80ms);
    c.send(http_answer(200));
  }};
  probing p;
  auto spec = http_spec(server.url());
  spec.degraded_after = 40ms;
  auto x = p.check(spec);
  CHECK(x.verdict == verdict::degraded);
  CHECK(x.reason == reason::too_slow);
  CHECK(*x.timings.first_byte >= 40ms);
  spec.degraded_after = 4000ms;
  CHECK(p.check(spec).verdict == verdict::up);
}

TEST_CASE("what cannot be sent is our fault and is never sent") {
  loopback_server server{answering(http_answer(200))};
  probing p;
  auto broken = [&](auto change) {
    auto spec = http_spec(server.url());
    change(http_of(spec));
    auto x = p.check(spec);
    CHECK(x.verdict == verdict::error);
    CHECK(x.reason == reason::probe_error);
    CHECK_FALSE(x.message.empty());
    CHECK(x.started_at > timestamp{std::chrono::hours{24 * 365 * 50}});
  };
  broken([](http_check& c) { c.headers = {{"X", "a\r\nEvil: 1"}}; });
  broken([](http_check& c) { c.headers = {{"X\r\nEvil", "a"}}; });
  broken([](http_check& c) { c.headers = {{"", "a"}}; });
  broken([](http_check& c) { c.method = "GET / HTTP/1.1\r\nX:"; });
  broken([](http_check& c) { c.auth = {auth_kind::bearer, {}, {}, "a\r\nb"}; });
  broken([](http_check& c) { c.url = "http://user:secret@127.0.0.1/"; });
  broken([](http_check& c) { c.url = "ftp://127.0.0.1/"; });
  CHECK(server.accepted() == 0);
  monitor_spec heartbeat;
  heartbeat.check = heartbeat_check{};
  CHECK(p.check(heartbeat).verdict == verdict::error);
}

TEST_CASE("addresses that policy forbids are not connected to, however they are spelled") {
  loopback_server server{answering(http_answer(200))};
  probing p{net::network_options{}};
  for (std::string host : {"127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.1", "[::ffff:127.0.0.1]",
                           "localhost", "127.0.0.1.", "0", "[::]", "169.254.169.254", "[::7f00:1]"}) {
    INFO(host);
    auto x = p.check(http_spec("http://" + host + ":" + std::to_string(server.port()) + "/"));
    CHECK(x.verdict == verdict::down);
    CHECK(x.reason == reason::egress_denied);
  }
  CHECK(server.accepted() == 0);
}

TEST_CASE("a name with several addresses is reached at the first that answers") {
  loopback_server server{answering(http_answer(200)), "::1"};
  probing p;
  auto spec = http_spec(server.url("/", "localhost"));
  auto x = p.check(spec);
  INFO(x.message);
  CHECK(x.verdict == verdict::up);
  CHECK(x.remote_ip == "::1");
  spec.ip = ip_version::v4;
  CHECK(p.check(spec).reason == reason::connect_refused);
  spec.ip = ip_version::v6;
  CHECK(p.check(spec).verdict == verdict::up);
}
