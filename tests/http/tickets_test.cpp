#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "http/raw_client.hpp"
#include "http/test_server.hpp"

using namespace gochron;
using namespace gochron::test;

namespace {

// Answers every request from threads of its own with the request's path, in no particular order.
class answering_threads {
public:
  explicit answering_threads(int n) {
    for (int i = 0; i < n; ++i)
      threads_.emplace_back([this] { run(); });
  }
  ~answering_threads() {
    {
      std::lock_guard guard(mutex_);
      done_ = true;
    }
    came_.notify_all();
    for (auto& t : threads_)
      t.join();
  }
  void take(http::request r, http::ticket t) {
    {
      std::lock_guard guard(mutex_);
      work_.emplace_back(std::move(r), t);
    }
    came_.notify_one();
  }

private:
  void run() {
    std::minstd_rand random;
    std::unique_lock lock(mutex_);
    for (;;) {
      // A backlog, answered in any order: many tickets are of clients that are gone, their descriptors taken.
      came_.wait_for(lock, std::chrono::milliseconds{2}, [&] { return done_ || work_.size() > 20; });
      if (work_.empty()) {
        if (done_)
          return;
        continue;
      }
      std::swap(work_[random() % work_.size()], work_.back());
      auto [r, t] = std::move(work_.back());
      work_.pop_back();
      lock.unlock();
      http::reply(t, text(std::string{r.target} + *r.body));
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::pair<http::request, http::ticket>> work_;
  bool done_ = false;
  std::vector<std::thread> threads_;
};

#if defined(__SANITIZE_THREAD__)
constexpr int rounds = 300;
#else
constexpr int rounds = 2500;
#endif
constexpr int client_threads = 8;

struct tally {
  std::atomic<int> read{0}, wrong{0};
};

// 70 % leave right after they asked: their descriptors are given to others while answers are on their way.
void come_and_go(const std::string& address, int me, tally& t) {
  std::mt19937 random{static_cast<unsigned>(me)};
  for (int i = 0; i < rounds; ++i) {
    auto path = "/" + std::to_string(me) + "-" + std::to_string(i);
    raw_client client(address);
    client.send(get(path));
    if (random() % 10 < 7) {
      if (random() % 2 == 0) // gone at once; after a mere FIN the server still owes the answer and keeps the descriptor
        client.reset();
      continue;
    }
    auto r = client.read_reply();
    ++t.read;
    t.wrong += r.status != 200 || r.body != path;
  }
}

} // namespace

TEST_CASE("no answer reaches another client, however many leave early") {
  answering_threads workers(2);
  http::options o;
  o.reactors = 2;
  auto handle = [&](http::request r, http::ticket t) {
    if (r.target.back() % 2 == 0)
      http::reply(t, text(std::string{r.target})); // on the reactor's thread
    else
      workers.take(std::move(r), t);
  };
  http::server server(o, handle);
  auto address = server.listen("127.0.0.1:0").value();
  server.start();
  auto before = open_descriptors();
  tally t;
  std::vector<std::thread> clients;
  for (int i = 0; i < client_threads; ++i)
    clients.emplace_back([&, i] { come_and_go(address, i, t); });
  for (auto& c : clients)
    c.join();
  CHECK(t.read > client_threads * rounds / 5);
  CHECK(t.wrong == 0);
  CHECK(eventually([&] { return server.stats().connections == 0; }));
  CHECK(open_descriptors() == before);
  server.stop();
}

TEST_CASE("an answer for a client that left is dropped, also when its descriptor has a new owner") {
  test_server world;
  raw_client gone(world.address);
  gone.send(get("/later/gone"));
  auto stale = world.take_held();
  gone.reset();
  REQUIRE(eventually([&] { return world.server.stats().connections == 0; }));
  raw_client next(world.address);
  next.send(get("/later/next"));
  auto fresh = world.take_held();
  REQUIRE(fresh.fd == stale.fd); // the lowest free descriptor is given out
  http::reply(stale, text("for the one who left"));
  http::reply(fresh, text("for the next"));
  CHECK(next.read_reply().body == "for the next");
  CHECK(eventually([&] { return world.server.stats().stale_replies == 1; }));
}

TEST_CASE("a second answer to the same request is dropped") {
  test_server world;
  raw_client client(world.address);
  client.send(get("/later"));
  auto t = world.take_held();
  http::reply(t, text("one"));
  http::reply(t, text("two"));
  CHECK(client.read_reply().body == "one");
  CHECK(client.ask(get("/echo")).body == "GET /echo ");
  CHECK(eventually([&] { return world.server.stats().stale_replies == 1; }));
}

TEST_CASE("a ticket may be answered after its server is gone, and after another one took its place") {
  http::ticket held;
  {
    test_server first;
    raw_client client(first.address);
    client.send(get("/later"));
    held = first.take_held();
  }
  http::reply(held, text("to nobody"));
  http::extend_deadline(held, std::chrono::seconds{1});
  test_server second;
  raw_client client(second.address);
  client.send(get("/later"));
  auto fresh = second.take_held();
  http::reply(held, text("to nobody"));
  http::reply(fresh, text("to you"));
  CHECK(client.read_reply().body == "to you");
}

TEST_CASE("answers from many threads all arrive") {
  answering_threads workers(4);
  http::server server({}, [&](http::request r, http::ticket t) { workers.take(std::move(r), t); });
  auto address = server.listen("127.0.0.1:0").value();
  server.start();
  std::vector<std::thread> clients;
  std::atomic<int> right{0};
  for (int i = 0; i < 4; ++i)
    clients.emplace_back([&, i] {
      raw_client client(address);
      for (int k = 0; k < 200; ++k) {
        auto body = std::to_string(i * 1000 + k);
        right += client.ask(post("/", body)).body == "/" + body;
      }
    });
  for (auto& c : clients)
    c.join();
  CHECK(right == 800);
  server.stop();
}
