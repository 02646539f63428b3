#include "actors/open_incidents.hpp"

#include <catch2/catch.hpp>

using namespace gochron;
using namespace std::chrono_literals;

namespace {

incident made(std::int64_t number) {
  incident x;
  x.id = incident_id::make(timestamp{1s});
  x.number = number;
  return x;
}

std::vector<std::int64_t> numbers(const actors::open_incidents& of) {
  std::vector<std::int64_t> all;
  for (const auto& x : of.all())
    all.push_back(x.number);
  return all;
}

} // namespace

TEST_CASE("Incidents stay in the order in which they were opened until they are resolved") {
  actors::open_incidents open;
  CHECK(open.empty());
  auto first = made(1), second = made(2);
  open.put(first);
  open.put(second);
  first.state = incident_state::acknowledged;
  open.put(first);
  CHECK(numbers(open) == std::vector<std::int64_t>{1, 2});
  REQUIRE(open.find(first.id));
  CHECK(open.find(first.id)->state == incident_state::acknowledged);

  first.state = incident_state::resolved;
  open.put(first);
  CHECK(numbers(open) == std::vector<std::int64_t>{2});
  CHECK_FALSE(open.find(first.id));
  CHECK_FALSE(open.find(std::optional<incident_id>{}));

  second.state = incident_state::resolved;
  open.put(second);
  CHECK(open.empty());
}

TEST_CASE("What is resolved already is not taken in") {
  actors::open_incidents open;
  auto x = made(1);
  x.state = incident_state::resolved;
  open.put(x);
  CHECK(open.empty());
  CHECK(open.all().empty());
}
