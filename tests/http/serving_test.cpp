#include <catch2/catch.hpp>

#include <string>

#include "http/raw_client.hpp"
#include "http/test_server.hpp"

using namespace gochron;
using namespace gochron::test;

TEST_CASE("a request is answered and the connection kept") {
  test_server world;
  raw_client client(world.address);
  auto first = client.ask(get("/echo?x=1"));
  CHECK(first.status == 200);
  CHECK(first.body == "GET /echo?x=1 ");
  CHECK(first.header("Connection") == "keep-alive");
  CHECK(first.header("Date").ends_with(" GMT"));
  CHECK_FALSE(first.header("X-Request-Id").empty());
  CHECK(client.ask(post("/echo", "abc")).body == "POST /echo abc");
}

TEST_CASE("HEAD is refused without a body, whether its head or its body is wrong") {
  test_server world;
  for (const auto* bytes :
       {"HEAD /echo HTTP/1.1\r\n\r\n", "HEAD /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n",
        "HEAD /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"}) {
    INFO(bytes);
    raw_client client(world.address);
    client.send(bytes);
    auto r = client.read_reply(true);
    CHECK(r.status >= 400);
    CHECK(r.header("Content-Length") != "0");
    CHECK(client.read_to_end().empty());
  }
}

TEST_CASE("HEAD is answered with the length of the body and without the body") {
  test_server world;
  raw_client client(world.address);
  client.send("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n" + get("/next"));
  auto head = client.read_reply(true);
  CHECK(head.status == 200);
  CHECK(head.header("Content-Length") == "11");
  CHECK(client.read_reply().body == "GET /next ");
}

TEST_CASE("the end of a connection is what both sides said") {
  test_server world;
  auto said = [&](const std::string& bytes) {
    raw_client client(world.address);
    auto decision = client.ask(bytes).header("Connection");
    bool closed = client.is_closed_within(std::chrono::milliseconds{decision == "close" ? 5000 : 50});
    CHECK(closed == (decision == "close"));
    return decision;
  };
  CHECK(said(get("/echo")) == "keep-alive");
  CHECK(said(get("/echo", "Connection: close\r\n")) == "close");
  CHECK(said(get("/echo", "Connection: TE, close\r\n")) == "close");
  CHECK(said(get("/echo", "Connection: keep-alive\r\n")) == "keep-alive");
  CHECK(said("GET /echo HTTP/1.0\r\n\r\n") == "close");
  CHECK(said("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") == "keep-alive");
}

TEST_CASE("what follows Connection: close is not looked at") {
  test_server world;
  raw_client client(world.address);
  client.send(get("/echo", "Connection: close\r\n") + get("/echo"));
  CHECK(client.read_reply().status == 200);
  CHECK(client.read_to_end().empty());
  CHECK(world.server.stats().requests == 1);
}

TEST_CASE("answers leave in the order of the requests, whatever the order in which they are given") {
  test_server world;
  raw_client client(world.address);
  client.send(get("/later/1") + get("/later/2") + get("/echo") + get("/later/3"));
  auto one = world.take_held(), two = world.take_held(), three = world.take_held();
  http::reply(three, text("three"));
  http::reply(two, text("two"));
  http::reply(one, text("one"));
  CHECK(client.read_reply().body == "one");
  CHECK(client.read_reply().body == "two");
  CHECK(client.read_reply().body == "GET /echo ");
  CHECK(client.read_reply().body == "three");
}

TEST_CASE("a pipeline is taken up to its limit, then read on as answers leave") {
  http::options o;
  o.limits.pipeline = 4;
  test_server world(o);
  raw_client client(world.address);
  std::string all;
  for (int i = 0; i < 10; ++i)
    all += get("/later");
  client.send(all);
  for (int i = 0; i < 10; ++i) {
    auto t = world.take_held();
    CHECK(world.server.stats().requests <= static_cast<std::uint64_t>(i) + 4);
    http::reply(t, text(std::to_string(i)));
    CHECK(client.read_reply().body == std::to_string(i));
  }
}

TEST_CASE("a long pipeline of quick requests is answered to its end") {
  test_server world;
  raw_client client(world.address);
  std::string all;
  for (int i = 0; i < 1000; ++i)
    all += post("/echo", std::to_string(i));
  client.send(all);
  for (int i = 0; i < 1000; ++i)
    REQUIRE(client.read_reply().body == "POST /echo " + std::to_string(i));
}

TEST_CASE("a request that changes something waits for the ones before it, and the ones after wait for it") {
  test_server world;
  raw_client client(world.address);
  client.send(get("/later/1") + post("/later/2", "x") + get("/later/3"));
  auto first = world.take_held();
  CHECK(world.held_count() == 0);
  http::reply(first, text("1"));
  auto second = world.take_held();
  CHECK(world.held_count() == 0);
  http::reply(second, text("2"));
  http::reply(world.take_held(), text("3"));
  for (auto body : {"1", "2", "3"})
    CHECK(client.read_reply().body == body);
}

