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
