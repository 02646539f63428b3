#include <catch2/catch.hpp>

#include "http/raw_client.hpp"
#include "http/shapes.hpp"
#include "http/test_server.hpp"

using namespace gochron;
using namespace gochron::test;

TEST_CASE("a shape on which servers disagree is refused once, as problem+json, and the connection ends") {
  test_server world;
  for (const auto& s : refused_shapes) {
    INFO(s.name);
    raw_client client(world.address);
    client.send(s.bytes);
    auto r = client.read_reply();
    CHECK(r.status == s.statuses.front());
    CHECK(r.header("Content-Type") == "application/problem+json");
    CHECK(r.header("Connection") == "close");
    CHECK(r.body.find("\"request_id\":\"" + r.header("X-Request-Id") + "\"") != std::string::npos);
    CHECK(client.read_to_end().empty());
  }
  CHECK(world.server.stats().refused == refused_shapes.size());
  CHECK(world.server.stats().requests == 0);
}

TEST_CASE("an unusual but clear shape is answered and the next request on the connection too") {
  test_server world;
  for (const auto& s : accepted_shapes) {
    INFO(s.name);
    raw_client client(world.address);
    client.send(s.bytes);
    for (auto status : s.statuses)
      CHECK(client.read_reply().status == status);
  }
}
