#include "core/maintenance/cron.hpp"

#include <catch2/catch.hpp>
#include <date/date.h>

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;
using minutes_list = std::vector<std::chrono::minutes>;

namespace {

cron_expression parsed(std::string_view text) {
  auto x = cron_expression::parse(text);
  INFO(text << ": " << (x ? "" : x.error()));
  REQUIRE(x);
  return std::move(*x);
}

/// The days of January 2026, which begins on a Thursday, that are meant.
std::vector<unsigned> january(std::string_view days_and_weekdays) {
  auto space = days_and_weekdays.find(' ');
  auto x = parsed("0 0 " + std::string{days_and_weekdays.substr(0, space)} + " * " +
                  std::string{days_and_weekdays.substr(space + 1)});
  std::vector<unsigned> days;
  for (unsigned d = 1; d <= 31; ++d)
    if (x.on(std::chrono::local_days{std::chrono::year{2026} / std::chrono::January / std::chrono::day{d}}))
      days.push_back(d);
  return days;
}

using days = std::vector<unsigned>;

} // namespace

TEST_CASE("minutes and hours are lists, ranges and steps") {
  CHECK(parsed("5,0 3 * * *").times() == minutes_list{180min, 185min});
  CHECK(parsed("0 8-10 * * *").times() == minutes_list{480min, 540min, 600min});
  CHECK(parsed("*/20 0 * * *").times() == minutes_list{0min, 20min, 40min});
  CHECK(parsed("10-50/15 0 * * *").times() == minutes_list{10min, 25min, 40min});
  CHECK(parsed("0 0,0 * * *").times() == minutes_list{0min});
  CHECK(parsed("* * * * *").times().size() == 1440);
}

TEST_CASE("days of the month and of the week are alternatives where both are restricted") {
  CHECK(january("13 fri") == days{2, 9, 13, 16, 23, 30});
  CHECK(january("13 *") == days{13});
  CHECK(january("* fri") == days{2, 9, 16, 23, 30});
  CHECK(january("*/10 fri") == days{}); // a star is none, with a step or without: the 1st, 11th, 21st and 31st are none
  CHECK(january("1-20 */3") == days{3, 4, 7, 10, 11, 14, 17, 18});
}

TEST_CASE("Sunday is nought and seven, and may end a range") {
  CHECK(january("* 0") == days{4, 11, 18, 25});
  CHECK(january("* 7") == january("* 0"));
  CHECK(january("* SUN") == january("* 0"));
  CHECK(january("* sat-sun") == days{3, 4, 10, 11, 17, 18, 24, 25, 31});
  CHECK(january("* 6-7") == january("* sat-sun"));
}

TEST_CASE("L is the last day of the month") {
  CHECK(january("L *") == days{31});
  CHECK(january("1,L *") == days{1, 31});
  CHECK(january("L fri") == days{2, 9, 16, 23, 30, 31});
  auto february = parsed("0 0 L feb *");
  CHECK(february.on(std::chrono::local_days{std::chrono::year{2028} / 2 / 29}));
  CHECK_FALSE(february.on(std::chrono::local_days{std::chrono::year{2028} / 2 / 28}));
  CHECK_FALSE(february.on(std::chrono::local_days{std::chrono::year{2028} / 1 / 31}));
}

TEST_CASE("aliases stand for five fields") {
  CHECK(parsed("@hourly").times().size() == 24);
  CHECK(parsed("@Daily").times() == minutes_list{0min});
  CHECK_FALSE(parsed("@yearly").on(std::chrono::local_days{std::chrono::year{2026} / 2 / 1}));
  CHECK(parsed("  0\t0  1 JAN *  ").on(std::chrono::local_days{std::chrono::year{2026} / 1 / 1}));
}

TEST_CASE("what Vixie cron would not read is refused") {
  for (auto text : {"",
                    "* * * *",
                    "* * * * * *",
                    "@reboot",
                    "60 * * * *",
                    "* 24 * * *",
                    "* * 0 * *",
                    "* * 32 * *",
                    "* * * 13 * ",
                    "* * * 0 *",
                    "* * * * 8",
                    "-1 * * * *",
                    "5-1 * * * *",
                    "5/2 * * * *",
                    "*/0 * * * *",
                    "1,,2 * * * *",
                    "a * * * *",
                    "* * * * sun-sat-1",
                    "1- * * * *",
                    "*-5 * * * *",
                    "* * * mon *",
                    "99999999999 * * * *",
                    "* * * * fri-mon",
                    "L * * * *",
                    "0x1 * * * *",
                    "+1 * * * *"}) {
    INFO(text);
    CHECK_FALSE(cron_expression::parse(text));
  }
}
