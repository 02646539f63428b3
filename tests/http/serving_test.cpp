#include <catch2/catch.hpp>

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
