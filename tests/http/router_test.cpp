#include <catch2/catch.hpp>

#include <stdexcept>

#include "http/router.hpp"

using namespace gochron::http;
using outcome = route_match::outcome;
using path = std::vector<std::string>;

namespace {

const router sample{{
    {"GET", "/"},
    {"GET", "/api/monitors"},
    {"POST", "/api/monitors"},
    {"GET", "/api/monitors/{id}"},
    {"DELETE", "/api/monitors/{id}"},
    {"GET", "/api/monitors/summary"},
    {"POST", "/api/monitors/{id}/pause"},
    {"PUT", "/api/monitors/by-key/{key}"},
    {"HEAD", "/ping/{token}"},
    {"GET", "/ping/{token}"},
    {"GET", "/ping/{token}/{action}"},
}};

} // namespace

TEST_CASE("a path finds its route, a literal before a parameter") {
  CHECK(sample.find("GET", {}).index == 0);
  CHECK(sample.find("GET", {"api", "monitors"}).index == 1);
  CHECK(sample.find("POST", {"api", "monitors"}).index == 2);
  CHECK(sample.find("GET", {"api", "monitors", "summary"}).index == 5);
  auto m = sample.find("GET", {"api", "monitors", "mon_1/x"});
  CHECK(m.what == outcome::found);
  CHECK(m.index == 3);
  CHECK(m.params == decltype(m.params){{"id", "mon_1/x"}});
  auto two = sample.find("GET", {"ping", "t", "start"});
  CHECK(two.params == decltype(two.params){{"token", "t"}, {"action", "start"}});
}

TEST_CASE("a literal that leads nowhere does not hide the parameter beside it") {
  auto m = sample.find("GET", {"api", "monitors", "by-key"});
  CHECK(m.index == 3);
  CHECK(m.params == decltype(m.params){{"id", "by-key"}});
  auto pause = sample.find("POST", {"api", "monitors", "summary", "pause"});
  CHECK(pause.index == 6);
  CHECK(pause.params == decltype(pause.params){{"id", "summary"}});
}

TEST_CASE("what has no route is not found: other paths, trailing and double slashes, other cases") {
  for (const auto& p :
       {path{"api"}, path{"api", "monitors", ""}, path{"", "api", "monitors"}, path{"api", "", "monitors"},
        path{"API", "monitors"}, path{"api", "monitors", "a", "b"}, path(5000, "a"), path{""}})
    CHECK(sample.find("GET", p).what == outcome::not_found);
}

TEST_CASE("a path without that method tells the methods it has") {
  auto m = sample.find("PATCH", {"api", "monitors", "x"});
  CHECK(m.what == outcome::method_not_allowed);
  CHECK(m.allow == "DELETE, GET, HEAD, OPTIONS");
  CHECK(sample.find("get", {"api", "monitors"}).what == outcome::method_not_allowed);
  CHECK(sample.find("DELETE", {"api", "monitors", "summary"}).what == outcome::method_not_allowed);
  auto post_only = sample.find("GET", {"api", "monitors", "x", "pause"});
  CHECK(post_only.what == outcome::method_not_allowed);
  CHECK(post_only.allow == "OPTIONS, POST");
}

TEST_CASE("HEAD is answered by GET unless it has a route, OPTIONS by the router") {
  CHECK(sample.find("HEAD", {"api", "monitors"}).index == 1);
  CHECK(sample.find("HEAD", {"ping", "t"}).index == 8);
  CHECK(sample.find("HEAD", {"api", "monitors", "x", "pause"}).what == outcome::method_not_allowed);
  auto m = sample.find("OPTIONS", {"api", "monitors"});
  CHECK(m.what == outcome::options);
  CHECK(m.allow == "GET, HEAD, OPTIONS, POST");
  CHECK(sample.find("OPTIONS", {"nowhere"}).what == outcome::not_found);
}

TEST_CASE("a table that makes no sense is refused when the router is made") {
  using table = std::vector<route>;
  for (const auto& t : {table{{"GET", "a"}}, table{{"GET", ""}}, table{{"GET", "/a/"}}, table{{"GET", "//a"}},
                        table{{"GET", "/a/{id}x"}}, table{{"GET", "/{}"}}, table{{"GET", "/a"}, {"GET", "/a"}},
                        table{{"GET", "/{a}"}, {"GET", "/{b}"}}})
    CHECK_THROWS_AS(router{t}, std::invalid_argument);
}
