#include "net/support/loopback_server.hpp"
#include "net/support/printing.hpp"
#include "net/support/probing.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

std::string redirect_to(const std::string& where, int status = 302) {
  return http_answer(status, "", "Location: " + where + "\r\n");
}

// Answers with a redirect to `where` and notes the requests.
struct noting_server {
  std::shared_ptr<std::promise<loopback_server*>> self = std::make_shared<std::promise<loopback_server*>>();
  std::shared_future<loopback_server*> ready = self->get_future().share();
  loopback_server server;

  explicit noting_server(std::function<std::string(const std::string& head)> answer)
    : server{[answer, ready = ready](peer& c) {
        auto head = c.read_head();
        ready.get()->note(head);
        c.send(answer(head));
      }} {
    self->set_value(&server);
  }
};

bool mentions(const std::string& head, const std::string& what) {
  return head.find(what) != std::string::npos;
}

} // namespace

TEST_CASE("redirects are followed relative to where they came from") {
  noting_server s{[](const std::string& head) {
    if (head.starts_with("GET /a/b "))
      return redirect_to("../c?x=1");
    if (head.starts_with("GET /c?x=1 "))
      return redirect_to("/d", 308);
    return http_answer(head.starts_with("GET /d ") ? 200 : 500);
  }};
  probing p;
  auto spec = http_spec(s.server.url("/a/b"));
  CHECK(p.check(spec).verdict == verdict::up);
  http_of(spec).follow_redirects = false;
  auto x = p.check(spec);
  CHECK(x.reason == reason::status_mismatch);
  CHECK(x.http->status == 302);
}

TEST_CASE("a redirect loop ends at the limit") {
  noting_server s{[](const std::string&) { return redirect_to("/again"); }};
  probing p;
  auto spec = http_spec(s.server.url());
  http_of(spec).max_redirects = 3;
  auto x = p.check(spec);
  CHECK(x.verdict == verdict::down);
  CHECK(x.reason == reason::redirect_limit);
  CHECK(s.server.accepted() == 4);
  http_of(spec).max_redirects = 0;
  CHECK(p.check(spec).reason == reason::redirect_limit);
}

TEST_CASE("a redirect to a forbidden address goes nowhere") {
  loopback_server inner{answering(http_answer(200)), "127.0.0.2"};
  loopback_server outer{answering(redirect_to(inner.url("/", "127.0.0.2")))};
  probing p;
  auto x = p.check(http_spec(outer.url()));
  CHECK(x.verdict == verdict::down);
  CHECK(x.reason == reason::egress_denied);
  CHECK(inner.accepted() == 0);
}

TEST_CASE("a redirect to something that is not http is a protocol error") {
  probing p;
  for (std::string where :
       {"file:///etc/passwd", "gopher://127.0.0.1/", "http://user@127.0.0.1/", "http://a b/", "http:///"}) {
    INFO(where);
    loopback_server s{answering(redirect_to(where))};
    CHECK(p.check(http_spec(s.url())).reason == reason::protocol_error);
  }
}

TEST_CASE("credentials stay with the origin they were given for") {
  noting_server other{[](const std::string&) { return http_answer(200); }};
  noting_server first{[&](const std::string& head) {
    return head.starts_with("GET /in ") ? redirect_to("/out") : redirect_to(other.server.url());
  }};
  probing p;
  auto spec = http_spec(first.server.url("/in"));
  auto& check = http_of(spec);
  check.auth = {auth_kind::bearer, {}, {}, "s3cret"};
  check.headers = {{"Cookie", "session=s3cret"}, {"authorization", "s3cret"}, {"X-Kept", "yes"}};
  REQUIRE(p.check(spec).verdict == verdict::up);
  auto heads = first.server.heads();
  REQUIRE(heads.size() == 2);
  CHECK(mentions(heads[1], "Authorization: Bearer s3cret\r\n"));
  CHECK(mentions(heads[1], "Cookie: session=s3cret\r\n"));
  auto foreign = other.server.heads().at(0);
  CHECK_FALSE(mentions(foreign, "s3cret"));
  CHECK(mentions(foreign, "X-Kept: yes\r\n"));
}

TEST_CASE("303 and a redirected POST become GET, 307 and 308 repeat the request") {
  struct row {
    int status;
    std::string method, expected;
  };
  const std::vector<row> rows{{301, "POST", "GET"},  {302, "POST", "GET"}, {303, "POST", "GET"},
                              {303, "PUT", "GET"},   {302, "PUT", "PUT"},  {307, "POST", "POST"},
                              {308, "POST", "POST"}, {303, "HEAD", "HEAD"}};
  probing p;
  for (const auto& r : rows) {
    noting_server s{[&](const std::string& head) {
      return mentions(head, " /second ") ? "HTTP/1.1 204 X\r\n\r\n" : redirect_to("/second", r.status);
    }};
    auto spec = http_spec(s.server.url("/first"));
    http_of(spec).method = r.method;
    http_of(spec).headers = {{"Content-Type", "text/plain"}};
    if (r.method != "HEAD")
      http_of(spec).body = "x";
    INFO(r.status << ' ' << r.method);
    CHECK(p.check(spec).verdict == verdict::up);
    auto heads = s.server.heads();
    REQUIRE(heads.size() == 2);
    CHECK(heads[1].starts_with(r.expected + " /second "));
    const bool body_kept = r.expected == r.method && r.method != "HEAD";
    CHECK(mentions(heads[1], "Content-Length: 1") == body_kept);
    CHECK(mentions(heads[1], "Content-Type") == (r.expected == r.method));
  }
}
