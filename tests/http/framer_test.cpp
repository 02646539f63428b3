#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "http/server/framer.hpp"
#include "http/server/target.hpp"
#include "http/shapes.hpp"

using namespace gochron::http;
using namespace gochron::test;

namespace {

using cutter = std::function<std::size_t()>;

// What a connection would answer to `bytes` when they come in fragments of the sizes that `next_size` gives.
std::vector<int> judged(const std::string& bytes, const cutter& next_size) {
  options o;
  framer f(o);
  std::vector<int> statuses;
  for (std::size_t at = 0; at < bytes.size();) {
    auto size = std::min(next_size(), bytes.size() - at);
    f.append(std::string_view{bytes}.substr(at, size));
    at += size;
    for (auto step = f.advance(); step != framer::step::hungry; step = f.advance()) {
      if (step == framer::step::refused) {
        statuses.push_back(static_cast<int>(f.why().status));
        return statuses;
      }
      statuses.push_back(decode_target(f.take().target) ? 200 : 400);
    }
  }
  return statuses;
}

} // namespace

TEST_CASE("every shape is judged the same however it is cut into fragments") {
  std::mt19937 random{7};
  const std::vector<std::pair<std::string, cutter>> cutters{
      {"whole", [] { return std::size_t{100'000}; }},  {"byte by byte", [] { return std::size_t{1}; }},
      {"in twos", [] { return std::size_t{2}; }},      {"in threes", [] { return std::size_t{3}; }},
      {"at random", [&] { return 1 + random() % 9; }},
  };
  for (const auto* table : {&refused_shapes, &accepted_shapes})
    for (const auto& s : *table)
      for (const auto& [how, cut] : cutters) {
        INFO(s.name << ", " << how);
        CHECK(judged(s.bytes, cut) == s.statuses);
      }
}

TEST_CASE("a chunked body is put together, and its trailers are no headers") {
  options o;
  framer f(o);
  f.append("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n"
           "5;e=1\r\nhello\r\n6\r\n world\r\n0\r\nX-A: 2\r\nAuthorization: Bearer stolen\r\n\r\n");
  REQUIRE(f.advance() == framer::step::ready);
  CHECK_FALSE(f.is_safe());
  auto r = f.take();
  CHECK(*r.body == "hello world");
  CHECK(r.header("x-a") == "1");
  CHECK_FALSE(r.header("authorization"));
  CHECK(r.headers.size() == 3);
  CHECK(f.at() == framer::phase::idle);
}

TEST_CASE("a request and its body may be kept beyond the connection") {
  options o;
  request kept;
  std::shared_ptr<const std::string> body;
  {
    framer f(o);
    f.append("PUT /a/b?c HTTP/1.1\r\nHost: a\r\nX-Long: " + std::string(200, 'v') + "\r\nContent-Length: 3\r\n\r\nabc");
    REQUIRE(f.advance() == framer::step::ready);
    auto r = f.take();
    body = r.body;
    kept = r;
  }
  CHECK(kept.method == "PUT");
  CHECK(kept.raw_path() == "/a/b");
  CHECK(kept.header("x-long") == std::string(200, 'v'));
  kept = {};
  CHECK(*body == "abc");
}

TEST_CASE("the phase of the input is known") {
  options o;
  framer f(o);
  auto after = [&](std::string_view bytes) {
    f.append(bytes);
    f.advance();
    return f.at();
  };
  CHECK(f.at() == framer::phase::idle);
  CHECK(after("POST / HT") == framer::phase::head);
  CHECK(after("TP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n") == framer::phase::body);
  CHECK(after("a") == framer::phase::body);
  CHECK(after("b\r\n") == framer::phase::ready);
  f.take();
  CHECK(after("") == framer::phase::idle);
}
