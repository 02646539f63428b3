#include <catch2/catch.hpp>

#include "http/server/reply_queue.hpp"

using namespace gochron::http;
using namespace std::chrono_literals;

namespace {

reply_queue::entry entry(std::string id, bool safe = true, std::chrono::seconds due = 0s) {
  reply_queue::entry e;
  e.request_id = std::move(id);
  e.safe = safe;
  e.due = reply_queue::instant{due};
  return e;
}

} // namespace

TEST_CASE("answers are handed out in the order of the requests") {
  reply_queue q;
  auto a = q.add(entry("a")), b = q.add(entry("b"));
  CHECK(q.answer(b, {}));
  CHECK_FALSE(q.pop());
  CHECK(q.answer(a, {}));
  CHECK(q.pop()->request_id == "a");
  CHECK(q.pop()->request_id == "b");
  CHECK_FALSE(q.pop());
}

TEST_CASE("a slot takes one answer and none after it is gone") {
  reply_queue q;
  auto a = q.add(entry("a"));
  CHECK(q.answer(a, {}));
  CHECK_FALSE(q.answer(a, {}));
  q.pop();
  auto b = q.add(entry("b"));
  CHECK_FALSE(q.answer(a, {}));
  CHECK_FALSE(q.answer(b + 1, {}));
  q.clear();
  CHECK_FALSE(q.answer(b, {}));
}

TEST_CASE("it is known what waits too long, what is unsafe and how much is held") {
  reply_queue q;
  auto a = q.add(entry("a", true, 5s)), b = q.add(entry("b", false, 3s));
  CHECK(q.overdue(reply_queue::instant{2s}).empty());
  CHECK(q.overdue(reply_queue::instant{3s}) == std::vector{b});
  CHECK(q.extend(b, reply_queue::instant{9s}));
  CHECK(q.overdue(reply_queue::instant{5s}) == std::vector{a});
  CHECK_FALSE(q.all_safe());
  response r;
  r.body = "12345";
  q.answer(b, r);
  CHECK_FALSE(q.extend(b, reply_queue::instant{9s}));
  CHECK(q.held() == 5);
  q.answer(a, r);
  CHECK(q.held() == 10);
  q.pop();
  q.pop();
  CHECK(q.held() == 0);
  CHECK(q.all_safe());
}
