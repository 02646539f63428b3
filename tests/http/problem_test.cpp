#include <catch2/catch.hpp>

#include <string>

#include <rapidjson/document.h>

#include "http/problem.hpp"

using namespace gochron;
using namespace gochron::http;

namespace {

std::string header_of(const response& r, std::string_view name) {
  for (const auto& h : r.headers)
    if (h.name == name)
      return h.value;
  return {};
}

response of(errc code) {
  return problem_response(error{code, "Why.", {}, {}, {}}, "/api/x", "req-1");
}

} // namespace

TEST_CASE("every error has its status and its stable code") {
  struct row {
    errc code;
    unsigned status;
    std::string_view name;
  };
  for (auto [code, status, name] : std::initializer_list<row>{
           {errc::malformed, 400, "malformed"},
           {errc::invalid, 422, "invalid"},
           {errc::unauthenticated, 401, "unauthenticated"},
           {errc::forbidden, 403, "forbidden"},
           {errc::not_found, 404, "not_found"},
           {errc::conflict, 409, "conflict"},
           {errc::stale, 412, "stale"},
           {errc::too_large, 413, "too_large"},
           {errc::unsupported, 415, "unsupported_media_type"},
           {errc::rate_limited, 429, "rate_limited"},
           {errc::limit_exceeded, 422, "plan_limit_exceeded"},
           {errc::busy, 503, "busy"},
           {errc::unavailable, 503, "unavailable"},
           {errc::timed_out, 503, "timed_out"},
           {errc::internal, 500, "internal"},
       }) {
    CHECK(kind_of(code).status == status);
    CHECK(kind_of(code).code == name);
    CHECK(of(code).status == status);
    CHECK(of(code).content_type == "application/problem+json");
    CHECK(header_of(of(code), "Retry-After").empty() == (status != 503 && status != 429));
    CHECK(header_of(of(code), "WWW-Authenticate").empty() == (status != 401));
  }
  CHECK(header_of(problem_response(error{errc::busy, "", {}, std::chrono::seconds{7}, {}}, "", ""), "Retry-After") ==
        "7");
}

TEST_CASE("a problem carries all that is known, in the order of the contract") {
  error e{errc::invalid,
          "Two rules are broken.",
          {{"/name", "required", "Give one."}, {"/tags/0", "too_long", "Cut."}},
          {},
          {}};
  CHECK(problem_response(e, "/api/monitors", "r1").body ==
        R"({"type":"/docs/problems/invalid","title":"The request breaks a rule","status":422,)"
        R"("detail":"Two rules are broken.","instance":"/api/monitors","code":"invalid","request_id":"r1",)"
        R"("errors":[{"pointer":"/name","code":"required","detail":"Give one."},)"
        R"({"pointer":"/tags/0","code":"too_long","detail":"Cut."}]})");
  error in_use{errc::conflict, "In use.", {}, {}, {"rule_1", "rule_2"}};
  auto body = problem_response(in_use, "", "r1").body;
  CHECK(body.ends_with(R"("errors":[],"blocked_by":["rule_1","rule_2"]})"));
  CHECK(body.find("instance") == std::string::npos);
}

TEST_CASE("the detail of an internal error stays inside") {
  auto r = problem_response(error{errc::internal, "duplicate key in table monitors", {}, {}, {}}, "/x", "r1");
  CHECK(r.body.find("duplicate") == std::string::npos);
  CHECK(r.body.find("\"request_id\":\"r1\"") != std::string::npos);
}

TEST_CASE("what HTTP refuses has its own codes") {
  CHECK(problem_response(405, "", "", "").body.find("\"code\":\"method_not_allowed\"") != std::string::npos);
  CHECK(problem_response(431, "", "", "").body.find("/docs/problems/header-fields-too-large") != std::string::npos);
  CHECK(problem_response(404, "", "", "").body.find("\"code\":\"not_found\"") != std::string::npos);
  CHECK(problem_response(299, "", "", "").status == 500);
}

TEST_CASE("whatever bytes a detail quotes, the answer is valid JSON") {
  for (std::string wire :
       {"caf\xc3\xa9", "\xff\xfe", "\xc3", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80", "quote \" slash \\ \x01 \r\n", ""}) {
    wire += '\0';
    error e{errc::malformed, wire, {{wire, "x", wire}}, {}, {wire}};
    auto body = problem_response(e, wire, wire).body;
    rapidjson::Document parsed;
    parsed.Parse<rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
    CHECK_FALSE(parsed.HasParseError());
  }
  CHECK(problem_response(400, "caf\xc3\xa9\xff!", "", "").body.find("caf\xc3\xa9!") != std::string::npos);
}
