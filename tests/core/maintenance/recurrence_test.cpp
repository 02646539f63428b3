#include "core/maintenance/recurrence.hpp"

#include <catch2/catch.hpp>

#include "core/schema/time.hpp"

using namespace gochron;
using namespace gochron::core;

namespace {

local_seconds local(const std::string& text) {
  auto x = parse_rfc3339(text + ":00Z");
  REQUIRE(x);
  return local_seconds{std::chrono::floor<seconds>(x->time_since_epoch())};
}

std::vector<std::string> found(std::string_view rule, const std::string& start, const std::string& to) {
  auto x = recurrence_rule::parse(rule);
  INFO(rule << ": " << (x ? "" : x.error()));
  REQUIRE(x);
  std::vector<std::string> all;
  for (auto at : x->between(local(start), local(start), local(to)))
    all.push_back(to_rfc3339(timestamp{at.time_since_epoch()}).substr(0, 16));
  return all;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("the examples of RFC 5545 come out as it says") {
  CHECK(found("FREQ=DAILY;COUNT=3", "1997-09-02T09:00", "1998-01-01T00:00") ==
        texts{"1997-09-02T09:00", "1997-09-03T09:00", "1997-09-04T09:00"});
  CHECK(found("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,TH;COUNT=4", "1997-09-02T09:00", "1998-01-01T00:00") ==
        texts{"1997-09-02T09:00", "1997-09-04T09:00", "1997-09-16T09:00", "1997-09-18T09:00"});
  CHECK(found("FREQ=MONTHLY;BYDAY=1SU,-1SU;INTERVAL=2;COUNT=4", "1997-09-07T09:00", "1998-06-01T00:00") ==
        texts{"1997-09-07T09:00", "1997-09-28T09:00", "1997-11-02T09:00", "1997-11-30T09:00"});
  CHECK(found("FREQ=MONTHLY;BYMONTHDAY=1,-1;COUNT=3", "1997-09-30T09:00", "1998-06-01T00:00") ==
        texts{"1997-09-30T09:00", "1997-10-01T09:00", "1997-10-31T09:00"});
  CHECK(found("FREQ=YEARLY;BYDAY=20MO;COUNT=3", "1997-05-19T09:00", "2000-01-01T00:00") ==
        texts{"1997-05-19T09:00", "1998-05-18T09:00", "1999-05-17T09:00"});
  CHECK(found("FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200", "1997-01-01T09:00", "2004-01-01T00:00") ==
        texts{"1997-01-01T09:00", "1997-04-10T09:00", "1997-07-19T09:00", "2000-01-01T09:00"});
  CHECK(found("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=2", "1997-09-29T09:00", "1998-01-01T00:00") ==
        texts{"1997-09-29T09:00", "1997-10-30T09:00"});
  CHECK(found("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2", "1997-09-02T09:00", "1999-01-01T00:00") ==
        texts{"1998-02-13T09:00", "1998-03-13T09:00"});
  // The two that differ by the day on which a week begins.
  CHECK(found("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05T09:00", "1998-01-01T00:00") ==
        texts{"1997-08-05T09:00", "1997-08-10T09:00", "1997-08-19T09:00", "1997-08-24T09:00"});
  CHECK(found("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05T09:00", "1998-01-01T00:00") ==
        texts{"1997-08-05T09:00", "1997-08-17T09:00", "1997-08-19T09:00", "1997-08-31T09:00"});
}

TEST_CASE("months without the day are left out") {
  CHECK(found("FREQ=MONTHLY", "2026-01-31T02:00", "2026-06-01T00:00") ==
        texts{"2026-01-31T02:00", "2026-03-31T02:00", "2026-05-31T02:00"});
  CHECK(found("FREQ=YEARLY", "2024-02-29T02:00", "2032-12-31T00:00") ==
        texts{"2024-02-29T02:00", "2028-02-29T02:00", "2032-02-29T02:00"});
}

TEST_CASE("UNTIL is included, a whole day where it is a day") {
  texts three{"2026-01-01T02:00", "2026-01-02T02:00", "2026-01-03T02:00"};
  CHECK(found("FREQ=DAILY;UNTIL=20260103T020000", "2026-01-01T02:00", "2026-02-01T00:00") == three);
  CHECK(found("RRULE:FREQ=DAILY;UNTIL=20260103", "2026-01-01T02:00", "2026-02-01T00:00") == three);
  auto utc = recurrence_rule::parse("FREQ=DAILY;UNTIL=20260103T020000Z");
  REQUIRE(utc);
  CHECK(utc->until_utc() == std::chrono::sys_seconds{local("2026-01-03T02:00").time_since_epoch()});
}

TEST_CASE("a rule that never comes to pass is found out soon") {
  for (auto rule : {"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
                    "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", "FREQ=DAILY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=31",
                    "FREQ=DAILY;COUNT=10000;BYMONTH=2;BYMONTHDAY=31"})
    CHECK(found(rule, "2026-01-01T00:00", "2076-01-01T00:00").empty());
}

TEST_CASE("what is no rule, or one that is not understood, is refused") {
  for (auto text : {"",
                    "FREQ",
                    "FREQ=",
                    "FREQ=HOURLY",
                    "FREQ=daily",
                    "BYDAY=MO",
                    "FREQ=DAILY;",
                    "FREQ=DAILY;;COUNT=1",
                    "FREQ=DAILY;FREQ=DAILY",
                    "FREQ=DAILY;COUNT=0",
                    "FREQ=DAILY;COUNT=10001",
                    "FREQ=DAILY;INTERVAL=0",
                    "FREQ=DAILY;COUNT=1;UNTIL=20260101",
                    "FREQ=DAILY;UNTIL=2026",
                    "FREQ=DAILY;UNTIL=20261301",
                    "FREQ=DAILY;UNTIL=20260101Z",
                    "FREQ=DAILY;BYHOUR=24",
                    "FREQ=DAILY;BYMINUTE=60",
                    "FREQ=DAILY;BYDAY=XX",
                    "FREQ=DAILY;BYDAY=1MO",
                    "FREQ=WEEKLY;BYMONTHDAY=1",
                    "FREQ=MONTHLY;BYYEARDAY=1",
                    "FREQ=MONTHLY;BYDAY=0MO",
                    "FREQ=MONTHLY;BYDAY=54MO",
                    "FREQ=MONTHLY;BYMONTHDAY=0",
                    "FREQ=MONTHLY;BYMONTHDAY=32",
                    "FREQ=YEARLY;BYWEEKNO=1",
                    "FREQ=MONTHLY;BYSETPOS=1",
                    "FREQ=DAILY;WKST=8",
                    "FREQ=DAILY;X-FOO=1",
                    "RSCALE=GREGORIAN;FREQ=DAILY"}) {
    INFO(text);
    CHECK_FALSE(recurrence_rule::parse(text));
  }
}
