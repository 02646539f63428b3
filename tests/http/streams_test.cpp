#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "http/raw_client.hpp"
#include "http/server/stream.hpp"
#include "http/test_server.hpp"

using namespace gochron;
using namespace gochron::test;
using namespace std::chrono_literals;

namespace {

struct recorder : http::stream_watcher {
  std::atomic<int> drains{0}, ends{0};
  void drained() override { ++drains; }
  void gone() override { ++ends; }
};

http::frame bytes(std::string x) {
  return std::make_shared<const std::string>(std::move(x));
}

/// A server, a client with a stream, and who watches it.
struct stream_world {
  explicit stream_world(http::options o = {}, int receive_buffer = 0)
    : server(std::move(o)), client(server.address, receive_buffer) {
    client.send(get("/later/stream"));
    ticket = server.take_held();
  }
  http::stream begin(std::size_t limit = 64 * 1024) {
    return http::stream::begin(ticket, {200, "text/event-stream", {}, "first\n"}, watcher, limit);
  }

  test_server server;
  raw_client client;
  http::ticket ticket;
  std::shared_ptr<recorder> watcher = std::make_shared<recorder>();
};

std::string body_of(const std::string& answer) {
  auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "no head: " + answer : answer.substr(end + 4);
}

} // namespace

TEST_CASE("a stream is its head, its first bytes and all frames in their order, up to the connection's end") {
  stream_world w;
  auto s = w.begin();
  std::string sent = "first\n";
  for (int i = 0; i < 500; ++i) {
    sent += std::to_string(i) + "\n";
    REQUIRE(s.send(bytes(std::to_string(i) + "\n")));
  }
  s.end(bytes("last\n"));
  CHECK_FALSE(s.send(bytes("too late\n")));
  auto answer = w.client.read_to_end();
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  CHECK(answer.find("Content-Length") == std::string::npos);
  CHECK(body_of(answer) == sent + "last\n");
  CHECK(eventually([&] { return w.watcher->ends == 1; }));
  CHECK(w.watcher->drains > 0);
}

TEST_CASE("a stream outlives the deadlines of handlers and of idle connections") {
  http::options o;
  o.deadlines.handler = 100ms;
  o.deadlines.idle = 100ms;
  stream_world w(o);
  auto s = w.begin();
  raw_client waits(w.server.address), idles(w.server.address);
  CHECK(idles.ask(get("/echo")).status == 200);
  CHECK(waits.ask(get("/later")).status == 503);
  CHECK(idles.is_closed_within(5s));
  REQUIRE(s.send(bytes("still here")));
  s.end(nullptr);
  CHECK(body_of(w.client.read_to_end()) == "first\nstill here");
}

TEST_CASE("what waits for a client that does not read is bounded, and the last word replaces it") {
  http::options o;
  stream_world w(o, 4096);
  auto s = w.begin();
  auto one = bytes(std::string(8 * 1024, 'x') + "\n");
  // The kernel takes what it likes; but then no more than the limit and a frame wait.
  REQUIRE(eventually([&] { return !s.send(one); }));
  CHECK_FALSE(s.send(one));
  s.cut(bytes("bye\n"));
  auto body = body_of(w.client.read_to_end());
  CHECK(body.ends_with("x\nbye\n"));
  // Whole frames came before: none was torn.
  CHECK((body.size() - std::string("first\nbye\n").size()) % one->size() == 0);
  CHECK(eventually([&] { return w.watcher->ends == 1; }));
}

TEST_CASE("a client that never reads loses its stream at the write deadline, and its neighbour's goes on") {
  http::options o;
  o.deadlines.write = 200ms;
  stream_world w(o, 4096);
  auto s = w.begin(1024 * 1024);
  auto one = bytes(std::string(64 * 1024, 'x'));
  raw_client other(w.server.address);
  other.send(get("/later/other"));
  auto watcher = std::make_shared<recorder>();
  auto t = http::stream::begin(w.server.take_held(), {200, "text/plain", {}, {}}, watcher, 1024);
  CHECK(eventually([&] {
    s.send(one); // until neither we nor the kernel has room
    return w.watcher->ends == 1;
  }));
  CHECK_FALSE(s.send(one));
  REQUIRE(t.send(bytes("here")));
  t.end(nullptr);
  CHECK(body_of(other.read_to_end()) == "here");
}

TEST_CASE("a client that leaves is noticed, and what is sent after it reaches nobody") {
  stream_world w;
  auto s = w.begin();
  w.client.close(); // not even a reset: it only ends its side
  REQUIRE(eventually([&] { return w.watcher->ends == 1; }));
  REQUIRE(eventually([&] { return w.server.server.stats().connections == 0; }));
  raw_client next(w.server.address);
  next.send(get("/later/next"));
  auto fresh = w.server.take_held();
  REQUIRE(fresh.fd == w.ticket.fd); // the lowest free descriptor is given out
  CHECK_FALSE(s.send(bytes("for the one who left")));
  s.end(bytes("likewise"));
  http::reply(fresh, text("for the next"));
  CHECK(next.read_reply().body == "for the next");
}

