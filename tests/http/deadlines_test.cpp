#include <catch2/catch.hpp>

#include <string>
#include <thread>

#include "http/raw_client.hpp"
#include "http/test_server.hpp"

using namespace gochron;
using namespace gochron::test;
using namespace std::chrono_literals;

namespace {

http::options with(std::chrono::milliseconds http::deadlines::*which, std::chrono::milliseconds value) {
  http::options o;
  o.deadlines.*which = value;
  return o;
}

} // namespace

TEST_CASE("a head that does not end in time is answered with 408, however steadily it drips") {
  test_server world(with(&http::deadlines::head, 60ms));
  raw_client client(world.address);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n");
  raw_client dripping(world.address);
  bool refused = false;
  dripping.send("GET / HTTP/1.1\r\nX: ");
  CHECK(
      eventually([&] { return (refused = refused || !dripping.send("a") || world.server.stats().timeout_head == 2); }));
  CHECK(client.read_reply().status == 408);
  CHECK(dripping.read_reply().status == 408);
}

TEST_CASE("a client that says nothing after it connected is closed without a word") {
  test_server world(with(&http::deadlines::head, 40ms));
  raw_client client(world.address);
  CHECK(client.read_to_end().empty());
  CHECK(world.server.stats().timeout_head == 1);
}

TEST_CASE("a body that does not end in time is answered with 408") {
  test_server world(with(&http::deadlines::body, 40ms));
  raw_client client(world.address);
  CHECK(client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab").status == 408);
  CHECK(client.read_to_end().empty());
  CHECK(world.server.stats().timeout_body == 1);
}

TEST_CASE("a head that stalls behind a request in work is answered after it") {
  test_server world(with(&http::deadlines::head, 40ms));
  raw_client client(world.address);
  client.send(get("/later") + "GET /");
  auto held = world.take_held();
  CHECK(eventually([&] { return world.server.stats().timeout_head == 1; }));
  http::reply(held, text("first"));
  CHECK(client.read_reply().body == "first");
  CHECK(client.read_reply().status == 408);
  CHECK(client.read_to_end().empty());
}

TEST_CASE("an idle connection is closed, one with a request in work is not, and its own time starts with the answer") {
  test_server world(with(&http::deadlines::idle, 150ms));
  raw_client idle(world.address), busy(world.address);
  busy.send(get("/later"));
  auto held = world.take_held();
  CHECK(idle.ask(get("/echo")).status == 200);
  CHECK(idle.read_to_end().empty());
  CHECK(world.server.stats().timeout_idle == 1);
  auto answered = std::chrono::steady_clock::now(); // at the earliest
  http::reply(held, text("late"));
  CHECK(busy.read_reply().body == "late");
  CHECK(busy.read_to_end().empty());
  CHECK(std::chrono::steady_clock::now() - answered > 100ms);
}

TEST_CASE("a request that nobody answers gets 503 at the handler deadline and the connection lives on") {
  test_server world(with(&http::deadlines::handler, 40ms));
  raw_client client(world.address);
  auto r = client.ask(get("/later"));
  CHECK(r.status == 503);
  CHECK(r.header("Retry-After") == "1");
  CHECK(r.header("Content-Type") == "application/problem+json");
  CHECK(r.header("Connection") == "keep-alive");
  CHECK(world.server.stats().timeout_handler == 1);

  http::reply(world.take_held(), text("too late"));
  CHECK(eventually([&] { return world.server.stats().stale_replies == 1; }));
  CHECK(client.ask(get("/echo")).body == "GET /echo ");
}

TEST_CASE("a late answer never takes the place of the next request's") {
  test_server world(with(&http::deadlines::handler, 60ms));
  raw_client client(world.address);
  CHECK(client.ask(get("/later/1")).status == 503);
  auto first = world.take_held();
  client.send(get("/later/2"));
  auto second = world.take_held();
  http::extend_deadline(second, 10s);
  http::reply(first, text("of the first"));
  http::reply(second, text("of the second"));
  CHECK(client.read_reply().body == "of the second");
}

TEST_CASE("the handler deadline can be put off for one request") {
  test_server world(with(&http::deadlines::handler, 50ms));
  raw_client patient(world.address), usual(world.address);
  patient.send(get("/later"));
  auto held = world.take_held();
  http::extend_deadline(held, 10s);
  CHECK(usual.ask(get("/later")).status == 503); // came later, so the first one's usual deadline is over as well
  http::reply(held, text("worth it"));
  CHECK(patient.read_reply().body == "worth it");
}

TEST_CASE("a client that does not read is dropped and nobody else notices") {
  auto o = with(&http::deadlines::write, 60ms);
  test_server world(o);
  raw_client slow(world.address, 4096), quick(world.address);
  slow.send(get("/later"));
  http::reply(world.take_held(), text(std::string(3'500'000, 'x')));
  CHECK(quick.ask(get("/echo")).status == 200);
  CHECK(eventually([&] { return world.server.stats().timeout_write == 1; }));
  CHECK(quick.ask(get("/echo")).status == 200);
}

TEST_CASE("a client for whom too much waits is dropped at once") {
  http::options o;
  o.limits.output = 1'000'000;
  test_server world(o);
  raw_client slow(world.address, 4096);
  slow.send(get("/later"));
  http::reply(world.take_held(), text(std::string(8'000'000, 'x')));
  CHECK(eventually([&] { return world.server.stats().dropped_slow == 1 && world.server.stats().connections == 0; }));
}

TEST_CASE("a slow but steady reader gets a large answer whole") {
  http::options o;
  o.limits.output = 64'000'000;
  test_server world(o);
  raw_client slow(world.address, 4096);
  slow.send(get("/later"));
  http::reply(world.take_held(), text(std::string(8'000'000, 'x')));
  CHECK(slow.read_reply().body.size() == 8'000'000);
}

TEST_CASE("after our last byte the client may talk on for the linger time and no longer") {
  test_server world(with(&http::deadlines::linger, 50ms));
  raw_client client(world.address);
  CHECK(client.ask(get("/echo", "Connection: close\r\n")).status == 200);
  client.send("more");
  CHECK(eventually([&] { return world.server.stats().connections == 0; }));
}
