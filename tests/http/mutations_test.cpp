#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

#include "http/raw_client.hpp"
#include "http/test_server.hpp"

using namespace gochron;
using namespace gochron::test;

namespace {

const std::vector<std::string> seeds{
    get("/echo?a=%20&b=+"),
    post("/echo", "hello"),
    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
        std::string{"5;x=y\r\nabcde\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n"},
    "PUT /a/b/c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nabcd",
    "HEAD / HTTP/1.0\r\nConnection: keep-alive, TE\r\nX-Forwarded-For: 1.2.3.4\r\nX-Request-Id: q\r\n\r\n",
    get("/echo") + post("/echo", "x") + get("/echo"),
};

const std::vector<std::string> tokens{
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    std::string(1, '\0'),
    " ",
    "\t",
    ":",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "HTTP/1.1",
    "HTTP/9.9",
    "%",
    "%00",
    "0\r\n\r\n",
    "FFFFFFFFFFFFFFFF\r\n",
    ";",
    ",",
    "\xff\xfe",
    "Host: b\r\n",
    "chunked",
    "-1",
    "\"",
    "Connection: close\r\n",
    std::string(300, 'A'),
    "?",
    "#",
    "&&",
    "==",
};

std::string mutated(std::mt19937& random) {
  auto s = seeds[random() % seeds.size()];
  for (auto n = 1 + random() % 4; n > 0 && !s.empty(); --n) {
    auto at = random() % s.size();
    switch (random() % 5) {
    case 0:
      s[at] = static_cast<char>(random());
      break;
    case 1:
      s.erase(at, 1 + random() % 8);
      break;
    case 2:
      s.insert(at, tokens[random() % tokens.size()]);
      break;
    case 3:
      s.insert(at, s.substr(random() % s.size(), random() % 40));
      break;
    default:
      s.resize(at);
      break;
    }
  }
  return s;
}

} // namespace

TEST_CASE("six thousand broken requests leave no trace: no 5xx but 501 and 505, no descriptor") {
  http::options o;
  o.deadlines.linger = std::chrono::milliseconds{20};
  test_server world(o);
  CHECK(raw_client(world.address).ask(get("/echo")).status == 200);
  REQUIRE(eventually([&] { return world.server.stats().connections == 0; }));
  auto before = open_descriptors();
  std::mt19937 random{20261123};
  std::size_t answers = 0;
  for (int i = 0; i < 6000; ++i) {
    auto bytes = mutated(random);
    INFO("mutation " << i);
    raw_client client(world.address);
    auto cut = bytes.empty() ? 0 : random() % bytes.size();
    client.send(std::string_view{bytes}.substr(0, cut));
    client.send(std::string_view{bytes}.substr(cut));
    client.half_close();
    auto all = client.read_to_end();
    for (auto at = all.find("HTTP/1.1 5"); at != std::string::npos; at = all.find("HTTP/1.1 5", at + 1)) {
      auto status = all.substr(at + 9, 3);
      REQUIRE((status == "501" || status == "505"));
    }
    answers += !all.empty();
  }
  CHECK(answers > 3000);
  CHECK(eventually([&] { return world.server.stats().connections == 0; }));
  CHECK(open_descriptors() == before);
  CHECK(raw_client(world.address).ask(get("/echo")).status == 200);
}
