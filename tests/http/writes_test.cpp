#include "http/kept_response.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "http/write_conventions.hpp"

using namespace gochron;
using namespace gochron::http;

TEST_CASE("an answer that is kept comes back as it was, byte for byte") {
  response r{201,
             "application/json",
             {{"Location", "/api/monitors/mon_1"}, {"ETag", "\"1\""}},
             "{\"name\":\"gr\xc3\xb6\xc3\x9f\x65\"}\n\nwith lines"};
  auto back = read_response(write_response(r));
  REQUIRE(back);
  CHECK(back->status == r.status);
  CHECK(back->content_type == r.content_type);
  CHECK(back->headers == r.headers);
  CHECK(back->body == r.body);
}

TEST_CASE("an empty answer is an answer") {
  auto back = read_response(write_response({204, {}, {}, {}}));
  REQUIRE(back);
  CHECK(back->status == 204);
  CHECK(back->headers.empty());
  CHECK(back->body.empty());
}

TEST_CASE("what was never an answer is none") {
  for (auto text : {"", "x", "[]\n", "[200]\n", "[\"200\",\"text\"]\n", "[200,\"a\",\"b\"]\n", "[200,7]\n", "{}\nbody"})
    CHECK_FALSE(read_response(text));
}

TEST_CASE("a key is one request's until that lets go of it") {
  auto keys = std::make_shared<running_keys>();
  auto a = token_id::make(timestamp{milliseconds{1}}), b = token_id::make(timestamp{milliseconds{1}});
  auto first = keys->claim(a, "k");
  REQUIRE(first);
  auto second = keys->claim(a, "k");
  REQUIRE_FALSE(second);
  CHECK(second.error().code == errc::under_way);
  CHECK(second.error().retry_after == seconds{1});
  CHECK(keys->claim(b, "k"));
  CHECK(keys->claim(a, "l"));
  first->reset();
  CHECK(keys->claim(a, "k"));
}

TEST_CASE("only what writes gets the conventions of writes, and only a POST a key") {
  operations all(4);
  auto &get = all[0], &del = all[1], &post = all[2], &open = all[3];
  get.method = "GET";
  del.method = "DELETE";
  post.method = open.method = "POST";
  get.scope = del.scope = post.scope = "monitors:write";
  add_write_conventions(all);
  CHECK(get.query.empty());
  CHECK(open.query.empty());
  CHECK(open.headers.empty());
  REQUIRE(del.query.size() == 1);
  CHECK(del.query[0].name == "validate_only");
  CHECK(del.headers.size() == 1);
  CHECK(post.headers.size() == 2);
  CHECK(post.headers[1].name == "Idempotency-Key");
}

TEST_CASE("every write beneath what has a version takes If-Match, and no other") {
  auto reads = [](std::string path, bool versioned) {
    operation op;
    op.method = "GET";
    op.path = std::move(path);
    op.ok.versioned = versioned;
    op.scope = "x:read";
    return op;
  };
  auto writes = [](std::string method, std::string path) {
    operation op;
    op.method = std::move(method);
    op.path = std::move(path);
    op.scope = "x:write";
    return op;
  };
  auto part = writes("POST", "/api/x/{id}/parts");
  part.of_a_part = true;
  operations all{part,
                 reads("/api/x/{id}", true),
                 reads("/api/y/{id}", false),
                 writes("DELETE", "/api/x/{id}"),
                 writes("POST", "/api/x/{id}/a/turn"),
                 writes("POST", "/api/x"),
                 writes("POST", "/api/x/turn"),
                 writes("PATCH", "/api/y/{id}"),
                 writes("POST", "/api/y/{id}/turn")};
  add_write_conventions(all);
  std::vector<std::string> take;
  for (auto& op : all)
    if (std::ranges::find(op.headers, "If-Match", &parameter::name) != op.headers.end())
      take.push_back(op.method + ' ' + op.path);
  CHECK(take == std::vector<std::string>{"DELETE /api/x/{id}", "POST /api/x/{id}/a/turn"});
}
