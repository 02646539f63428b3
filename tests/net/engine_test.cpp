#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "net/support/loopback_server.hpp"
#include "net/support/printing.hpp"
#include "net/support/probing.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

// Collects the outcomes of many checks.
struct collector {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<check_outcome> outcomes;

  std::function<void(check_outcome)> taker() {
    return [this](check_outcome x) {
      std::lock_guard lock{mutex};
      outcomes.push_back(std::move(x));
      changed.notify_all();
    };
  }
  bool wait_for(std::size_t n, milliseconds bound = 20s) {
    std::unique_lock lock{mutex};
    return changed.wait_for(lock, bound, [&] { return outcomes.size() >= n; });
  }
};

std::shared_ptr<const monitor_spec> shared(monitor_spec x) {
  return std::make_shared<const monitor_spec>(std::move(x));
}

} // namespace

TEST_CASE("one slow target does not delay two hundred others") {
  loopback_server slow{[](peer& c) { c.wait_for_end(); }};
  loopback_server fast{answering(http_answer(200))};
  collector slow_one;
  collector others;
  probing p;
  p.network.checks().probe({{}, shared(http_spec(slow.url(), 60s))}, slow_one.taker());
  for (int i = 0; i < 200; ++i)
    p.network.checks().probe({{}, shared(http_spec(fast.url(), 15s))}, others.taker());
  REQUIRE(others.wait_for(200));
  for (const auto& x : others.outcomes)
    CHECK(x.verdict == verdict::up);
  CHECK(slow_one.outcomes.empty());
  CHECK(p.network.stats().checks.in_flight == 1);
  CHECK(p.network.stats().checks.done[0] == 200);
}

TEST_CASE("stopping answers what is under way, what waits, and what comes later, at once") {
  loopback_server silent{[](peer& c) { c.wait_for_end(); }};
  black_hole hole;
  auto options = loopback_only();
  options.checks = {3, 100};
  options.dns.nameservers = {"127.0.0.1:" + std::to_string(unused_port())};
  collector all;
  net::network network{options};
  network.start();
  network.checks().probe({{}, shared(http_spec(silent.url(), 60s))}, all.taker());
  network.checks().probe({{}, shared(http_spec(silent.url().replace(0, 4, "https"), 60s))}, all.taker());
  network.checks().probe({{}, shared(tcp_spec("127.0.0.1", hole.port(), 60s))}, all.taker());
  for (int i = 0; i < 20; ++i)
    network.checks().probe({{}, shared(http_spec(silent.url(), 60s))}, all.taker());
  std::promise<delivery_attempt> posted;
  network.senders().post({silent.url(), {}, nullptr, 30s}, [&](delivery_attempt x) { posted.set_value(x); });
  const auto begun = std::chrono::steady_clock::now();
  network.stop();
  CHECK(std::chrono::steady_clock::now() - begun < 5s);
  REQUIRE(all.outcomes.size() == 23);
  for (const auto& x : all.outcomes) {
    CHECK(x.verdict == verdict::error);
    CHECK(x.reason == reason::probe_error);
  }
  CHECK(posted.get_future().get().error == reason::probe_error);
  network.checks().probe({{}, shared(http_spec(silent.url()))}, all.taker());
  CHECK(all.outcomes.size() == 24);
  CHECK(network.stats().checks.in_flight == 0);
  CHECK(network.stats().checks.queued == 0);
}

TEST_CASE("a network that was never started answers when it is stopped") {
  net::network network{loopback_only()};
  collector all;
  network.checks().probe({{}, shared(http_spec("http://127.0.0.1:1/"))}, all.taker());
  CHECK(all.outcomes.empty());
  network.stop();
  REQUIRE(all.outcomes.size() == 1);
  CHECK(all.outcomes[0].verdict == verdict::error);
}

