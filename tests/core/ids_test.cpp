#include "gochron/ids.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "gochron/check.hpp"

using namespace gochron;
using namespace std::chrono_literals;

TEST_CASE("a TypeID's text is read back to the same bytes") {
  for (int i = 0; i < 1000; ++i) {
    auto x = monitor_id::make(timestamp{1'700'000'000'000ms});
    CHECK(monitor_id::parse(x.str()) == x);
  }
}

TEST_CASE("the base32 of the TypeID specification's vectors") {
  // typeid spec 0.3, valid.yml
  CHECK(to_base32(uuid{}) == "00000000000000000000000000");
  uuid one;
  one.bytes[15] = 1;
  CHECK(to_base32(one) == "00000000000000000000000001");
  one.bytes[15] = 32;
  CHECK(to_base32(one) == "00000000000000000000000010");
  uuid max;
  max.bytes.fill(0xff);
  CHECK(to_base32(max) == "7zzzzzzzzzzzzzzzzzzzzzzzzz");
  auto parsed = from_base32("01h455vb4pex5vsknk084sn02q");
  REQUIRE(parsed);
  CHECK(to_string(*parsed) == "01890a5d-ac96-774b-bcce-b302099a8057");
}

TEST_CASE("text that is not a TypeID is refused") {
  auto good = monitor_id::make(timestamp{}).str();
  for (std::string bad :
       {std::string{}, std::string{"mon"}, std::string{"mon_"}, good + "0", good.substr(0, 29), "chn" + good.substr(3),
        "mon_8zzzzzzzzzzzzzzzzzzzzzzzzz" + std::string{}, "mon_0000000000000000000000000u" + std::string{},
        "mon_0000000000000000000000000A" + std::string{}})
    CHECK_FALSE(monitor_id::parse(bad));
}

TEST_CASE("uuids are version 7, variant 2, distinct, and ordered by time") {
  std::set<uuid> seen;
  uuid last;
  for (int i = 0; i < 2000; ++i) {
    auto x = make_uuid(timestamp{milliseconds{1'700'000'000'000 + i}});
    CHECK((x.bytes[6] >> 4) == 7);
    CHECK((x.bytes[8] >> 6) == 2);
    CHECK(last < x);
    last = x;
    seen.insert(x);
  }
  CHECK(seen.size() == 2000);
}

TEST_CASE("a result's id is the same each time it is derived") {
  check_result x;
  x.monitor = monitor_id::make(timestamp{5s});
  x.round_at = timestamp{1'700'000'000'000ms};
  CHECK(result_id_of(x) == result_id_of(x));
  auto other = x;
  other.attempt = 2;
  CHECK(result_id_of(x) != result_id_of(other));
}