TEST_CASE("a stream for a client that left before it began is over at once") {
  stream_world w;
  w.client.reset();
  REQUIRE(eventually([&] { return w.server.server.stats().connections == 0; }));
  auto s = w.begin();
  CHECK(eventually([&] { return w.watcher->ends == 1; }));
  CHECK_FALSE(s.send(bytes("to nobody")));
}

TEST_CASE("a stream of a pipeline waits for its turn, and answers nothing behind it") {
  stream_world w;
  w.client.send(get("/later/second") + get("/later/third"));
  auto second = w.server.take_held(), third = w.server.take_held();
  auto s = http::stream::begin(second, {200, "text/plain", {}, "stream "}, w.watcher, 1024);
  REQUIRE(s.send(bytes("goes on ")));
  http::reply(third, text("never"));
  http::reply(w.ticket, text("answer"));
  auto first = w.client.read_reply();
  CHECK(first.body == "answer");
  s.end(bytes("to its end"));
  CHECK(body_of(w.client.read_to_end()) == "stream goes on to its end");
}

TEST_CASE("HEAD of a stream is its head alone") {
  test_server server;
  raw_client client(server.address);
  client.send("HEAD /later HTTP/1.1\r\nHost: x\r\n\r\n");
  auto watcher = std::make_shared<recorder>();
  auto s = http::stream::begin(server.take_held(), {200, "text/plain", {}, "first"}, watcher, 1024);
  auto answer = client.read_to_end();
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(body_of(answer).empty());
  CHECK(eventually([&] { return watcher->ends == 1; }));
}

TEST_CASE("a server that drains ends its streams, after what was sent") {
  stream_world w;
  auto s = w.begin();
  REQUIRE(s.send(bytes("sent before")));
  CHECK(w.server.server.drain(5s));
  CHECK(body_of(w.client.read_to_end()) == "first\nsent before");
  CHECK(w.watcher->ends == 1);
  CHECK_FALSE(s.send(bytes("after")));
}

TEST_CASE("a stream may be sent to after its server is gone") {
  http::stream s;
  auto watcher = std::make_shared<recorder>();
  {
    test_server server;
    raw_client client(server.address);
    client.send(get("/later"));
    s = http::stream::begin(server.take_held(), {200, "text/plain", {}, {}}, watcher, 1024);
  }
  CHECK(watcher->ends == 1);
  CHECK_FALSE(s.send(bytes("to nobody")));
}

namespace {

// Sends each client its own path, again and again, from threads of its own.
struct town_crier {
  void take(http::request r, http::ticket t) {
    auto watcher = std::make_shared<recorder>();
    auto s = http::stream::begin(t, {200, "text/plain", {}, {}}, watcher, 4096);
    auto path = bytes(std::string{r.target} + "\n");
    for (int i = 0; i < 3; ++i)
      s.send(path);
    std::lock_guard guard(mutex);
    streams.emplace_back(s, path);
    came.notify_one();
  }
  void run() {
    std::minstd_rand random;
    std::unique_lock lock(mutex);
    while (!done) {
      // A backlog, ended in any order: many are of clients that are gone, their descriptors taken.
      if (!came.wait_for(lock, 2ms, [&] { return streams.size() > 20; }))
        continue;
      std::swap(streams[random() % streams.size()], streams.back());
      auto [s, path] = streams.back();
      streams.pop_back();
      lock.unlock();
      s.send(path);
      s.end(path);
      lock.lock();
    }
  }
  std::mutex mutex;
  std::condition_variable came;
  std::vector<std::pair<http::stream, http::frame>> streams;
  std::atomic<bool> done{false};
};

} // namespace

TEST_CASE("no frame reaches another client, however many leave early") {
  town_crier crier;
  http::options o;
  o.reactors = 2;
  http::server server(o, [&](http::request r, http::ticket t) { crier.take(std::move(r), t); });
  auto address = server.listen("127.0.0.1:0").value();
  server.start();
  std::vector<std::thread> criers, clients;
  for (int i = 0; i < 2; ++i)
    criers.emplace_back([&] { crier.run(); });
  std::atomic<int> wrong{0}, read{0};
  for (int me = 0; me < 4; ++me)
    clients.emplace_back([&, me] {
      std::mt19937 random{static_cast<unsigned>(me)};
      for (int i = 0; i < 200; ++i) {
        auto path = "/" + std::to_string(me) + "-" + std::to_string(i);
        raw_client client(address);
        client.send(get(path));
        if (random() % 2 == 0) {
          client.reset();
          continue;
        }
        auto line = path + "\n";
        auto got = client.read_some(4096);
        auto body = body_of(got);
        ++read;
        for (std::size_t at = 0; at + line.size() <= body.size(); at += line.size())
          wrong += body.compare(at, line.size(), line) == 0 ? 0 : 1;
      }
    });
  for (auto& t : clients)
    t.join();
  crier.done = true;
  for (auto& t : criers)
    t.join();
  CHECK(wrong == 0);
  CHECK(read > 100);
  server.stop();
}
