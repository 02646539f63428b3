#include "net/retry_after.hpp"
#include "net/support/certificates.hpp"
#include "net/support/loopback_server.hpp"
#include "net/support/printing.hpp"
#include "net/support/probing.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

class fixed_clock final : public wall_clock {
public:
  timestamp now() const override { return timestamp{1445412480s}; } // Wed, 21 Oct 2015 07:28:00 GMT
};

webhook_post post_to(std::string url, std::string body = "{}", seconds timeout = 5s) {
  return {std::move(url),
          {{"Content-Type", "application/json"}, {"webhook-id", "evt_1"}},
          std::make_shared<const std::string>(std::move(body)),
          timeout};
}

} // namespace

TEST_CASE("a webhook arrives byte for byte, and the answer is kept") {
  std::promise<std::string> got;
  const std::string body(100'000, 'b');
  loopback_server server{[&](peer& c) {
    auto all = c.read_head();
    while (!all.ends_with("b.")) {
      auto more = c.read_some();
      if (more.empty())
        break;
      all += more;
    }
    got.set_value(all);
    c.send(http_answer(202, "thanks", "X-Trace: 7\r\n"));
  }};
  auto options = loopback_only();
  options.clock = std::make_shared<fixed_clock>();
  probing p{options};
  auto x = p.post(post_to(server.url("/hook"), body + '.'));
  CHECK(x.ok());
  CHECK(x.status == 202);
  CHECK(x.error == reason::none);
  CHECK(x.message.empty());
  CHECK(x.response_body == "thanks");
  REQUIRE(x.response_headers.size() == 2);
  CHECK(x.response_headers[1] == std::pair<std::string, std::string>{"X-Trace", "7"});
  CHECK(x.remote_ip == "127.0.0.1");
  CHECK(x.started_at == timestamp{1445412480s});
  CHECK(x.timings.first_byte);
  auto request = got.get_future().get();
  CHECK(request.starts_with("POST /hook HTTP/1.1\r\n"));
  CHECK(request.find("\r\nwebhook-id: evt_1\r\n") != std::string::npos);
  CHECK(request.find("\r\nContent-Length: 100001\r\n") != std::string::npos);
  CHECK(request.ends_with("\r\n\r\n" + body + '.'));
}

TEST_CASE("a redirect is a failure and is not followed") {
  loopback_server target{answering(http_answer(200))};
  loopback_server server{answering(http_answer(307, "", "Location: " + target.url() + "\r\n"))};
  probing p;
  auto x = p.post(post_to(server.url()));
  CHECK_FALSE(x.ok());
  CHECK(x.status == 307);
  CHECK(x.error == reason::status_mismatch);
  CHECK(x.message == "The receiver answered 307.");
  CHECK(target.accepted() == 0);
}

TEST_CASE("the ways in which a receiver is not there are told apart") {
  probing p;
  CHECK(p.post(post_to("http://127.0.0.1:" + std::to_string(unused_port()))).error == reason::connect_refused);
  black_hole hole;
  CHECK(p.post(post_to("http://127.0.0.1:" + std::to_string(hole.port()), "{}", 1s)).error == reason::connect_timeout);
  loopback_server silent{[](peer& c) { c.wait_for_end(); }};
  auto x = p.post(post_to(silent.url(), "{}", 1s));
  CHECK(x.error == reason::first_byte_timeout);
  CHECK(x.status == 0);
  CHECK(x.duration < 3s);
  loopback_server half{[](peer& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nX");
    c.wait_for_end();
  }};
  CHECK(p.post(post_to(half.url(), "{}", 1s)).error == reason::read_timeout);
  CHECK(p.post(post_to("http://10.0.0.1/")).error == reason::egress_denied);
  CHECK(p.post(post_to("http://u:p@127.0.0.1/")).error == reason::probe_error);
  auto context = server_context(make_identity({}));
  loopback_server untrusted{answering(http_answer(200)), "127.0.0.1", context.get()};
  CHECK(p.post(post_to(untrusted.url())).error == reason::tls_untrusted);
}

TEST_CASE("a receiver that says yes and stalls has received") {
  loopback_server server{[](peer& c) {
    c.read_head();
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
    c.wait_for_end();
  }};
  probing p;
  auto x = p.post(post_to(server.url(), "{}", 1s));
  CHECK(x.ok());
  CHECK(x.error == reason::none);
  CHECK(x.response_body == "part");
}

TEST_CASE("of an answer at most 50 headers and 16 KiB of valid UTF-8 are kept") {
  std::string headers;
  for (int i = 0; i < 90; ++i)
    headers += "X-" + std::to_string(i) + ": v\r\n";
  loopback_server server{answering(http_answer(500, "\xff" + std::string(100'000, 'x'), headers))};
  probing p;
  auto x = p.post(post_to(server.url()));
  CHECK(x.status == 500);
  CHECK(x.response_headers.size() == 50);
  CHECK(x.response_body.size() <= 16 * 1024);
  CHECK(x.response_body.starts_with("\xef\xbf\xbdxxx"));
}

TEST_CASE("Retry-After is read as seconds or as a date") {
  const timestamp now{1445412480s};
  using net::parse_retry_after;
  CHECK(parse_retry_after("120", now) == 120s);
  CHECK(parse_retry_after("0", now) == 0s);
  CHECK(parse_retry_after("99999999999999999999", now) == seconds{30 * 24 * 3600});
  CHECK(parse_retry_after("Wed, 21 Oct 2015 07:29:00 GMT", now) == 60s);
  CHECK(parse_retry_after("Wednesday, 21-Oct-15 07:29:00 GMT", now) == 60s);
  CHECK(parse_retry_after("Wed Oct 21 07:29:00 2015", now) == 60s);
  CHECK(parse_retry_after("Wed, 21 Oct 2015 07:00:00 GMT", now) == 0s);
  for (auto bad : {"", "soon", "-5", "1.5", "12 ", "Wed, 21 Oct 2015"})
    CHECK_FALSE(parse_retry_after(bad, now));
  loopback_server server{answering(http_answer(429, "", "Retry-After: Wed, 21 Oct 2015 07:30:00 GMT\r\n"))};
  auto options = loopback_only();
  options.clock = std::make_shared<fixed_clock>();
  probing p{options};
  CHECK(p.post(post_to(server.url())).retry_after == 120s);
}

TEST_CASE("posts to a receiver share a connection for as long as it keeps it open") {
  loopback_server server{[](peer& c) {
    while (!c.read_head().empty())
      c.send(http_answer(200));
  }};
  probing p;
  for (int i = 0; i < 3; ++i) {
    auto x = p.post(post_to(server.url()));
    CHECK(x.ok());
    CHECK(x.remote_ip == "127.0.0.1");
    CHECK(x.timings.connect.has_value() == (i == 0));
  }
  CHECK(server.accepted() == 1);
}

TEST_CASE("a receiver that says close gets a connection for each post") {
  loopback_server server{answering(http_answer(200, "", "Connection: close\r\n"))};
  probing p;
  CHECK(p.post(post_to(server.url())).ok());
  CHECK(p.post(post_to(server.url())).ok());
  CHECK(server.accepted() == 2);
}

TEST_CASE("a kept connection that the receiver drops at the next post costs no attempt") {
  loopback_server server{[](peer& c) {
    c.read_head();
    c.send(http_answer(200));
    c.read_head();
  }};
  probing p;
  for (int i = 0; i < 3; ++i)
    CHECK(p.post(post_to(server.url())).ok());
  CHECK(server.accepted() == 3);
}

TEST_CASE("what a receiver sends unasked is not taken for the next answer") {
  loopback_server server{[](peer& c) {
    while (!c.read_head().empty())
      c.send(http_answer(200) + http_answer(500));
  }};
  probing p;
  CHECK(p.post(post_to(server.url())).status == 200);
  CHECK(p.post(post_to(server.url())).status == 200);
  CHECK(server.accepted() == 2);
}

TEST_CASE("a connection whose certificate was refused is not kept") {
  auto context = server_context(make_identity({}));
  loopback_server refused{answering(http_answer(200)), "127.0.0.1", context.get()};
  probing p;
  CHECK(p.post(post_to(refused.url())).error == reason::tls_untrusted);
  CHECK(p.post(post_to(refused.url())).error == reason::tls_untrusted);
  CHECK(refused.accepted() == 2);
}
