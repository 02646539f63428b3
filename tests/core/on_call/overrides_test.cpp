#include "cases.hpp"
#include "core/on_call/overrides.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace gochron::core::on_call_cases;

namespace {

const timestamp now_is{std::chrono::sys_days{std::chrono::year{2026} / 7 / 1} + 12h};

schedule_override from_to(timestamp from, timestamp to) {
  schedule_override x;
  x.id = override_id::make(from);
  x.of = schedule_id::make(from);
  x.kind = override_kind::replace;
  x.start_at = from;
  x.end_at = to;
  x.user_ids = just(1);
  x.created_at = from;
  return x;
}

std::vector<std::string> faults(const result<override_edit>& x) {
  REQUIRE_FALSE(x);
  CHECK(x.error().code == errc::invalid);
  std::vector<std::string> all;
  for (const auto& v : x.error().violations)
    all.push_back(v.pointer + ' ' + v.code);
  return all;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("an override that has not begun becomes whatever it is to be") {
  auto x = from_to(now_is + 24h, now_is + 48h);
  auto wanted = x;
  wanted.start_at = now_is + 1h;
  wanted.user_ids = just(2);
  auto edit = edited(x, wanted, now_is);
  REQUIRE(edit);
  CHECK(edit->after == wanted);
  CHECK_FALSE(edit->past);
  wanted.start_at = now_is - 1ms;
  CHECK(faults(edited(x, wanted, now_is)) == texts{"/start_at out_of_range"});
}

TEST_CASE("one under way ends at another time ahead, and nothing of it is written anew") {
  auto x = from_to(now_is - 24h, now_is + 24h);
  auto wanted = x;
  wanted.end_at = now_is + 1ms;
  wanted.reason = "Back sooner";
  auto edit = edited(x, wanted, now_is);
  REQUIRE(edit);
  CHECK(edit->after == wanted);
  CHECK_FALSE(edit->past);
  wanted.end_at = now_is;
  CHECK(faults(edited(x, wanted, now_is)) == texts{"/end_at out_of_range"});
  wanted.start_at = now_is;
  CHECK(faults(edited(x, wanted, now_is)) == texts{"/start_at out_of_range", "/end_at out_of_range"});
}

TEST_CASE("where the people of one under way change, it is split now") {
  auto x = from_to(now_is - 24h, now_is + 24h);
  auto wanted = x;
  SECTION("somebody else") {
    wanted.user_ids = just(2);
  }
  SECTION("in another way") {
    wanted.kind = override_kind::add;
  }
  SECTION("in somebody else's place") {
    wanted.replaced_user_ids = just(3);
  }
  auto edit = edited(x, wanted, now_is);
  REQUIRE(edit);
  REQUIRE(edit->past);
  wanted.start_at = now_is;
  CHECK(edit->after == wanted);
  auto past = x;
  past.id = {};
  past.end_at = now_is;
  CHECK(*edit->past == past);
}

TEST_CASE("one that is over stays, and one begins in its own first instant") {
  auto x = from_to(now_is - 24h, now_is);
  auto over = edited(x, x, now_is);
  REQUIRE_FALSE(over);
  CHECK(over.error().code == errc::conflict);
  auto fresh = from_to(now_is, now_is + 1h);
  auto wanted = fresh;
  wanted.user_ids = just(2);
  auto edit = edited(fresh, wanted, now_is);
  REQUIRE(edit);
  CHECK_FALSE(edit->past);
}

TEST_CASE("its own schedule cannot stand in, and no time is beyond the tables of the clocks") {
  auto x = from_to(now_is - 24h, now_is + 24h);
  auto wanted = x;
  wanted.other = x.of;
  CHECK(faults(edited(x, wanted, now_is)) == texts{"/schedule_id inconsistent"});
  wanted.other.reset();
  wanted.end_at = utc("2099-01-01T00:00:00Z");
  CHECK(faults(edited(x, wanted, now_is)) == texts{"/end_at out_of_range"});
}
