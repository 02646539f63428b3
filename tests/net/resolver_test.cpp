#include "net/resolver.hpp"

#include <catch2/catch.hpp>

#include "net/support/dns_server.hpp"
#include "net/support/loopback_server.hpp"
#include "net/support/printing.hpp"
#include "net/support/probing.hpp"

using namespace gochron;
using namespace gochron::testing;
using kind = dns_reply::kind;

namespace {

net::network_options asking(const dns_server& server) {
  auto out = loopback_only();
  out.dns.nameservers = {server.address()};
  out.dns.query_timeout = 5s;
  out.dns.min_ttl = 0s;
  return out;
}

dns_server::handler only_v4(std::vector<std::string> addresses) {
  return [=](const std::string&, bool v6) {
    return dns_reply{kind::answer, v6 ? std::vector<std::string>{} : addresses};
  };
}

} // namespace

TEST_CASE("a name is resolved, timed, and remembered while its TTL lasts") {
  loopback_server web{answering(http_answer(200))};
  dns_server dns{only_v4({"127.0.0.1"})};
  probing p{asking(dns)};
  auto x = p.check(http_spec(web.url("/", "www.example.test")));
  INFO(x.message);
  CHECK(x.verdict == verdict::up);
  CHECK(x.timings.dns);
  CHECK(x.remote_ip == "127.0.0.1");
  const int asked = dns.questions();
  CHECK(p.check(http_spec(web.url("/", "WWW.example.test."))).verdict == verdict::up);
  CHECK(dns.questions() == asked);
}

TEST_CASE("the ways in which a name cannot be resolved are told apart") {
  struct row {
    kind what;
    reason why;
    gochron::verdict verdict;
  };
  const std::vector<row> rows{{kind::nxdomain, reason::dns_nxdomain, verdict::down},
                              {kind::answer, reason::dns_nxdomain, verdict::down},
                              {kind::servfail, reason::dns_servfail, verdict::down},
                              {kind::silence, reason::dns_timeout, verdict::down},
                              {kind::refused, reason::probe_error, verdict::error}};
  for (const auto& r : rows) {
    dns_server dns{[&](const std::string&, bool) { return dns_reply{r.what, {}}; }};
    probing p{asking(dns)};
    for (auto ip : {ip_version::any, ip_version::v4, ip_version::v6}) {
      auto spec = http_spec("http://www.example.test/", 400ms);
      spec.ip = ip;
      auto x = p.check(spec);
      INFO(x.message);
      CHECK(x.verdict == r.verdict);
      CHECK(x.reason == r.why);
      CHECK(x.response_time < 2s);
      CHECK(x.timings.dns);
    }
  }
}

TEST_CASE("a name server that is ill is passed over, and what all of them say is said") {
  loopback_server web{answering(http_answer(200))};
  for (auto ill : {kind::servfail, kind::refused}) {
    dns_server first{[&](const std::string&, bool) { return dns_reply{ill, {}}; }};
    dns_server second{only_v4({"127.0.0.1"})};
    dns_server third{[&](const std::string&, bool) { return dns_reply{kind::servfail, {}}; }};
    auto options = asking(first);
    options.dns.nameservers.push_back(second.address());
    probing p{options};
    CHECK(p.check(http_spec(web.url("/", "www.example.test"))).verdict == verdict::up);
    CHECK(second.questions() > 0);
    options.dns.nameservers[1] = third.address();
    probing q{options};
    auto x = q.check(http_spec(web.url("/", "www.example.test")));
    CHECK(x.verdict == verdict::down);
    CHECK(x.reason == reason::dns_servfail);
  }
}

TEST_CASE("a name that does not exist is not looked for elsewhere") {
  dns_server first{[](const std::string&, bool) { return dns_reply{kind::nxdomain, {}}; }};
  dns_server second{only_v4({"127.0.0.1"})};
  auto options = asking(first);
  options.dns.nameservers.push_back(second.address());
  probing p{options};
  CHECK(p.check(http_spec("http://www.example.test/")).reason == reason::dns_nxdomain);
  CHECK(second.questions() == 0);
}

TEST_CASE("a name server that is not there is our fault") {
  auto options = loopback_only();
  options.dns.nameservers = {"127.0.0.1:" + std::to_string(unused_port())};
  options.dns.query_timeout = 200ms;
  probing p{options};
  auto x = p.check(http_spec("http://www.example.test/"));
  CHECK(x.verdict == verdict::error);
  CHECK(x.reason == reason::probe_error);
}

TEST_CASE("a name server that ignores AAAA does not delay a name that has A") {
  loopback_server web{answering(http_answer(200))};
  dns_server dns{[](const std::string&, bool v6) {
    return v6 ? dns_reply{kind::silence, {}} : dns_reply{kind::answer, {"127.0.0.1"}};
  }};
  probing p{asking(dns)};
  auto x = p.check(http_spec(web.url("/", "www.example.test")));
  CHECK(x.verdict == verdict::up);
  CHECK(*x.timings.dns < 1s);
}

TEST_CASE("a name whose address turns forbidden is refused at once") {
  loopback_server web{answering(http_answer(200))};
  std::atomic<int> round{0};
  dns_server dns{[&](const std::string&, bool v6) {
    if (v6)
      return dns_reply{kind::answer, {}, 0};
    return dns_reply{kind::answer, {round++ == 0 ? "127.0.0.1" : "127.0.0.2"}, 0};
  }};
  probing p{asking(dns)};
  auto spec = http_spec(web.url("/", "rebind.example.test"));
  CHECK(p.check(spec).verdict == verdict::up);
  auto x = p.check(spec);
  CHECK(x.verdict == verdict::down);
  CHECK(x.reason == reason::egress_denied);
}

TEST_CASE("of several addresses only the permitted are used") {
  loopback_server web{answering(http_answer(200))};
  dns_server dns{only_v4({"127.0.0.2", "169.254.169.254", "127.0.0.1"})};
  probing p{asking(dns)};
  auto x = p.check(http_spec(web.url("/", "mixed.example.test")));
  CHECK(x.verdict == verdict::up);
  CHECK(x.remote_ip == "127.0.0.1");
}

TEST_CASE("equal questions under way are asked once, and the cache is bounded") {
  dns_server dns{only_v4({"127.0.0.2"})};
  asio::io_context io;
  net::dns_options options;
  options.nameservers = {dns.address()};
  options.max_entries = 8;
  net::resolver r{io, options};
  int answered = 0;
  const auto ask = [&](const std::string& name) {
    asio::co_spawn(
        io, r.resolve(name, ip_version::v4, std::chrono::steady_clock::now() + 5s),
        [&](std::exception_ptr, net::outcome<std::vector<net::ip_address>> x) { answered += x.has_value(); });
  };
  for (int i = 0; i < 100; ++i)
    ask("same.example.test");
  while (answered < 100 && io.run_one_for(5s) > 0) {
  }
  CHECK(answered == 100);
  CHECK(dns.questions() == 1);
  for (int i = 0; i < 50; ++i) {
    ask("n" + std::to_string(i) + ".example.test");
    while (answered < 101 + i && io.run_one_for(5s) > 0) {
    }
  }
  CHECK(answered == 150);
  CHECK(r.cached() <= 8);
  r.close();
  io.run_for(5s);
}

TEST_CASE("options that are not name servers are refused") {
  auto options = loopback_only();
  options.dns.nameservers = {"not an address"};
  CHECK_THROWS_AS(net::network{options}, std::runtime_error);
}
