#include "actors/dependency_board.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

using namespace gochron;
using namespace gochron::actors;
using namespace std::chrono_literals;

namespace {

constexpr timestamp t0{std::chrono::hours{24 * 365 * 50}};

monitor_id mon(std::uint32_t n) {
  monitor_id x;
  x.value.bytes[13] = static_cast<std::uint8_t>(n >> 16);
  x.value.bytes[14] = static_cast<std::uint8_t>(n >> 8);
  x.value.bytes[15] = static_cast<std::uint8_t>(n);
  return x;
}

struct board_world {
  dependency_board board;
  monitor_record router;
  monitor_runtime state;

  board_world() {
    router.id = mon(1);
    router.spec.name = "router";
    state.state.status = monitor_status::up;
    state.status_since = t0 - 24h;
  }
  std::vector<monitor_id> seen(monitor_status s, timestamp at) {
    state.state.status = s;
    return board.note(router, state, at, at);
  }
};

using ids = std::vector<monitor_id>;
constexpr auto up = monitor_status::up, down = monitor_status::down, paused = monitor_status::paused;

} // namespace

TEST_CASE_METHOD(board_world, "there is an entry for what somebody depends on, as long as somebody does") {
  CHECK_FALSE(board.is_parent(mon(1)));
  CHECK(board.put(mon(2), {}, {mon(1), mon(9)}) == ids{mon(1), mon(9)});
  CHECK(board.put(mon(3), {}, {mon(1)}).empty());
  CHECK(board.put(mon(2), {}, {mon(1), mon(9)}).empty()); // as after a crash of its actor
  CHECK(board.is_parent(mon(1)));
  CHECK(board.parents().size() == 2);
  board.put(mon(2), {mon(1), mon(9)}, {mon(9)});
  CHECK(board.is_parent(mon(1)));
  board.put(mon(3), {mon(1)}, {});
  CHECK_FALSE(board.is_parent(mon(1)));
  board.put(mon(2), {mon(9)}, {});
  CHECK(board.parents().empty());
  CHECK(seen(down, t0).empty());
  CHECK_FALSE(board.look(mon(1), mon(2)));
  CHECK_FALSE(board.ask(mon(1), t0));
}

TEST_CASE_METHOD(board_world, "who has looked is told of the next news, once") {
  board.put(mon(2), {}, {mon(1)});
  CHECK_FALSE(board.look(mon(1), mon(2)));
  CHECK(seen(up, t0) == ids{mon(2)});
  CHECK(seen(down, t0 + 1min).empty()); // who does not look again does not wait
  auto known = board.look(mon(1), mon(2));
  REQUIRE(known);
  CHECK(known->failing);
  CHECK(known->name == "router");
  CHECK(seen(down, t0 + 2min).empty());
  CHECK(seen(up, t0 + 3min) == ids{mon(2)});
  known = board.look(mon(1), mon(2));
  CHECK_FALSE(known->failing);
  CHECK(known->well_since == t0 + 3min);
  CHECK(known->seen_at == t0 + 3min);
  CHECK(seen(up, t0 + 4min) == ids{mon(2)});
  CHECK(board.look(mon(1), mon(2))->well_since == t0 + 3min);
}

TEST_CASE_METHOD(board_world, "what is not watched any more frees those behind it, and its last look is kept") {
  board.put(mon(2), {}, {mon(1)});
  seen(down, t0);
  board.look(mon(1), mon(2));
  SECTION("paused") {
    state.state.status = paused;
    CHECK(board.note(router, state, std::nullopt, t0 + 1min) == ids{mon(2)});
  }
  SECTION("quarantined or deleted") {
    CHECK(board.note_unwatched(mon(1), t0 + 1min) == ids{mon(2)});
  }
  auto known = board.look(mon(1), mon(2));
  CHECK_FALSE(known->failing);
  CHECK_FALSE(known->watched);
  CHECK(known->seen_at == t0);
  CHECK(board.note_unwatched(mon(7), t0).empty());
}

TEST_CASE_METHOD(board_world, "after a start a parent is well since its status says so") {
  board.put(mon(2), {}, {mon(1)});
  board.note(router, state, std::nullopt, t0);
  auto known = board.look(mon(1), mon(2));
  CHECK(known->well_since == t0 - 24h);
  CHECK_FALSE(known->seen_at);
}

TEST_CASE_METHOD(board_world, "of many who want a round one asks for it") {
  board.put(mon(2), {}, {mon(1)});
  CHECK(board.ask(mon(1), t0));
  CHECK_FALSE(board.ask(mon(1), t0));
  CHECK_FALSE(board.ask(mon(1), t0 - 1s));
  CHECK(board.ask(mon(1), t0 + 1s));
}

TEST_CASE_METHOD(board_world, "ten thousand behind one parent are freed once each, whoever looks meanwhile") {
  constexpr std::uint32_t many = 10'000;
  for (std::uint32_t i = 0; i < many; ++i)
    board.put(mon(100 + i), {}, {mon(1)});
  seen(down, t0);
  std::atomic<std::size_t> known{0}, freed{0};
  {
    auto looker = [&](std::uint32_t from) {
      for (auto i = from; i < many; i += 2)
        known += board.look(mon(1), mon(100 + i)) != nullptr;
    };
    std::jthread odd{looker, 1}, even{looker, 0};
    std::jthread router_itself{[&] {
      for (int i = 1; i <= 100; ++i)
        freed += seen(i % 2 == 0 ? down : up, t0 + i * 1s).size();
    }};
  }
  freed += seen(up, t0 + 200s).size() + seen(down, t0 + 201s).size();
  CHECK(known == many);
  CHECK(freed == many); // each has looked once
}
