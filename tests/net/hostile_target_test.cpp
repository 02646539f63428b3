#include "net/support/loopback_server.hpp"
#include "net/support/printing.hpp"
#include "net/support/probing.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

check_outcome check(loopback_server::script script, milliseconds timeout = 5000ms) {
  loopback_server server{std::move(script)};
  probing p;
  return p.check(http_spec(server.url(), timeout));
}

// Sends `first`, then `piece` again and again until the client goes away.
loopback_server::script flooding(std::string first, std::string piece) {
  return [=](peer& c) {
    c.read_head();
    c.send(first);
    while (c.send(piece)) {
    }
  };
}

} // namespace

TEST_CASE("a server that resets the connection") {
  auto x = check([](peer& c) {
    c.read_head();
    c.reset();
  });
  CHECK(x.verdict == verdict::down);
  CHECK(x.reason == reason::connect_reset);
}

TEST_CASE("a server that closes without a word") {
  auto x = check([](peer& c) { c.read_head(); });
  CHECK(x.reason == reason::protocol_error);
  CHECK(x.message == "The server closed the connection without answering.");
}

TEST_CASE("a server that takes the request and stays silent") {
  auto x = check([](peer& c) { c.wait_for_end(); }, 300ms);
  CHECK(x.reason == reason::first_byte_timeout);
  CHECK(x.response_time >= 290ms);
  CHECK(x.response_time < 2s);
  CHECK_FALSE(x.timings.first_byte);
}

TEST_CASE("a server that drips its headers or its body ends at the deadline") {
  const auto drip = [](std::string at_once, std::string slowly) {
    return [=](peer& c) {
      c.read_head();
      c.send(at_once);
      for (char b : slowly)
        if (!c.send(std::string(1, b)) || !c.pause(50ms))
          return;
    };
  };
  auto head = check(drip("", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), 300ms);
  CHECK(head.reason == reason::read_timeout);
  CHECK(head.response_time < 2s);
  CHECK_FALSE(head.http);
  auto body = check(drip("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", std::string(100, 'x')), 300ms);
  CHECK(body.reason == reason::read_timeout);
  CHECK(body.response_time < 2s);
  REQUIRE(body.http);
  CHECK(body.http->status == 200);
  CHECK_FALSE(body.http->body_excerpt.empty());
}

TEST_CASE("a body without end is read to the cap and judged on that") {
  for (std::string head :
       {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n"}) {
    auto x = check(flooding(head, std::string(4096, 'x')));
    CHECK(x.verdict == verdict::up);
    CHECK(x.response_time < 4s);
  }
  auto chunked = check(
      flooding("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "400\r\n" + std::string(1024, 'x') + "\r\n"));
  CHECK(chunked.verdict == verdict::up);
}

TEST_CASE("a flood of headers is a protocol error, in size and in number") {
  CHECK(check(flooding("HTTP/1.1 200 OK\r\n", "X-Filler: " + std::string(1000, 'x') + "\r\n")).reason ==
        reason::protocol_error);
  CHECK(check(flooding("HTTP/1.1 200 OK\r\nX: ", std::string(1000, 'x'))).reason == reason::protocol_error);
  std::string many;
  for (int i = 0; i < 101; ++i)
    many += "X-" + std::to_string(i) + ": 1\r\n";
  auto x = check(answering("HTTP/1.1 200 OK\r\n" + many + "\r\n"));
  CHECK(x.reason == reason::protocol_error);
  CHECK(x.message == "The server sent more than 100 headers.");
}

TEST_CASE("interim answers without end are a protocol error, a few are skipped") {
  CHECK(check(flooding("", "HTTP/1.1 103 Early Hints\r\n\r\n")).reason == reason::protocol_error);
  CHECK(check(answering("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + http_answer(200)))
            .verdict == verdict::up);
}

TEST_CASE("answers that are not HTTP, or whose length is wrong, are protocol errors") {
  for (std::string answer :
       {"220 smtp.example.com ESMTP\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nHalf: "}) {
    INFO(answer);
    auto x = check(answering(answer));
    CHECK(x.verdict == verdict::down);
    CHECK(x.reason == reason::protocol_error);
  }
}

TEST_CASE("more body than announced is not an error, nor is a body that ends with the connection") {
  CHECK(check(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokokok")).verdict == verdict::up);
  CHECK(check(answering("HTTP/1.0 200 OK\r\n\r\nuntil the end")).verdict == verdict::up);
  CHECK(check(answering("HTTP/1.1 204 No Content\r\n\r\n")).verdict == verdict::up);
}

TEST_CASE("what is kept of a failure is valid UTF-8 of at most 4 KiB") {
  auto x = check(answering(
      http_answer(500, "caf\xc3\xa9 \xff\xfe" + std::string("\0", 1) + std::string(10000, 'x'), "X-Bad: \xe9\r\n")));
  CHECK(x.reason == reason::status_mismatch);
  REQUIRE(x.http);
  CHECK(x.http->body_excerpt.starts_with("caf\xc3\xa9 \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdxxx"));
  CHECK(x.http->body_excerpt.size() <= 4096);
  CHECK(x.http->body_excerpt.size() > 4090);
  REQUIRE(x.http->headers.size() == 2);
  CHECK(x.http->headers[1] == std::pair<std::string, std::string>{"X-Bad", "\xef\xbf\xbd"});
}