TEST_CASE("a client that half-closes gets the answers to all that it asked") {
  test_server world;
  raw_client client(world.address);
  client.send(get("/later/1") + get("/later/2"));
  client.half_close();
  http::reply(world.take_held(), text("one"));
  http::reply(world.take_held(), text("two"));
  CHECK(client.read_reply().body == "one");
  CHECK(client.read_reply().body == "two");
  CHECK(client.read_to_end().empty());
  CHECK(eventually([&] { return world.server.stats().connections == 0; }));
}

TEST_CASE("the body is asked for with 100 only when it will be read") {
  http::options o;
  o.body_limit = [](std::string_view, std::string_view path) { return path == "/small" ? 10U : 1000U; };
  test_server world(o);
  auto expecting = [](std::string path, int size) {
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(size) +
           "\r\n\r\n";
  };
  raw_client client(world.address);
  auto go_on = client.ask(expecting("/echo", 3));
  CHECK(go_on.head == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(client.ask("abc").body == "POST /echo abc");
  CHECK(client.ask(expecting("/echo", 3) + "abc").status == 200);
  CHECK(client.ask(expecting("/small", 11)).status == 413);
}

TEST_CASE("a body limit is the route's own, and chunked bodies meet it too") {
  http::options o;
  o.limits.body = 100;
  o.body_limit = [](std::string_view method, std::string_view path) {
    return method == "POST" && path == "/small" ? 10U : 1'000'000U;
  };
  test_server world(o);
  auto status = [&](const std::string& bytes) { return raw_client(world.address).ask(bytes).status; };
  CHECK(status(post("/small?x", std::string(10, 'a'))) == 200);
  CHECK(status(post("/small?x", std::string(11, 'a'))) == 413);
  CHECK(status(post("/large", std::string(100, 'a'))) == 200);
  CHECK(status(post("/large", std::string(101, 'a'))) == 413);
  std::string head = "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(status(head + "5\r\nabcde\r\n5\r\nabcde\r\n0\r\n\r\n") == 200);
  CHECK(status(head + "5\r\nabcde\r\n6\r\nabcdef\r\n0\r\n\r\n") == 413);
}

TEST_CASE("whatever a handler throws becomes a 500 that tells nothing but the request id") {
  test_server world;
  raw_client client(world.address);
  for (auto path : {"/throw", "/throw-int"}) {
    auto r = client.ask(get(path, "X-Request-Id: my.id-1\r\n"));
    CHECK(r.status == 500);
    CHECK(r.header("X-Request-Id") == "my.id-1");
    CHECK(r.body.find("my.id-1") != std::string::npos);
    CHECK(r.body.find("secret") == std::string::npos);
  }
  CHECK(client.ask(get("/echo")).status == 200);
}

TEST_CASE("an answer that would break the protocol is not sent") {
  test_server world;
  raw_client client(world.address);
  for (auto value : {"a\r\nSet-Cookie: x", "a\nb", "a\rb"}) {
    client.send(get("/later"));
    http::reply(world.take_held(), {200, "text/plain", {{"X-Name", value}}, "body", false});
    auto r = client.read_reply();
    CHECK(r.status == 500);
    CHECK(r.head.find("Set-Cookie") == std::string::npos);
  }
}

TEST_CASE("a request id is taken over when it is harmless and made when it is not") {
  test_server world;
  raw_client client(world.address);
  auto id_for = [&](const std::string& offered) {
    return client.ask(get("/echo", "X-Request-Id: " + offered + "\r\n")).header("X-Request-Id");
  };
  CHECK(id_for("Az09._-") == "Az09._-");
  CHECK(id_for(std::string(128, 'a')) == std::string(128, 'a'));
  for (const auto& bad : {std::string(129, 'a'), std::string("a b"), std::string("a\"b"), std::string()})
    CHECK(id_for(bad).size() == 15);
  CHECK(id_for("") != id_for(""));
}

TEST_CASE("X-Forwarded-For is believed from trusted proxies only") {
  auto peer_seen = [](std::vector<std::string> trusted) {
    http::options o;
    o.trusted_proxies = std::move(trusted);
    test_server world(o);
    raw_client client(world.address);
    return client.ask(get("/echo", "X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\nX-Forwarded-For: 10.1.2.3\r\n"))
        .header("X-Peer");
  };
  CHECK(peer_seen({}) == "127.0.0.1");
  CHECK(peer_seen({"127.0.0.1"}) == "10.1.2.3");
  CHECK(peer_seen({"127.0.0.0/8", "10.0.0.0/8"}) == "198.51.100.7");
}