TEST_CASE("checks wait for their turn as long as it takes; what does not fit into the queue is refused") {
  std::promise<void> open_up;
  loopback_server gated{[gate = open_up.get_future().share()](peer& c) {
    c.read_head();
    gate.wait();
    c.send(http_answer(200));
  }};
  auto options = loopback_only();
  options.checks = {1, 5};
  collector first;
  collector waiting;
  collector crowd;
  probing p{options};
  p.network.checks().probe({{}, shared(http_spec(gated.url(), 60s))}, first.taker());
  for (int i = 0; i < 10'000 && p.network.stats().checks.in_flight == 0; ++i)
    std::this_thread::sleep_for(1ms);
  REQUIRE(p.network.stats().checks.in_flight == 1);
  for (int i = 0; i < 5; ++i)
    p.network.checks().probe({{}, shared(http_spec(gated.url(), 10s))}, waiting.taker());
  for (int i = 0; i < 50; ++i)
    p.network.checks().probe({{}, shared(http_spec(gated.url(), 10s))}, crowd.taker());
  REQUIRE(crowd.wait_for(50));
  for (const auto& x : crowd.outcomes) {
    CHECK(x.verdict == verdict::error);
    CHECK(x.message == "Too many attempts are waiting already.");
  }
  CHECK(p.network.stats().checks.queued == 5);
  open_up.set_value();
  REQUIRE(waiting.wait_for(5));
  for (const auto& x : waiting.outcomes)
    CHECK(x.verdict == verdict::up);
}

TEST_CASE("a post that waits too long for its turn is given up") {
  loopback_server silent{[](peer& c) { c.wait_for_end(); }};
  auto options = loopback_only();
  options.webhooks = {1, 5};
  probing p{options};
  p.network.senders().post({silent.url(), {}, nullptr, 60s}, [](delivery_attempt) {});
  for (int i = 0; i < 10'000 && p.network.stats().webhooks.in_flight == 0; ++i)
    std::this_thread::sleep_for(1ms);
  std::promise<delivery_attempt> second;
  p.network.senders().post({silent.url(), {}, nullptr, 1s}, [&](delivery_attempt x) { second.set_value(x); });
  CHECK(second.get_future().get().message == "The attempt waited too long for its turn.");
}

TEST_CASE("checks begin no faster than those under way are served, in the order they were due") {
  std::size_t running = 0;
  std::size_t most = 0;
  std::vector<int> begun;
  std::promise<void> all_done;
  constexpr int many = 2000;
  net::engine engine{net::engine_options{}};
  for (int i = 0; i < many; ++i) {
    net::job<check_outcome> x;
    x.work = [&, i](net::services& s) -> asio::awaitable<check_outcome> {
      begun.push_back(i);
      most = std::max(most, ++running);
      asio::use_awaitable_t<> served;
      co_await asio::post(s.io, served);
      --running;
      co_return check_outcome{};
    };
    x.refused = [](const std::string&) { return check_outcome{}; };
    x.done = [&, last = i + 1 == many](const check_outcome&) {
      if (last)
        all_done.set_value();
    };
    engine.submit(std::move(x));
  }
  engine.start();
  all_done.get_future().wait();
  engine.stop();
  CHECK(most <= 64);
  CHECK(std::is_sorted(begun.begin(), begun.end()));
  CHECK(begun.size() == many);
}

TEST_CASE("work may be submitted from many threads") {
  loopback_server fast{answering(http_answer(200))};
  collector all;
  probing p;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        p.network.checks().probe({{}, shared(http_spec(fast.url(), 15s))}, all.taker());
    });
  for (auto& t : threads)
    t.join();
  REQUIRE(all.wait_for(200));
  CHECK(p.network.stats().checks.done[0] == 200);
}

TEST_CASE("a check that no socket is left for says so, and the next one works again") {
  loopback_server fast{answering(http_answer(200))};
  probing p;
  REQUIRE(p.check(http_spec(fast.url())).verdict == verdict::up);
  std::vector<int> hoard;
  for (int fd = ::dup(0); fd >= 0 && hoard.size() < 100'000; fd = ::dup(0))
    hoard.push_back(fd);
  auto x = p.check(http_spec(fast.url()));
  for (int fd : hoard)
    ::close(fd);
  CHECK(x.verdict == verdict::error);
  CHECK(x.reason == reason::probe_error);
  CHECK(p.check(http_spec(fast.url())).verdict == verdict::up);
}
